import { demoRupeeAbi, gridxAbi } from "@gridx/contracts";
import {
  BaseError,
  ContractFunctionExecutionError,
  ContractFunctionRevertedError,
  encodeErrorResult,
  HttpRequestError,
  InsufficientFundsError,
  TimeoutError,
  TransactionExecutionError,
  UserRejectedRequestError,
  WaitForTransactionReceiptTimeoutError,
} from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gridxCallAbi } from "../../src/chain/abi.ts";
import { wordsOf } from "../../src/chain/contractErrors.ts";
import { explain, type Phase } from "../../src/tx/explain.ts";
import { createFormat } from "../../src/ui/format.ts";
import { startMarket, type TestMarket } from "./support/market.ts";

const format = createFormat({ tokenDecimals: 6, tokenSymbol: "dINR", slotDuration: 900 }, "en");
const words = { format, now: 1_790_000_000 };
const A = "0x00000000000000000000000000000000000000AA";
const B = "0x00000000000000000000000000000000000000bb";

describe("errors of contract and token", () => {
  const errors = [...gridxAbi, ...demoRupeeAbi].flatMap((item) => (item.type === "error" ? [item] : []));

  it.each(errors.map((error) => [error.name, error] as const))("%s has words", (name, error) => {
    const args = error.inputs.map(({ type }) => (type === "address" ? A : type === "string" ? "reason" : 7n));
    const text = wordsOf(name, args, words);
    expect(text).toMatch(/^[A-Z0-9].*[.)]$/);
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  });

  it("says the arguments in the reader's units", () => {
    expect(wordsOf("InsufficientEnergy", [A, 1, 2_000n, 1_500n], words)).toBe(
      "Only 1.500 kWh are left of this lot; you asked for 2.000 kWh.",
    );
    expect(wordsOf("PriceAboveLimit", [A, 1, 5_050_000n, 5_000_000n], words)).toBe(
      "The price moved: with the fee it is now 5.05 dINR/kWh, and you agreed to at most 5.00 dINR/kWh.",
    );
    expect(wordsOf("ERC20InsufficientBalance", [B, 1_000_000n, 2_500_001n], words)).toContain(
      "2.500001 dINR are needed",
    );
    expect(wordsOf("OutOfRange", ["pricePerKwh", 1n, 10_000n, 20_000n], words)).toBe(
      "The price must lie between 0.01 dINR/kWh and 0.02 dINR/kWh; you gave 0.000001 dINR/kWh.",
    );
    expect(wordsOf("AllowanceExceeded", [A, 2_000n, 500n], words)).toBe(
      "In Disaster mode energy is shared out: you can buy 0.500 kWh more in this slot of time, and asked for 2.000 kWh.",
    );
    expect(wordsOf("AllowanceExceeded", [A, 2_000n, 0n], words)).toContain("none left to buy");
    expect(wordsOf("PriceAboveCap", [5_000_000n, 4_500_000n], words)).toBe(
      "Not for sale now: in Disaster mode nothing is sold above 4.50 dINR/kWh, and this is 5.00 dINR/kWh.",
    );
    expect(wordsOf("OutOfRange", ["endsAt", 1_790_000_000n, 1_790_000_001n, 1_790_604_800n], words)).toMatch(
      /^The end must lie between Sep 21, 2026.* and Sep 28, 2026/,
    );
  });

  it("reads a revert that viem wraps, and what helps against it", () => {
    const data = encodeErrorResult({
      abi: gridxCallAbi,
      errorName: "ERC20InsufficientBalance",
      args: [A, 1_000_000n, 2_000_000n],
    });
    const reverted = new ContractFunctionRevertedError({ abi: gridxCallAbi, data, functionName: "buyEnergy" });
    const wrapped = new ContractFunctionExecutionError(reverted, {
      abi: gridxCallAbi,
      functionName: "buyEnergy",
      args: [[], 1n],
    });
    expect(explain(wrapped, words, "POL", "unsent")).toMatchObject({ kind: "failed", remedy: "get-tokens" });
  });

  it("names the gas money that is missing", () => {
    const cause = new BaseError("send failed", { cause: new InsufficientFundsError() });
    expect(explain(cause, words, "POL", "unsent")).toEqual({
      kind: "failed",
      message: "The wallet has too little POL to pay for the transaction.",
      remedy: "get-gas",
    });
  });
});

describe("how far a transaction had come", () => {
  const HASH = `0x${"12".repeat(32)}` as const;
  const url = "http://127.0.0.1:1";
  const lost = [new HttpRequestError({ url, details: "fetch failed" }), new TimeoutError({ url, body: {} })];
  const sending = (cause: BaseError) => new TransactionExecutionError(cause, { account: null });
  const say = (cause: unknown, phase: Phase) => explain(cause, words, "POL", phase);

  it("decides what a lost connection means: only before it was handed out is it sure that nothing was sent", () => {
    for (const cause of lost) {
      expect(say(cause, "unsent")).toMatchObject({ kind: "failed", remedy: "retry" });
      expect(say(sending(cause), "sending")).toMatchObject({
        kind: "failed",
        message: expect.stringContaining("not known whether"),
        remedy: "none",
      });
      expect(say(cause, "sent")).toMatchObject({ kind: "unread", message: expect.stringContaining("Look at Trades") });
    }
  });

  it("offers to try again only what was certainly not sent", () => {
    expect(say(new UserRejectedRequestError(new Error("no")), "sending")).toEqual({ kind: "rejected" });
    expect(say(sending(new InsufficientFundsError()), "sending")).toMatchObject({ remedy: "get-gas" });
    expect(say({ code: -32603, message: "internal error" }, "sending")).toMatchObject({ remedy: "none" });
    // A hash exists: not even a code that means "declined" undoes it.
    expect(say(new UserRejectedRequestError(new Error("no")), "sent")).toMatchObject({ kind: "unread" });
    const waited = new WaitForTransactionReceiptTimeoutError({ hash: HASH });
    expect(say(waited, "sent")).toMatchObject({ kind: "unread", message: expect.stringContaining("higher fee") });
  });
});

describe("a real chain's refusals", () => {
  let market: TestMarket;
  beforeAll(async () => {
    market = await startMarket();
  });
  afterAll(() => market?.anvil.stop());

  const refusal = async (functionName: string, args: readonly unknown[], account = market.buyer) => {
    const call = { address: market.deployment.address, abi: gridxCallAbi, functionName, args, account };
    const cause: unknown = await market.client.simulateContract(call as never).then(
      () => null,
      (error: unknown) => error,
    );
    return explain(cause, words, "POL", "unsent");
  };

  it("are told in words: the contract's", async () => {
    const { seller, slot } = market;
    const line = { seller: seller.address, slot, energyWh: 1_000n, pricePerKwh: 1n };
    expect(await refusal("buyEnergy", [[line], 1n])).toMatchObject({ message: expect.stringContaining("gone") });
    expect(await refusal("withdraw", [seller.address, 10n ** 12n])).toMatchObject({
      message: "The account holds 20.00 dINR; 1,000,000.00 dINR are needed.",
    });
  });

  it("are told in words: the token's, with the way to get more", async () => {
    const { seller } = market;
    expect(await refusal("deposit", [1_000_000n], seller)).toMatchObject({
      message: expect.stringContaining("Approve first"),
    });
    expect(await refusal("deposit", [99_000_000n])).toMatchObject({
      message: expect.stringContaining("holds 80.00 dINR"),
      remedy: "get-tokens",
    });
  });
});
