import type { Chain, EIP1193RequestFn, LocalAccount, RpcTransactionRequest, TypedDataDefinition } from "viem";
import { createWalletClient, hexToBigInt, http, MethodNotSupportedRpcError, numberToHex, publicActions } from "viem";

/** An EIP-1193 provider that signs with a local account and sends everything else to the chain's RPC. */
export function demoProvider(chain: Chain, account: LocalAccount): { request: EIP1193RequestFn } {
  const client = createWalletClient({ account, chain, transport: http() }).extend(publicActions);

  async function send(given: RpcTransactionRequest | undefined) {
    const quantity = (hex: `0x${string}` | null | undefined) => (hex ? hexToBigInt(hex) : undefined);
    return client.sendTransaction({
      to: given?.to ?? null,
      data: given?.data,
      value: quantity(given?.value),
      gas: quantity(given?.gas),
    });
  }

  const request = async ({ method, params }: { method: string; params?: unknown }): Promise<unknown> => {
    const [first, second] = Array.isArray(params) ? (params as unknown[]) : [];
    switch (method) {
      case "eth_accounts":
      case "eth_requestAccounts":
        return [account.address];
      case "eth_chainId":
        return numberToHex(chain.id);
      case "eth_sendTransaction":
        return send(first as RpcTransactionRequest | undefined);
      case "personal_sign":
        return account.signMessage({ message: { raw: first as `0x${string}` } });
      case "eth_signTypedData_v4":
        return account.signTypedData(JSON.parse(String(second)) as TypedDataDefinition);
      default:
        // Wallet methods that this one hasn't; the rest is for the chain.
        if (method.startsWith("wallet_")) {
          throw new MethodNotSupportedRpcError(new Error(`a demo wallet has no ${method}`), { method });
        }
        return client.request({ method, params } as Parameters<typeof client.request>[0]);
    }
  };
  return { request: request as EIP1193RequestFn };
}
