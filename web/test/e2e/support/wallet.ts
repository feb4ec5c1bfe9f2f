// An installed wallet: announces itself by EIP-6963 in the page, signs in the test.
import type { Page } from "@playwright/test";
import { createWalletClient, type Hex, http, type LocalAccount, numberToHex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import { smartWalletCode } from "../../../../forecast/test/support/smart-wallet-code.ts";
import { abi, type World } from "./world.ts";

export const WALLET_NAME = "Test Wallet";

export interface InjectedWallet {
  account: LocalAccount;
  /** Its key beside the page: what its owner does in another tab. */
  signer: Signer;
  /** Methods that the page asked for, in order. */
  requests: string[];
  /** From now on, declines to sign, or signs again. */
  decline(declines?: boolean): void;
  /** From now on its account is a contract that says itself what was signed, by the key that it had (ERC-1271). */
  becomeContract(): Promise<Hex>;
  /** What it does from now on beside one transaction at a time on the right chain. */
  become(changes: Partial<Omit<Abilities, "chainId">>): void;
  /** Its owner goes to another chain in the wallet itself. */
  moveTo(chainId: number): Promise<void>;
  /** From now on what it sends waits behind an earlier transaction that does not go out; no block takes it. */
  stall(): void;
  /** Its owner sends what waits again, dearer, or takes it back; and the earlier one goes out. The new hash. */
  thinkAgain(how: "faster" | "cancel"): Promise<Hex>;
}

interface Abilities {
  /** Signs typed data, as permits are. */
  typedData: boolean;
  /** Carries out several calls as one (EIP-5792). */
  batches: boolean;
  /** Says of a batch only that it is under way. */
  batchesPending: boolean;
  /** Signs with its own key; a wallet that is a contract says no to any other. */
  keeper: boolean;
  /** The chain that it is on until it is asked to switch. */
  chainId: number;
}

interface Waiting {
  to: Hex;
  data: Hex;
  value: bigint;
  nonce: number;
}

/** Above what anybody pays on a local chain, and above that. */
const FEES = { maxFeePerGas: 5n * 10n ** 9n, maxPriorityFeePerGas: 10n ** 9n };
const DEARER = { maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 3n * 10n ** 9n };

const transactionSchema = z.object({
  to: z.string().transform((text) => text as Hex),
  data: z.string().transform((text) => text as Hex),
  value: z.string().optional(),
});

const chainSchema = z.object({ chainId: z.string() });
const batchSchema = z.object({ calls: z.array(z.unknown()) });
const refusal = (code: number, message: string) => Object.assign(new Error(message), { code });

/** A fresh wallet with gas. */
export async function freshSigner({ client, chain }: World) {
  const account = privateKeyToAccount(generatePrivateKey());
  await client.request({
    method: "anvil_setBalance" as never,
    params: [account.address, numberToHex(10n ** 18n)] as never,
  });
  return createWalletClient({ account, chain, transport: http() });
}
export type Signer = Awaited<ReturnType<typeof freshSigner>>;

/** A fresh wallet with gas and `tokens` in it, installed in the page. */
export async function installWallet(page: Page, world: World, tokens: bigint): Promise<InjectedWallet> {
  const { client, chain, token } = world;
  const signer = await freshSigner(world);
  const { account } = signer;
  const minted = await signer.writeContract({
    address: token,
    abi,
    functionName: "mint",
    args: [account.address, tokens],
  });
  await client.waitForTransactionReceipt({ hash: minted });

  const requests: string[] = [];
  let declines = false;
  const able: Abilities = { typedData: true, batches: false, batchesPending: false, keeper: true, chainId: chain.id };
  let address: Hex = account.address;
  const batches = new Map<string, Hex[]>();
  let stalls = false;
  let waiting: Waiting | null = null;
  const send = async (call: unknown): Promise<Hex> => {
    const { to, data, value } = transactionSchema.parse(call);
    const sent = { to, data, value: value === undefined ? 0n : BigInt(value) };
    if (!stalls) return signer.sendTransaction(sent);
    waiting = { ...sent, nonce: 1 + (await client.getTransactionCount({ address: account.address })) };
    return signer.sendTransaction({ ...waiting, ...FEES });
  };
  const thinkAgain = async (how: "faster" | "cancel"): Promise<Hex> => {
    if (!waiting) throw new Error("the wallet has nothing that waits");
    const { nonce } = waiting;
    const nothing = { to: account.address, value: 0n };
    const hash = await signer.sendTransaction({ ...(how === "faster" ? waiting : nothing), nonce, ...DEARER });
    await signer.sendTransaction({ ...nothing, nonce: nonce - 1 });
    stalls = false;
    waiting = null;
    return hash;
  };
  const moveTo = async (chainId: number) => {
    able.chainId = chainId;
    const told = numberToHex(chainId);
    await page.evaluate((detail) => void window.dispatchEvent(new CustomEvent("gridx-chain", { detail })), told);
  };
  const decided = () => {
    if (declines) throw refusal(4001, "User rejected the request.");
  };
  // Like a real one, it shows no account before it was asked to connect.
  let authorized = false;
  const answer = async (method: string, params: unknown[]): Promise<unknown> => {
    requests.push(method);
    switch (method) {
      case "eth_accounts":
        return authorized ? [address] : [];
      case "eth_requestAccounts":
        authorized = true;
        return [address];
      case "eth_chainId":
        return numberToHex(able.chainId);
      case "wallet_switchEthereumChain":
        decided();
        await moveTo(Number(chainSchema.parse(params[0]).chainId));
        return null;
      case "wallet_getCapabilities":
        if (!able.batches) throw refusal(4200, "no such method");
        return { [numberToHex(chain.id)]: { atomic: { status: "supported" } } };
      case "wallet_sendCalls": {
        if (!able.batches) throw refusal(4200, "no such method");
        decided();
        const id = `batch-${batches.size}`;
        const hashes: Hex[] = [];
        // One after the other: a test's wallet is no smart account.
        for (const call of batchSchema.parse(params[0]).calls) {
          const hash = await send(call);
          await client.waitForTransactionReceipt({ hash });
          hashes.push(hash);
        }
        batches.set(id, hashes);
        return { id };
      }
      case "wallet_getCallsStatus": {
        const answer = { version: "2.0.0", id: params[0], chainId: numberToHex(chain.id), atomic: true };
        if (able.batchesPending) return { ...answer, status: 100 };
        const hashes = batches.get(z.string().parse(params[0])) ?? [];
        const receipts = await Promise.all(
          hashes.map((hash) => client.request({ method: "eth_getTransactionReceipt", params: [hash] })),
        );
        return { ...answer, status: 200, receipts };
      }
      case "eth_signTypedData_v4":
        if (!able.typedData) throw refusal(4200, "no such method");
        decided();
        return account.signTypedData(JSON.parse(z.string().parse(params[1])));
      case "wallet_requestPermissions":
        return [{ parentCapability: "eth_accounts" }];
      case "eth_sendTransaction":
        decided();
        return send(params[0]);
      case "personal_sign":
        decided();
        return (able.keeper ? account : privateKeyToAccount(generatePrivateKey())).signMessage({
          message: { raw: z.string().parse(params[0]) as Hex },
        });
      default:
        return client.request({ method, params } as never);
    }
  };
  await page.exposeFunction("gridxTestWallet", async (method: string, params: unknown[]) => {
    try {
      return { result: await answer(method, params) };
    } catch (cause) {
      const code = cause instanceof Error && "code" in cause ? cause.code : -32603;
      return { error: { code, message: cause instanceof Error ? cause.message : String(cause) } };
    }
  });
  await page.addInitScript(announceWallet, WALLET_NAME);
  return {
    account,
    signer,
    requests,
    decline: (now = true) => {
      declines = now;
    },
    moveTo,
    stall: () => {
      stalls = true;
    },
    thinkAgain,
    async becomeContract() {
      const hash = await signer.sendTransaction({ data: smartWalletCode(account.address) });
      const { contractAddress } = await client.waitForTransactionReceipt({ hash });
      if (!contractAddress) throw new Error("the wallet was not deployed");
      address = contractAddress;
      return address;
    },
    become: (changes) => void Object.assign(able, changes),
  };
}

/** Runs in the page. */
function announceWallet(name: string): void {
  type Answer = { result?: unknown; error?: { code: number; message: string } };
  type Bridge = (method: string, params: unknown[]) => Promise<Answer>;
  const bridge = () => (window as unknown as { gridxTestWallet: Bridge }).gridxTestWallet;
  const provider = {
    async request({ method, params }: { method: string; params?: unknown[] }) {
      const { result, error } = await bridge()(method, params ?? []);
      if (error) throw Object.assign(new Error(error.message), { code: error.code });
      return result;
    },
    on: (event: string, listener: (value: unknown) => void) => {
      if (event === "chainChanged") {
        window.addEventListener("gridx-chain", (told) => listener((told as CustomEvent).detail));
      }
      return provider;
    },
    removeListener: () => provider,
  };
  const icon =
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'><rect width='8' height='8' fill='teal'/></svg>";
  const info = { uuid: "6f9f1f4e-2a0d-4c55-9d3b-0a8c1c1f7a01", name, icon, rdns: "community.gridx.test" };
  const announce = () =>
    window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail: Object.freeze({ info, provider }) }));
  window.addEventListener("eip6963:requestProvider", announce);
  announce();
}
