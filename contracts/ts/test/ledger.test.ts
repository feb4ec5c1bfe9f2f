import fc from "fast-check";
import type { Hex } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Fact,
  factEvents,
  factFieldsFromJson,
  factFieldsToJson,
  foldFact,
  foldFacts,
  initialHead,
  rejectionReasons,
  skipReasons,
} from "../src/index.ts";
import { changesOf } from "./support/changes.ts";
import { type History, play, readHistory } from "./support/history.ts";
import { startWorld, type World } from "./support/world.ts";

const OPERATIONS = 450;
const seen = new Map<string, number>();
let reverted = 0;

describe.each([
  { seed: 1, slotDuration: 900, ringLength: 96 },
  { seed: 2, slotDuration: 3600, ringLength: 2 },
  { seed: 3, slotDuration: 60, ringLength: 65_535 },
  { seed: 4, slotDuration: 86_400, ringLength: 7 },
])("a ledger of $ringLength slots of $slotDuration s, seed $seed", ({ seed, slotDuration, ringLength }) => {
  let world: World;
  let history: History;
  let start: Hex;
  /** Head before each fact, and after the last one. */
  let heads: Hex[];

  beforeAll(async () => {
    world = await startWorld({ slotDuration, ringLength, minPrice: 0n, maxPrice: 2n ** 96n - 1n });
    history = await readHistory(world, await play(world, seed, OPERATIONS));
    start = initialHead(world.deployment);
    heads = [start];
    for (const fact of history.facts) heads.push(foldFact(heads.at(-1) as Hex, fact));
    for (const [kind, count] of history.seen) seen.set(kind, (seen.get(kind) ?? 0) + count);
    reverted += history.reverted;
  });
  afterAll(() => world?.stop());

  it("has the chain's head at every block, from the first one on", () => {
    let head = start;
    let next = 0;
    for (const [blockNumber, onChain] of history.heads) {
      const facts: Fact[] = [];
      for (; history.facts[next]?.blockNumber === blockNumber; next += 1) facts.push(history.facts[next] as Fact);
      const folded = foldFacts(head, facts);
      expect(folded, `block ${blockNumber}`).toEqual({ head: onChain, mismatch: null });
      head = folded.head;
    }
    expect(next).toBe(history.facts.length);
    expect(next).toBeGreaterThan(OPERATIONS / 3);
  });

  it("makes the id of each trade and claim", () => {
    const claimed = history.facts.map(({ eventName, args }) =>
      eventName === "EnergyTradeLogged" ? args.tradeId : eventName === "CarbonSpent" ? args.claimId : null,
    );
    for (const [index, id] of claimed.entries()) if (id !== null) expect(id).toBe(heads[index + 1]);
    expect(claimed.filter((id) => id !== null).length).toBeGreaterThan(5);
  });

  it("is the same from stored JSON", () => {
    const stored = JSON.parse(
      JSON.stringify(history.facts.map(({ eventName, args }) => factFieldsToJson(eventName, args))),
    ) as Record<string, unknown>[];
    const facts = history.facts.map(({ eventName, timestamp }, index) => {
      const args = factFieldsFromJson(eventName, stored[index] ?? {});
      const id = factEvents.get(eventName)?.idField;
      return { eventName, timestamp, args: id ? { ...args, [id]: heads[index + 1] } : args };
    });
    expect(foldFacts(start, facts)).toEqual({ head: heads.at(-1), mismatch: null });
    expect(JSON.stringify(stored)).not.toContain("\\u0000");
  });

  it("is another for any change of any field of any fact", () => {
    let changes = 0;
    for (const [index, fact] of history.facts.entries()) {
      for (const { what, changed } of changesOf(fact)) {
        const head = foldFact(heads[index] as Hex, changed);
        expect(head, `${fact.eventName} ${what}`).not.toBe(heads[index + 1]);
        changes += 1;
      }
    }
    expect(changes).toBeGreaterThan(history.facts.length * 3);
  });

  it("is another for any fact changed, dropped, repeated, swapped or renamed, whatever follows", () => {
    const { facts } = history;
    const at = fc.nat(facts.length - 1);
    const forgery = fc.record({ kind: fc.constantFrom("change", "drop", "repeat", "swap", "rename"), at, with: at });
    const run = fc.property(forgery, ({ kind, at: index, with: other }) => {
      const forged: Fact[] = [...facts];
      const fact = facts[index] as Fact;
      const partner = facts[other] as Fact;
      if (kind === "change") forged[index] = changesOf(fact)[other % changesOf(fact).length]?.changed ?? fact;
      if (kind === "drop") forged.splice(index, 1);
      if (kind === "repeat") forged.splice(other, 0, fact);
      if (kind === "swap") [forged[index], forged[other]] = [partner, fact];
      if (kind === "rename")
        forged[index] = {
          ...fact,
          eventName: fact.eventName === "Deposited" ? "FeesCollected" : "Deposited",
          args: { ...fact.args, account: world.admin, treasury: world.admin, amount: 1n },
        };
      fc.pre(kind !== "swap" || index !== other);
      const first = Math.min(index, kind === "change" || kind === "drop" || kind === "rename" ? index : other);
      expect(foldFacts(heads[first] as Hex, forged.slice(first)).head).not.toBe(heads.at(-1));
    });
    fc.assert(run, { numRuns: 60, seed });
  });

  it("finds the first wrong id", () => {
    const index = history.facts.findIndex((fact) => fact.eventName === "EnergyTradeLogged");
    const forged: Fact[] = [...history.facts];
    forged[index] = { ...(forged[index] as Fact), args: { ...forged[index]?.args, tradeId: start } };
    const { head, mismatch } = foldFacts(start, forged);
    // The id is no part of its own hash: the head is right, and the lie is told by name.
    expect(head).toBe(heads.at(-1));
    expect(mismatch).toEqual({ index, eventName: "EnergyTradeLogged", claimed: start, computed: heads[index + 1] });
  });
});

describe("the histories together", () => {
  it("hold every fact, every rejection of a reading, and refused transactions", () => {
    for (const name of factEvents.keys()) expect(seen.get(name) ?? 0, name).toBeGreaterThan(0);
    for (const [reason, name] of rejectionReasons.entries()) {
      if (reason > 0) expect(seen.get(`ReadingRejected ${reason}`) ?? 0, name).toBeGreaterThan(0);
    }
    const skips = skipReasons.filter((_, reason) => seen.has(`FillSkipped ${reason}`));
    expect(skips.length, skips.join(" ")).toBeGreaterThan(5);
    expect(seen.get("a match")).toBeGreaterThan(0);
    for (const name of ["Paused", "Unpaused", "CarbonEarned"]) expect(seen.get(name) ?? 0, name).toBeGreaterThan(0);
    expect(reverted).toBeGreaterThan(100);
  });
});
