// What a clearing needs of the chain, read at one block.
import type { Deployment } from "@gridx/contracts";
import type { Address } from "viem";
import { z } from "zod";
import { bidSchema, type Question, query, type Rules } from "../chain/contract.ts";
import type { Rpc } from "../chain/rpc.ts";
import { affordableWh } from "./afford.ts";
import { type Cleared, clearedSoFar, nothingCleared } from "./cleared.ts";
import { type Ask, type Bid, least, type Market } from "./market.ts";

const lotSchema = z.object({ attestedWh: z.bigint(), soldWh: z.bigint(), ask: z.bigint() });
const accountSchema = z.object({ balance: z.bigint() });
const participantSchema = z.object({ tier: z.number() });

export interface SlotState {
  /** Lots and bids as they were before the slot's clearing began. */
  market: Market;
  /** What the slot's clearing has settled already. */
  cleared: Cleared;
}

export interface StateQuestion {
  slot: number;
  sellers: Iterable<Address>;
  buyers: Iterable<Address>;
  block: number;
  /** As of the same block. */
  rules: Rules;
}

const each = (name: string, addresses: readonly Address[], ...rest: unknown[]): Question[] =>
  addresses.map((address) => ({ name, args: [address, ...rest] }));

export async function readSlot(
  rpc: Rpc,
  deployment: Deployment,
  { slot, sellers, buyers, block, rules }: StateQuestion,
): Promise<SlotState> {
  const [sellerList, buyerList] = [[...sellers], [...buyers]];
  const answers = await query(rpc, deployment, block, [
    ...each("lotOf", sellerList, slot),
    ...each("bidOf", buyerList),
  ]);
  const lots = answers.slice(0, sellerList.length);
  const bids = answers.slice(sellerList.length);
  const { membersOnly, lastClearing, emergency } = rules;
  const { priceCap, endsAt } = emergency;
  const again = lastClearing.slot === slot && slot > 0;
  const cleared = again ? await clearedSoFar(rpc, deployment, slot, block) : nothingCleared();
  const feeBps = BigInt(rules.feeBps);

  const asks = sellerList.map((seller, index): Ask => {
    const { attestedWh, soldWh, ask: pricePerKwh } = lotSchema.parse(lots[index]);
    return { seller, pricePerKwh, energyWh: attestedWh - soldWh + (cleared.sold.get(seller) ?? 0n) };
  });
  const open = buyerList.flatMap((buyer, index) => {
    const bid = bidSchema.parse(bids[index]);
    const room = bid.slot === slot ? bid.maxWhPerSlot - bid.filledWh : bid.maxWhPerSlot;
    return bid.pricePerKwh > 0n && bid.slot <= slot ? [{ buyer, limitPerKwh: bid.pricePerKwh, room }] : [];
  });
  const bidders = open.map(({ buyer }) => buyer);
  const answered = await query(rpc, deployment, block, [
    ...each("accountOf", bidders),
    ...(endsAt > 0 ? each("allowanceOf", bidders) : []),
    ...(membersOnly ? each("participantOf", bidders) : []),
  ]);
  const [accounts, allowances] = [answered.slice(0, bidders.length), answered.slice(bidders.length)];
  const tiers = answered.slice(-bidders.length);
  // A bidder meets each lot at most once, and one of them twice where the bid's line was cut in two.
  const pairs = BigInt(asks.filter(({ energyWh }) => energyWh > 0n).length + 1);
  const standing = open.map(({ buyer, limitPerKwh, room }, index): Bid => {
    // As it was before the clearing: what it saved below the limit, or earned, would change the plan between two calls.
    const balance = accountSchema.parse(accounts[index]).balance + (cleared.spent.get(buyer) ?? 0n);
    const done = cleared.bought.get(buyer) ?? 0n;
    let energyWh = least(room + done, affordableWh(balance, limitPerKwh, feeBps, pairs));
    if (endsAt > 0) energyWh = least(energyWh, z.bigint().parse(allowances[index]) + done);
    if (membersOnly && participantSchema.parse(tiers[index]).tier === 0) energyWh = done;
    return { buyer, limitPerKwh, energyWh };
  });
  const market: Market = { asks, bids: standing, feeBps };
  if (endsAt > 0) market.priceCap = priceCap;
  if (again) market.fixedPrice = lastClearing.pricePerKwh;
  return { market, cleared };
}
