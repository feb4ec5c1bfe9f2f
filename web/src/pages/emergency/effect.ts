// What a declaration would change: of the bids that stand and the lots on the shelf now, and as if it had been in force the last day.
import type { Bid, Lot, Trade, User } from "@gridx/indexer/client";
import type { EmergencyOrder } from "../../tx/orders/emergency.ts";

/** As the contract numbers tiers. */
const NONE = 0;
const NORMAL = 1;
const ESSENTIAL = 2;
const CRITICAL = 3;

export interface EffectFacts {
  order: Pick<EmergencyOrder, "priceCap" | "normalWhPerSlot" | "essentialWhPerSlot">;
  users: readonly Pick<User, "address" | "tier">[];
  bids: readonly Pick<Bid, "buyer" | "maxWhPerSlot">[];
  lots: readonly Pick<Lot, "ask" | "attestedWh" | "soldWh">[];
  /** Of the last day. */
  trades: readonly Pick<Trade, "buyer" | "energyWh" | "pricePerKwh" | "blockTimestamp">[];
  slotDuration: number;
}

/** An account that would get less than it wants, or wanted. */
export interface LimitedAccount {
  address: string;
  tier: number;
  /** What its standing bid takes in a slot; 0 without one. */
  bidWh: bigint;
  /** The most that it bought in one slot of the last day. */
  boughtWh: bigint;
  /** What it could buy in a slot. */
  allowedWh: bigint;
}

export interface Effect {
  /** Known accounts of each tier, by its number. */
  accounts: [none: number, normal: number, essential: number, critical: number];
  /** Who wants or bought more in a slot than it could have; the most limited first. */
  limited: LimitedAccount[];
  /** Lots on the shelf above the cap, of all of them. */
  lotsAboveCap: number;
  lots: number;
  aboveCapWh: bigint;
  /** Trades of the last day that would have been dearer than the cap, of all of them, and what is over the allowances of the others. */
  tradesAboveCap: number;
  trades: number;
  overAllowanceWh: bigint;
}

export function effectOf({ order, users, bids, lots, trades, slotDuration }: EffectFacts): Effect {
  const tiers = new Map<string, number>(users.map(({ address, tier }) => [address, tier]));
  const allowed = new Map<number, bigint>([
    [NONE, 0n],
    [NORMAL, order.normalWhPerSlot],
    [ESSENTIAL, order.essentialWhPerSlot],
  ]);
  /** Null is without limit. */
  const allowedOf = (address: string) => allowed.get(tiers.get(address) ?? NONE) ?? null;

  const bidWh = new Map<string, bigint>(bids.map(({ buyer, maxWhPerSlot }) => [buyer, maxWhPerSlot]));
  // Allowances count in slots of block time, over all lots.
  const bought = new Map<string, Map<number, bigint>>();
  let tradesAboveCap = 0;
  for (const { buyer, energyWh, pricePerKwh, blockTimestamp } of trades) {
    if (pricePerKwh > order.priceCap) {
      tradesAboveCap += 1;
      continue;
    }
    const slots = bought.get(buyer) ?? new Map<number, bigint>();
    const slot = Math.floor(blockTimestamp / slotDuration);
    slots.set(slot, (slots.get(slot) ?? 0n) + energyWh);
    bought.set(buyer, slots);
  }

  const limited: LimitedAccount[] = [];
  let overAllowanceWh = 0n;
  for (const address of new Set([...bidWh.keys(), ...bought.keys()])) {
    const allowedWh = allowedOf(address);
    if (allowedWh === null) continue;
    const perSlot = [...(bought.get(address)?.values() ?? [])];
    for (const energyWh of perSlot) if (energyWh > allowedWh) overAllowanceWh += energyWh - allowedWh;
    const boughtWh = perSlot.toSorted((a, b) => (a < b ? 1 : -1))[0] ?? 0n;
    const wantsWh = bidWh.get(address) ?? 0n;
    if (wantsWh <= allowedWh && boughtWh <= allowedWh) continue;
    limited.push({ address, tier: tiers.get(address) ?? NONE, bidWh: wantsWh, boughtWh, allowedWh });
  }
  const missing = ({ bidWh: wants, boughtWh, allowedWh }: LimitedAccount) =>
    (wants > boughtWh ? wants : boughtWh) - allowedWh;
  limited.sort((a, b) => (missing(a) < missing(b) ? 1 : -1));

  const above = lots.filter(({ ask }) => ask > order.priceCap);
  const count = (tier: number) => users.filter((user) => user.tier === tier).length;
  return {
    accounts: [count(NONE), count(NORMAL), count(ESSENTIAL), count(CRITICAL)],
    limited,
    lotsAboveCap: above.length,
    lots: lots.length,
    aboveCapWh: above.reduce((sum, { attestedWh, soldWh }) => sum + attestedWh - soldWh, 0n),
    tradesAboveCap,
    trades: trades.length,
    overAllowanceWh,
  };
}
