// Was each clearing the best one? The state before a slot's first call, solved again.
import { askWithinLimit } from "@gridx/contracts";
import {
  allowanceAt,
  askOf,
  type BidsBefore,
  type BookLog,
  type Books,
  type EventOf,
  emergencyAt,
  type OpenTrade,
} from "@gridx/contracts/books";
import type { Address } from "viem";
import { affordableWh } from "../clear/afford.ts";
import { least, type Market } from "../clear/market.ts";
import { solve } from "../clear/solve.ts";

export interface ClearingVerdicts {
  slots: number;
  /** Where more welfare, or as much with more energy, was possible. */
  better: number;
  welfareMissed: bigint;
  energyMissedWh: bigint;
  /** The one that missed most welfare. */
  worst: { slot: number; welfareMissed: bigint; energyMissedWh: bigint } | null;
}

interface OpenSlot {
  slot: number;
  market: Market;
  limits: Map<Address, bigint>;
  welfare: bigint;
  energyWh: bigint;
}

/** A slot is judged as a whole: all its calls together against the state before the first. */
export class ClearingJudge {
  readonly verdicts: ClearingVerdicts = {
    slots: 0,
    better: 0,
    welfareMissed: 0n,
    energyMissedWh: 0n,
    worst: null,
  };
  readonly #books: () => Books;
  #open: OpenSlot | null = null;

  constructor(books: () => Books) {
    this.#books = books;
  }

  cleared(event: EventOf<"SlotCleared">, trades: readonly OpenTrade[], before: BidsBefore, log: BookLog): void {
    if (this.#open?.slot !== event.slot) {
      this.close();
      this.#open = this.#opened(event.slot, trades, before, log);
    }
    for (const { trade, ask } of trades) {
      // A bid that was not there before the first call counts as what it was when it was filled.
      const limit = this.#open.limits.get(trade.buyer) ?? this.#limitOf(trade.buyer);
      this.#open.welfare += trade.energyWh * (limit - ask);
      this.#open.energyWh += trade.energyWh;
    }
  }

  /** No more calls for the slot at hand. */
  close(): void {
    const open = this.#open;
    if (!open) return;
    this.#open = null;
    const best = solve(open.market);
    this.verdicts.slots += 1;
    const welfareMissed = best.welfare - open.welfare;
    const energyMissedWh = best.energyWh - open.energyWh;
    if (welfareMissed < 0n || (welfareMissed === 0n && energyMissedWh <= 0n)) return;
    this.verdicts.better += 1;
    this.verdicts.welfareMissed += welfareMissed;
    this.verdicts.energyMissedWh += energyMissedWh;
    const { worst } = this.verdicts;
    if (!worst || welfareMissed > worst.welfareMissed)
      this.verdicts.worst = { slot: open.slot, welfareMissed, energyMissedWh };
  }

  #limitOf(buyer: Address): bigint {
    const books = this.#books();
    return askWithinLimit(books.bids.get(buyer)?.pricePerKwh ?? 0n, books.rules.feeBps);
  }

  /** The books are those after the call; what it did is taken back. */
  #opened(slot: number, trades: readonly OpenTrade[], before: BidsBefore, log: BookLog): OpenSlot {
    const books = this.#books();
    const { feeBps, membersOnly } = books.rules;
    const [sold, bought, spent] = [new Map<Address, bigint>(), new Map<Address, bigint>(), new Map<Address, bigint>()];
    const add = (map: Map<Address, bigint>, who: Address, amount: bigint) =>
      map.set(who, (map.get(who) ?? 0n) + amount);
    for (const { trade } of trades) {
      add(sold, trade.seller, trade.energyWh);
      add(bought, trade.buyer, trade.energyWh);
      add(spent, trade.buyer, trade.payment + trade.feePaid);
      add(spent, trade.seller, -trade.payment);
    }
    const market = { asks: [] as Market["asks"][number][], bids: [] as Market["bids"][number][], feeBps };
    for (const [seller, ring] of books.lots) {
      const lot = ring.get(slot % books.deployment.ringLength);
      if (lot?.slot !== slot) continue;
      const energyWh = lot.attestedWh - lot.soldWh + (sold.get(seller) ?? 0n);
      if (energyWh > 0n) market.asks.push({ seller, energyWh, pricePerKwh: askOf(lot) });
    }
    // As the operator reckons it: money for the bid's own limit, rounded up once a lot.
    const pairs = BigInt(market.asks.length + 1);
    const limits = new Map<Address, bigint>();
    for (const [buyer, now] of books.bids) {
      const bid = before.get(buyer) ?? now;
      if (bid.pricePerKwh === 0n || bid.slot > slot) continue;
      if (membersOnly && (books.participants.get(buyer)?.tier ?? 0) === 0) continue;
      const balance = (books.accounts.get(buyer)?.balance ?? 0n) + (spent.get(buyer) ?? 0n);
      const room = bid.maxWhPerSlot - (bid.slot === slot ? bid.filledWh : 0n);
      let energyWh = least(room, affordableWh(balance, bid.pricePerKwh, feeBps, pairs));
      const left = allowanceAt(books, buyer, log.timestamp);
      if (left !== null) energyWh = least(energyWh, left + (bought.get(buyer) ?? 0n));
      limits.set(buyer, askWithinLimit(bid.pricePerKwh, feeBps));
      market.bids.push({ buyer, energyWh, limitPerKwh: bid.pricePerKwh });
    }
    const emergency = emergencyAt(books, log.timestamp);
    return {
      slot,
      market: { ...market, ...(emergency && { priceCap: emergency.priceCap }) },
      limits,
      welfare: 0n,
      energyWh: 0n,
    };
  }
}
