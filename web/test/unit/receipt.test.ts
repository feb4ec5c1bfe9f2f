import { type Anvil, type LocalClient, localClient, startAnvil } from "@gridx/contracts/node";
import { type Address, HttpRequestError, type PublicClient, WaitForTransactionReceiptTimeoutError } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waitUntilMined } from "../../src/tx/receipt.ts";

type Wait = PublicClient["waitForTransactionReceipt"];
const HASH = `0x${"12".repeat(32)}` as const;
const TO = "0x00000000000000000000000000000000000000AA" as const;
const FASTER = `0x${"34".repeat(32)}` as const;
const offline = new HttpRequestError({ url: "http://127.0.0.1:1", details: "fetch failed" });

describe("waiting for a transaction that was sent", () => {
  it("goes on while the chain can't be reached", async () => {
    let attempts = 0;
    const waitForTransactionReceipt = (async ({ onReplaced }) => {
      attempts += 1;
      if (attempts < 4) throw offline;
      onReplaced?.({ reason: "repriced" } as never);
      return { transactionHash: FASTER, status: "success" };
    }) as Wait;
    const mined = await waitUntilMined({ waitForTransactionReceipt }, HASH, { totalMs: 10_000, pauseMs: 1 });
    expect(mined).toEqual({ hash: FASTER, status: "success", replacement: "repriced" });
    expect(attempts).toBe(4);
  });

  describe("on a chain, from a wallet that thinks again", () => {
    let anvil: Anvil;
    let client: LocalClient;
    const account = mnemonicToAccount("test test test test test test test test test test test junk");
    beforeAll(async () => {
      anvil = await startAnvil({ timestamp: 1_790_000_000 });
      client = localClient(anvil.rpcUrl);
    });
    afterAll(() => anvil?.stop());

    /** Sends with the same nonce again, dearer, and says what was found to have become of the first. */
    async function thinkAgain(second: { to: Address; value: bigint }) {
      await client.setAutomine(false);
      const nonce = await client.getTransactionCount({ address: account.address });
      const from = { account, chain: client.chain, nonce, gas: 50_000n };
      const price = { maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 10n ** 9n };
      const first = await client.sendTransaction({ ...from, ...price, to: TO, value: 7n });
      const waiting = waitUntilMined(client, first, { totalMs: 20_000, pauseMs: 50 });
      // Until it is known what was sent first.
      await new Promise((resolve) => setTimeout(resolve, 300));
      const dearer = { maxFeePerGas: 2n * 10n ** 10n, maxPriorityFeePerGas: 2n * 10n ** 9n };
      const hash = await client.sendTransaction({ ...from, ...dearer, ...second });
      await client.mine({ blocks: 1 });
      await client.setAutomine(true);
      return { mined: await waiting, first, hash };
    }

    it("finds the one that took its place: sped up, cancelled, or another", async () => {
      const faster = await thinkAgain({ to: TO, value: 7n });
      expect(faster.mined).toEqual({ hash: faster.hash, status: "success", replacement: "repriced" });
      expect(faster.hash).not.toBe(faster.first);
      const cancelled = await thinkAgain({ to: account.address, value: 0n });
      expect(cancelled.mined).toMatchObject({ hash: cancelled.hash, replacement: "cancelled" });
      const other = await thinkAgain({ to: TO, value: 8n });
      expect(other.mined).toMatchObject({ hash: other.hash, replacement: "replaced" });
    });
  });

  it("has an end, and gives each attempt no more than what is left", async () => {
    const given: number[] = [];
    const waitForTransactionReceipt = (async ({ timeout }) => {
      given.push(timeout ?? 0);
      throw given.length > 2 ? new WaitForTransactionReceiptTimeoutError({ hash: HASH }) : offline;
    }) as Wait;
    const waiting = waitUntilMined({ waitForTransactionReceipt }, HASH, { totalMs: 120, pauseMs: 30 });
    await expect(waiting).rejects.toThrow(WaitForTransactionReceiptTimeoutError);
    expect(given.length).toBeGreaterThan(2);
    expect(given).toEqual([...given].sort((a, b) => b - a));
    expect(given[0]).toBeLessThanOrEqual(120);
  });
});
