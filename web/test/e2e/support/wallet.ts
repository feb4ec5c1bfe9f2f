// An installed wallet: announces itself by EIP-6963 in the page, signs in the test.
import type { Page } from "@playwright/test";
import { createWalletClient, type Hex, http, type LocalAccount, numberToHex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import { abi, type World } from "./world.ts";

export const WALLET_NAME = "Test Wallet";

export interface InjectedWallet {
  account: LocalAccount;
  /** Methods that the page asked for, in order. */
  requests: string[];
  /** From now on, declines to sign, or signs again. */
  decline(declines?: boolean): void;
}

const transactionSchema = z.object({
  to: z.string().transform((text) => text as Hex),
  data: z.string().transform((text) => text as Hex),
  value: z.string().optional(),
});

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
  // Like a real one, it shows no account before it was asked to connect.
  let authorized = false;
  const answer = async (method: string, params: unknown[]): Promise<unknown> => {
    requests.push(method);
    switch (method) {
      case "eth_accounts":
        return authorized ? [account.address] : [];
      case "eth_requestAccounts":
        authorized = true;
        return [account.address];
      case "eth_chainId":
        return numberToHex(chain.id);
      case "wallet_requestPermissions":
        return [{ parentCapability: "eth_accounts" }];
      case "eth_sendTransaction": {
        if (declines) throw Object.assign(new Error("User rejected the request."), { code: 4001 });
        const { to, data, value } = transactionSchema.parse(params[0]);
        return signer.sendTransaction({ to, data, value: value === undefined ? 0n : BigInt(value) });
      }
      case "personal_sign": {
        if (declines) throw Object.assign(new Error("User rejected the request."), { code: 4001 });
        return account.signMessage({ message: { raw: z.string().parse(params[0]) as Hex } });
      }
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
    requests,
    decline: (now = true) => {
      declines = now;
    },
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
    on: () => provider,
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
