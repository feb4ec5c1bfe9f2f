// The fold: logs in, books and problems out. Nothing but arithmetic; runs wherever JavaScript does.
import type { Hex } from "viem";
import { initialHead } from "../ledger.ts";
import { type BookEvent, bookEventOf, type EventOf } from "./event.ts";
import { type BookLog, foldLog } from "./log.ts";
import * as money from "./money.ts";
import * as rooms from "./rooms.ts";
import { type BookDeployment, type Books, emptyBooks, type Trade } from "./state.ts";
import { type BidsBefore, energyTradeLogged, type OpenTrade, slotCleared } from "./trades.ts";

export interface Problem {
  log: BookLog;
  eventName: string;
  text: string;
}

/** What there is to see while the books are kept. */
export interface Observer {
  problem(problem: Problem): void;
  /** A trade, once it is known whether a clearing made it. In log order. */
  trade?(trade: Trade, log: BookLog): void;
  reading?(event: EventOf<"EnergyAttested">, log: BookLog): void;
  claim?(event: EventOf<"CarbonSpent">, log: BookLog): void;
  /** After a clearing, with what it needs to be undone. */
  cleared?(event: EventOf<"SlotCleared">, trades: readonly OpenTrade[], bidsBefore: BidsBefore, log: BookLog): void;
  /** After each block with a fact. */
  block?(blockNumber: number, head: Hex): void;
}

export class Keeper {
  readonly books: Books;
  readonly #observer: Observer;
  #open: OpenTrade[] = [];
  /** The trade whose `CarbonEarned` must be next. */
  #uncredited: OpenTrade | null = null;
  #last: BookLog | null = null;
  #idsAgree = true;

  constructor(deployment: BookDeployment, observer: Observer) {
    this.books = emptyBooks(deployment, initialHead(deployment));
    this.#observer = observer;
  }

  /** Books a log. What is wrong with it is told to the observer, never thrown. */
  add(log: BookLog): void {
    const last = this.#last;
    if (last && log.blockNumber !== last.blockNumber) this.#observer.block?.(last.blockNumber, this.books.head);
    if (last && log.transactionHash !== last.transactionHash) this.#settle();
    this.#last = log;
    try {
      const ordered = !last || log.blockNumber > last.blockNumber || this.#follows(log, last);
      if (!ordered) this.#problem(log, "log", "it is not after the one before it");
      const head = foldLog(this.books.head, log);
      const event = bookEventOf(log);
      if (head !== null) {
        this.books.head = head;
        this.books.facts += 1;
      }
      if (event) this.#book(log, event);
    } catch (error) {
      this.#problem(log, "log", error instanceof Error ? error.message : String(error));
    }
  }

  /** To be called after the last log of a block, before the books are read. */
  flush(): void {
    this.#settle();
    if (this.#last) this.#observer.block?.(this.#last.blockNumber, this.books.head);
  }

  #follows = (log: BookLog, last: BookLog): boolean =>
    log.blockNumber === last.blockNumber && log.logIndex > last.logIndex;

  #problem(log: BookLog, eventName: string, text: string): void {
    this.#observer.problem({ log, eventName, text });
  }

  /** What no clearing has claimed was bought directly. */
  #settle(): void {
    this.#credited(null);
    for (const { log, trade, faults } of this.#open) {
      for (const fault of faults) this.#problem(log, "EnergyTradeLogged", fault);
      this.#observer.trade?.(trade, log);
    }
    this.#open = [];
  }

  #credited(event: EventOf<"CarbonEarned"> | null): void {
    const open = this.#uncredited;
    if (!open) return;
    this.#uncredited = null;
    const { tradeId, buyer, carbonGrams } = open.trade;
    const same = event?.tradeId === tradeId && event.account === buyer && event.grams === carbonGrams;
    if (!same) this.#problem(open.log, "EnergyTradeLogged", "no CarbonEarned that repeats it is just after it");
  }

  #checkId(log: BookLog, eventName: string, claimed: Hex): void {
    // Once the heads differ every later id does.
    if (claimed === this.books.head || !this.#idsAgree) return;
    this.#idsAgree = false;
    this.#problem(log, eventName, `its id is ${claimed}; the facts up to it make ${this.books.head}`);
  }

  #book(log: BookLog, event: BookEvent): void {
    const step: rooms.Step = {
      books: this.books,
      log,
      problem: (text) => this.#problem(log, event.name, text),
    };
    if (event.name === "CarbonEarned") {
      if (!this.#uncredited) step.problem("it repeats no trade");
      this.#credited(event);
      return;
    }
    this.#credited(null);
    if (event.name === "EnergyTradeLogged") {
      this.#checkId(log, event.name, event.tradeId);
      const open = energyTradeLogged(step, event);
      this.#open.push(open);
      this.#uncredited = open;
      return;
    }
    if (event.name === "SlotCleared") {
      const own = event.trades === 0 ? [] : this.#open.slice(-event.trades);
      this.#open = this.#open.slice(0, this.#open.length - own.length);
      this.#settle();
      const before = slotCleared(step, event, own);
      for (const { trade, log: place } of own) this.#observer.trade?.(trade, place);
      this.#observer.cleared?.(event, own, before, log);
      return;
    }
    this.#settle();
    this.#bookOther(step, event);
  }

  #bookOther(
    step: rooms.Step,
    event: Exclude<BookEvent, EventOf<"EnergyTradeLogged" | "SlotCleared" | "CarbonEarned">>,
  ) {
    switch (event.name) {
      case "HouseRegistered":
        return rooms.houseRegistered(step, event);
      case "HouseUpdated":
        return rooms.houseUpdated(step, event);
      case "MeterReplaced":
        return rooms.meterReplaced(step, event);
      case "HouseRetired":
        return rooms.houseRetired(step, event);
      case "TierSet":
        return money.tierSet(step, event);
      case "EnergyAttested":
        this.#observer.reading?.(event, step.log);
        return rooms.energyAttested(step, event);
      case "AskSet":
        return rooms.askSet(step, event);
      case "LotAskSet":
        return rooms.lotAskSet(step, event);
      case "BidSet":
        return rooms.bidSet(step, event);
      case "Deposited":
        return money.deposited(step, event);
      case "Withdrawn":
        return money.withdrawn(step, event);
      case "FeesCollected":
        return money.feesCollected(step, event);
      case "CarbonSpent":
        this.#checkId(step.log, event.name, event.claimId);
        this.#observer.claim?.(event, step.log);
        return money.carbonSpent(step, event);
      case "EmergencyDeclared":
        return money.emergencyDeclared(step, event);
      case "EmergencyEnded":
        return money.emergencyEnded(step);
      case "EmissionFactorSet":
        return money.emissionFactorSet(step, event);
      case "MarketParametersSet":
        return money.marketParametersSet(step, event);
    }
  }
}
