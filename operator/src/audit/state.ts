// The contract's own words at one block, beside the books.
import { demoRupeeAbi, gridxAbi } from "@gridx/contracts";
import { askOf, type Books, emergencyAt, isLive, slotAt } from "@gridx/contracts/books";
import { type Address, zeroAddress } from "viem";
import { z } from "zod";
import type { Findings } from "./findings.ts";
import { type PatientRpc, type Question, readMany, readOne } from "./patient.ts";

/** A view, what it should answer, and how to call it when it does not. */
interface Expectation {
  what: string;
  question: Question;
  expected: unknown;
}

/** Structs and numbers as one kind of text: addresses in lower case, integers without a type. */
function plain(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === "bigint" || typeof inner === "number") return inner.toString();
    return typeof inner === "string" ? inner.toLowerCase() : inner;
  });
}

/** The first field in which two structs differ. */
function difference(expected: unknown, found: unknown): string {
  if (typeof expected === "object" && expected !== null && typeof found === "object" && found !== null) {
    for (const [key, value] of Object.entries(expected)) {
      const other = (found as Record<string, unknown>)[key];
      if (plain(other) !== plain(value)) return `${key} is ${plain(other)}, the events make ${plain(value)}`;
    }
  }
  return `it is ${plain(found)}, the events make ${plain(expected)}`;
}

function* expectations(books: Books, timestamp: number): Generator<Expectation> {
  const ask = (what: string, functionName: string, args: readonly unknown[], expected: unknown): Expectation => {
    return { what, question: { functionName, ...(args.length > 0 && { args }) }, expected };
  };
  const { lastClearing, rules, factor } = books;
  yield ask("market parameters", "marketParameters", [], rules);
  yield ask("emission factor", "emissionFactor", [], factor.gramsPerMwh);
  yield ask("accrued fees", "accruedFees", [], books.fees);
  const { slot, pricePerKwh } = lastClearing;
  yield ask("last clearing", "lastClearing", [], { slot, pricePerKwh });
  const none = { priceCap: 0n, normalWhPerSlot: 0n, essentialWhPerSlot: 0n, endsAt: 0 };
  const { reason: _, ...emergency } = emergencyAt(books, timestamp) ?? { ...none, reason: "" };
  yield ask("emergency", "emergency", [], emergency);
  for (const [address, { balance, carbonGrams, carbonEarnedGrams }] of books.accounts)
    yield ask(`account ${address}`, "accountOf", [address], { balance, carbonGrams, carbonEarnedGrams });
  for (const [address, participant] of books.participants)
    yield ask(`participant ${address}`, "participantOf", [address], participant);
  for (const [address, seller] of books.sellers) yield ask(`standing ask of ${address}`, "sellerOf", [address], seller);
  for (const [address, { fromSlot, ...bid }] of books.bids)
    yield ask(`standing bid of ${address}`, "bidOf", [address], bid);
  for (const [key, { owner, capacityWatts, newestSlot, bitmap }] of books.meters) {
    const expected = { owner: owner ?? zeroAddress, capacityWatts, newestSlot, attestedBitmap: bitmap };
    yield ask(`meter ${key}`, "houseOf", [key], expected);
  }
  const current = slotAt(books, timestamp);
  for (const [address, ring] of books.lots) {
    for (const lot of ring.values()) {
      if (!isLive(books, lot, current)) continue;
      const expected = { slot: lot.slot, attestedWh: lot.attestedWh, soldWh: lot.soldWh, ask: askOf(lot) };
      yield ask(`lot of ${address} slot ${lot.slot}`, "lotOf", [address, lot.slot], expected);
    }
  }
}

export interface StateResult {
  compared: number;
  /** What the contract holds beyond accounts and fees. */
  surplus: bigint;
}

export async function headOnChain(rpc: PatientRpc, address: Address, block: number): Promise<string> {
  return z.string().parse(await readOne(rpc, { to: address, abi: gridxAbi }, { functionName: "head" }, block));
}

export async function compareState(
  rpc: PatientRpc,
  books: Books,
  { block, timestamp }: { block: number; timestamp: number },
  findings: Findings,
): Promise<StateResult> {
  const { address, token } = books.deployment;
  const all = [...expectations(books, timestamp)];
  const questions = all.map(({ question }) => question);
  const answers = await readMany(rpc, { to: address, abi: gridxAbi }, questions, block);
  for (const [index, { what, expected }] of all.entries()) {
    const found = answers[index];
    if (plain(found) !== plain(expected)) findings.add("state", `${what}: ${difference(expected, found)}`);
  }
  const balanceOf = { functionName: "balanceOf", args: [address] };
  const held = z.bigint().parse(await readOne(rpc, { to: token, abi: demoRupeeAbi }, balanceOf, block));
  const owed = [...books.accounts.values()].reduce((sum, { balance }) => sum + balance, books.fees);
  if (held < owed) findings.add("state", `the contract holds ${held} base units and owes ${owed}`);
  return { compared: all.length, surplus: held - owed };
}
