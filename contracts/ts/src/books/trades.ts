// A trade, whichever way it came about; and a clearing, which claims the trades just before it.
import { carbonGramsOf, feeOf, paymentOf, priceWithFee } from "../units.ts";
import type { EventOf } from "./event.ts";
import type { BookLog } from "./log.ts";
import type { Step } from "./rooms.ts";
import {
  accountOf,
  askOf,
  type Bid,
  type Books,
  emergencyAt,
  isLive,
  lotOf,
  participantOf,
  slotAt,
  type Trade,
} from "./state.ts";

/** A trade that a clearing may still claim as its own. */
export interface OpenTrade {
  log: BookLog;
  trade: Trade;
  /** The lot's ask when it was traded. */
  ask: bigint;
  /** What would be wrong with it as a direct purchase. */
  faults: string[];
}

/** Books the trade and checks what holds of every one. */
export function energyTradeLogged(step: Step, event: EventOf<"EnergyTradeLogged">): OpenTrade {
  const { books, log, problem } = step;
  const { tradeId, seller, buyer, slot, energyWh, pricePerKwh, feePaid, carbonGrams } = event;
  const payment = paymentOf(energyWh, pricePerKwh);
  const fee = feeOf(payment, books.rules.feeBps);
  if (feePaid !== fee) problem(`the fee is ${feePaid}, not ${fee}`);
  const grams = carbonGramsOf(energyWh, BigInt(books.factor.gramsPerMwh));
  if (carbonGrams !== grams) problem(`the carbon is ${carbonGrams} g, not ${grams}`);
  if (seller === buyer) problem(`${buyer} bought from themselves`);
  if (energyWh === 0n) problem("a trade of nothing");
  const faults = [...directFaults(step, event)];
  const ask = takeFromLot(step, event);
  checkBuyer(step, event);
  const [from, to] = [accountOf(books, buyer), accountOf(books, seller)];
  if (from.balance < payment + feePaid) problem(`${buyer} had ${from.balance} and paid ${payment + feePaid}`);
  from.balance -= payment + feePaid;
  from.boughtWh += energyWh;
  from.paid += payment;
  from.feesPaid += feePaid;
  from.purchases += 1;
  from.carbonGrams += carbonGrams;
  from.carbonEarnedGrams += carbonGrams;
  to.balance += payment;
  to.soldWh += energyWh;
  to.earned += payment;
  to.sales += 1;
  books.fees += feePaid;
  const trade = { tradeId, seller, buyer, slot, energyWh, pricePerKwh, payment, feePaid, carbonGrams, cleared: false };
  return { log, trade, ask, faults };
}

function* directFaults({ books, log }: Step, event: EventOf<"EnergyTradeLogged">): Generator<string> {
  const lot = lotOf(books, event.seller, event.slot);
  const current = slotAt(books, log.timestamp);
  if (!isLive(books, lot, current)) return yield `${event.seller} has no live lot of slot ${event.slot}`;
  if (current - event.slot <= books.rules.shelfDelaySlots) yield `the shelf of slot ${event.slot} was not open`;
  const ask = askOf(lot);
  if (ask === 0n || ask !== event.pricePerKwh) yield `the lot's ask is ${ask}, the price ${event.pricePerKwh}`;
}

function takeFromLot({ books, problem }: Step, { seller, slot, energyWh }: EventOf<"EnergyTradeLogged">): bigint {
  const lot = lotOf(books, seller, slot);
  if (!lot) {
    problem(`${seller} has no lot of slot ${slot}`);
    return 0n;
  }
  lot.soldWh += energyWh;
  if (lot.soldWh > lot.attestedWh) problem(`sold ${lot.soldWh} Wh of a lot of ${lot.attestedWh}`);
  return askOf(lot);
}

/** The Wh that an emergency leaves a buyer; null is without limit. */
export function allowanceAt(books: Books, buyer: `0x${string}`, timestamp: number): bigint | null {
  const emergency = emergencyAt(books, timestamp);
  if (!emergency) return null;
  const { tier, usedSlot, usedWh } = books.participants.get(buyer) ?? { tier: 0, usedSlot: 0, usedWh: 0n };
  if (tier === 0) return 0n;
  if (tier === 3) return null;
  const allowance = tier === 1 ? emergency.normalWhPerSlot : emergency.essentialWhPerSlot;
  const left = allowance - (usedSlot === slotAt(books, timestamp) ? usedWh : 0n);
  return left > 0n ? left : 0n;
}

function checkBuyer({ books, log, problem }: Step, event: EventOf<"EnergyTradeLogged">): void {
  const { buyer, energyWh, pricePerKwh } = event;
  if (books.rules.membersOnly && (books.participants.get(buyer)?.tier ?? 0) === 0) problem(`${buyer} is no member`);
  const emergency = emergencyAt(books, log.timestamp);
  if (!emergency) return;
  if (pricePerKwh > emergency.priceCap) problem(`the price ${pricePerKwh} is above the cap ${emergency.priceCap}`);
  const left = allowanceAt(books, buyer, log.timestamp);
  if (left !== null && energyWh > left) problem(`${buyer} took ${energyWh} Wh of an allowance of ${left}`);
  const participant = participantOf(books, buyer);
  const current = slotAt(books, log.timestamp);
  participant.usedWh = (participant.usedSlot === current ? participant.usedWh : 0n) + energyWh;
  participant.usedSlot = current;
}

/** Bids as they were before the clearing, of those who bought in it. */
export type BidsBefore = Map<`0x${string}`, Bid>;

/** Checks a clearing against the trades before it, which it marks as its own. */
export function slotCleared(step: Step, event: EventOf<"SlotCleared">, open: readonly OpenTrade[]): BidsBefore {
  const { books, log, problem } = step;
  const { slot, pricePerKwh, energyWh } = event;
  const current = slotAt(books, log.timestamp);
  const last = books.lastClearing;
  if (slot >= current || current - slot > books.rules.tradingWindow) problem(`slot ${slot} could not be cleared`);
  if (slot < last.slot) problem(`slot ${slot} was cleared after slot ${last.slot}`);
  if (slot === last.slot && pricePerKwh !== last.pricePerKwh)
    problem(`slot ${slot} has two prices, ${last.pricePerKwh} and ${pricePerKwh}`);
  if (pricePerKwh === 0n) problem("cleared at no price");
  const emergency = emergencyAt(books, log.timestamp);
  if (emergency && pricePerKwh > emergency.priceCap) problem(`the price is above the cap ${emergency.priceCap}`);
  if (open.length !== event.trades) problem(`it claims ${event.trades} trades; ${open.length} are just before it`);
  const sum = open.reduce((total, { trade }) => total + trade.energyWh, 0n);
  if (sum !== energyWh) problem(`it claims ${energyWh} Wh; its trades are ${sum}`);
  const before: BidsBefore = new Map();
  const limit = priceWithFee(pricePerKwh, books.rules.feeBps);
  for (const { trade, ask } of open) {
    trade.cleared = true;
    if (trade.slot !== slot || trade.pricePerKwh !== pricePerKwh)
      problem(`trade ${trade.tradeId} is not of this clearing`);
    if (ask === 0n || ask > pricePerKwh) problem(`${trade.seller} asked ${ask} and got ${pricePerKwh}`);
    fillBid(step, trade, limit, before);
  }
  const again = slot === last.slot ? last : { energyWh: 0n, trades: 0 };
  const total = { energyWh: again.energyWh + energyWh, trades: again.trades + event.trades };
  books.lastClearing = { slot, pricePerKwh, ...total };
  return before;
}

function fillBid({ books, problem }: Step, { buyer, slot, energyWh }: Trade, limit: bigint, before: BidsBefore): void {
  const bid = books.bids.get(buyer);
  if (!bid || bid.pricePerKwh === 0n) {
    problem(`${buyer} had no bid`);
    return;
  }
  if (!before.has(buyer)) before.set(buyer, { ...bid });
  if (bid.slot > slot) problem(`${buyer}'s bid is of slot ${bid.slot}`);
  if (bid.pricePerKwh < limit) problem(`${buyer} bid ${bid.pricePerKwh} and paid ${limit}`);
  if (bid.slot !== slot) Object.assign(bid, { slot, filledWh: 0n });
  bid.filledWh += energyWh;
  if (bid.filledWh > bid.maxWhPerSlot) problem(`${buyer} bought ${bid.filledWh} Wh of a bid for ${bid.maxWhPerSlot}`);
}
