// What facts change, told block by block.
import type { energyProduction, ledgerFact, readingRejected } from "ponder:schema";
import { getAddress, type Hex, isAddress } from "viem";
import { isFactKind, tablesOf } from "./kinds.ts";

export interface Standing {
  blockNumber: number;
  blockTimestamp: number;
  head: Hex;
  facts: number;
}

export type Fact = Pick<
  typeof ledgerFact.$inferSelect,
  "index" | "kind" | "fields" | "head" | "blockNumber" | "blockTimestamp"
>;
export type Rejected = Pick<typeof readingRejected.$inferSelect, "meter" | "blockNumber" | "blockTimestamp">;

const ACCOUNTS = ["seller", "buyer", "account", "owner", "participant", "treasury"];
const METERS = ["meter", "oldMeter", "newMeter"];
/** Their slot is a lot's. */
const OF_LOTS = ["EnergyAttested", "LotAskSet", "EnergyTradeLogged"];

class Block {
  readonly kinds = new Set<string>();
  readonly tables = new Set<string>();
  readonly tradeIds: Hex[] = [];
  readonly sellers = new Set<string>();
  readonly buyers = new Set<string>();
  readonly accounts = new Set<string>();
  readonly meters = new Set<string>();
  readonly slots = new Set<number>();
  readonly clearedSlots = new Set<number>();

  add({ kind, fields, head }: Fact) {
    if (!isFactKind(kind)) throw new Error(`${kind} is no fact`);
    this.kinds.add(kind);
    for (const table of [...tablesOf[kind], "ledgerFact", "market"]) this.tables.add(table);
    const { slot, ...named } = (fields ?? {}) as Record<string, unknown>;
    for (const [name, value] of Object.entries(named)) {
      if (typeof value !== "string" || !isAddress(value, { strict: false })) continue;
      if (ACCOUNTS.includes(name)) this.accounts.add(getAddress(value));
      if (METERS.includes(name)) this.meters.add(getAddress(value));
      if (kind === "EnergyTradeLogged") (name === "seller" ? this.sellers : this.buyers).add(getAddress(value));
    }
    if (kind === "EnergyTradeLogged") this.tradeIds.push(head);
    if (OF_LOTS.includes(kind)) this.slots.add(Number(slot));
    if (kind === "SlotCleared") this.clearedSlots.add(Number(slot));
  }

  reject(meter: (typeof energyProduction.$inferSelect)["meter"]) {
    this.kinds.add("ReadingRejected");
    this.tables.add("readingRejected");
    this.meters.add(getAddress(meter));
  }

  toJson(standing: Standing) {
    const { kinds, tables, tradeIds, sellers, buyers, accounts, meters, slots, clearedSlots } = this;
    return {
      ...standing,
      kinds: [...kinds],
      tables: [...tables],
      tradeIds,
      sellers: [...sellers],
      buyers: [...buyers],
      accounts: [...accounts],
      meters: [...meters],
      slots: [...slots],
      clearedSlots: [...clearedSlots],
    };
  }
}

export type BlockChange = ReturnType<Block["toJson"]>;

/** One message for each block with facts or rejections, and one for where it ends where that block has none. */
export function changesOf(from: Standing, to: Standing, facts: readonly Fact[], rejected: readonly Rejected[]) {
  const blocks = new Map<number, { standing: Standing; block: Block }>();
  const at = ({ blockNumber, blockTimestamp }: Pick<Fact, "blockNumber" | "blockTimestamp">) => {
    const found = blocks.get(blockNumber) ?? {
      standing: { ...from, blockNumber, blockTimestamp: Number(blockTimestamp) },
      block: new Block(),
    };
    blocks.set(blockNumber, found);
    return found;
  };
  for (const fact of facts) {
    const { standing, block } = at(fact);
    block.add(fact);
    standing.head = fact.head;
    standing.facts = fact.index + 1;
  }
  for (const row of rejected) at(row).block.reject(row.meter);
  if (to.blockNumber > from.blockNumber) at({ ...to, blockTimestamp: BigInt(to.blockTimestamp) });
  let { head, facts: count } = from;
  return [...blocks.values()]
    .sort((a, b) => a.standing.blockNumber - b.standing.blockNumber)
    .map(({ standing, block }) => {
      // A block without facts leaves the ledger as it was.
      if (standing.facts > count) [head, count] = [standing.head, standing.facts];
      return block.toJson({ ...standing, head, facts: count });
    });
}
