import { HttpRequestError, type PublicClient, WaitForTransactionReceiptTimeoutError } from "viem";
import { describe, expect, it } from "vitest";
import { waitUntilMined } from "../../src/tx/receipt.ts";

type Wait = PublicClient["waitForTransactionReceipt"];
const HASH = `0x${"12".repeat(32)}` as const;
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
