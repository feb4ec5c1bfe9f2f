// Everything that the contract knows, derived again from its logs and nothing else.
import {
  type Deployment,
  type Fact,
  factOf,
  foldFacts,
  initialHead,
  parseGridxLogs,
  paymentOf,
  rejectionReasons,
  slotOf,
} from "@gridx/contracts";
import type { Address, Hex } from "viem";
import { searchLogs } from "../chain/logs.ts";
import { blockSchema, type ChainLog, hex, type Rpc } from "../chain/rpc.ts";
import { applyClearing, useAllowance } from "./replay-clearing.ts";
import { lotKey, readingKey } from "./tally.ts";

export interface ReplayedAccount {
  balance: bigint;
  deposited: bigint;
  withdrawn: bigint;
  carbonGrams: bigint;
  carbonEarnedGrams: bigint;
  boughtWh: bigint;
  soldWh: bigint;
  paid: bigint;
  feesPaid: bigint;
  earned: bigint;
}

export interface ReplayedTrade {
  seller: Address;
  buyer: Address;
  slot: number;
  energyWh: bigint;
  pricePerKwh: bigint;
  feePaid: bigint;
  carbonGrams: bigint;
  cleared: boolean;
}

/** A standing bid, and how much of it the newest slot that it served has filled. */
export interface ReplayedBid {
  pricePerKwh: bigint;
  maxWhPerSlot: bigint;
  slot: number;
  filledWh: bigint;
}

export interface ReplayedLot {
  seller: Address;
  slot: number;
  attestedWh: bigint;
  soldWh: bigint;
  ask: bigint;
}

export interface ReplayedChain {
  head: Hex;
  /** What the ids of trades and claims say against the facts before them. */
  mismatch: string | null;
  facts: number;
  accounts: Map<Address, ReplayedAccount>;
  lots: Map<string, ReplayedLot>;
  trades: ReplayedTrade[];
  bids: Map<Address, ReplayedBid>;
  lastClearing: { slot: number; pricePerKwh: bigint };
  /** The newest emergency, until it is ended; its time may be over. */
  emergency: { priceCap: bigint; normalWhPerSlot: bigint; essentialWhPerSlot: bigint; endsAt: number } | null;
  tiers: Map<Address, number>;
  /** Only who has a tier buys. */
  membersOnly: boolean;
  /** Wh that a buyer has bought in an emergency, in a slot of block time. */
  used: Map<Address, { slot: number; energyWh: bigint }>;
  /** Unix seconds of the block at hand, and its slot. */
  now: { time: number; slot: number };
  /** What is wrong with clearings: their trades, order, price, or the limits of who took part. */
  clearingProblems: string[];
  /** Wh by `meter/slot`. */
  readings: Map<string, bigint>;
  rejected: number;
  /** Readings sent again after they had landed. */
  repeated: number;
  fees: bigint;
  /** In force at the end. */
  feeBps: bigint;
}

/** Logs of the contract up to a block, with the times of their blocks. */
async function logsUpTo(rpc: Rpc, deployment: Deployment, block: number) {
  const logs: ChainLog[] = [];
  const blocksOf = { from: deployment.startBlock, to: block };
  for await (const page of searchLogs(rpc, { address: deployment.address }, blocksOf)) logs.push(...page.logs);
  const numbers = [...new Set(logs.map(({ blockNumber }) => Number(blockNumber)))];
  const calls = numbers.map((number) => ({ method: "eth_getBlockByNumber", params: [hex(number), false] }));
  const blocks = (await rpc.batch(calls)).map((result) => blockSchema.parse(result));
  return { logs, times: new Map(blocks.map(({ number, timestamp }) => [number, BigInt(timestamp)] as const)) };
}

export async function replayChain(rpc: Rpc, deployment: Deployment, block: number): Promise<ReplayedChain> {
  const { logs, times } = await logsUpTo(rpc, deployment, block);
  const events = parseGridxLogs(logs);
  const facts = logs.flatMap((log): Fact[] => {
    const timestamp = times.get(Number(log.blockNumber));
    if (timestamp === undefined) throw new Error(`block ${log.blockNumber} has no time`);
    const fact = factOf(log, timestamp);
    return fact ? [fact] : [];
  });
  const { head, mismatch } = foldFacts(initialHead(deployment), facts);
  const chain: ReplayedChain = {
    head,
    mismatch: mismatch && `${mismatch.eventName} ${mismatch.claimed}`,
    facts: facts.length,
    accounts: new Map(),
    lots: new Map(),
    trades: [],
    bids: new Map(),
    lastClearing: { slot: 0, pricePerKwh: 0n },
    emergency: null,
    tiers: new Map(),
    membersOnly: false,
    used: new Map(),
    now: { time: 0, slot: 0 },
    clearingProblems: [],
    readings: new Map(),
    rejected: 0,
    repeated: 0,
    fees: 0n,
    feeBps: 0n,
  };
  for (const event of events) {
    const time = Number(times.get(Number(event.blockNumber)) ?? 0n);
    chain.now = { time, slot: slotOf(time, deployment.slotDuration) };
    applyEvent(chain, event);
  }
  return chain;
}

export const emptyAccount = (): ReplayedAccount => ({
  balance: 0n,
  deposited: 0n,
  withdrawn: 0n,
  carbonGrams: 0n,
  carbonEarnedGrams: 0n,
  boughtWh: 0n,
  soldWh: 0n,
  paid: 0n,
  feesPaid: 0n,
  earned: 0n,
});

function applyEvent(chain: ReplayedChain, event: ReturnType<typeof parseGridxLogs>[number]): void {
  const accountOf = (address: Address) => {
    const account = chain.accounts.get(address) ?? emptyAccount();
    chain.accounts.set(address, account);
    return account;
  };
  switch (event.eventName) {
    case "EnergyAttested": {
      const { meter, seller, slot, exportWh, ask } = event.args;
      chain.readings.set(readingKey(meter, slot), exportWh);
      if (exportWh === 0n) return;
      const key = lotKey(seller, slot);
      const lot = chain.lots.get(key) ?? { seller, slot, attestedWh: 0n, soldWh: 0n, ask };
      lot.attestedWh += exportWh;
      chain.lots.set(key, lot);
      return;
    }
    case "ReadingRejected": {
      // A reading that was sent again because nobody saw it land is not refused: it is there.
      const { meter, slot, exportWh, reason } = event.args;
      const landed = chain.readings.get(readingKey(meter, slot)) === exportWh;
      if (landed && rejectionReasons[reason] === "AlreadyAttested") chain.repeated += 1;
      else chain.rejected += 1;
      return;
    }
    case "LotAskSet": {
      const lot = chain.lots.get(lotKey(event.args.seller, event.args.slot));
      if (lot) lot.ask = event.args.pricePerKwh;
      return;
    }
    case "EnergyTradeLogged": {
      const { seller, buyer, slot, energyWh, pricePerKwh, feePaid, carbonGrams } = event.args;
      const payment = paymentOf(energyWh, pricePerKwh);
      chain.trades.push({ seller, buyer, slot, energyWh, pricePerKwh, feePaid, carbonGrams, cleared: false });
      const lot = chain.lots.get(lotKey(seller, slot));
      if (lot) lot.soldWh += energyWh;
      chain.fees += feePaid;
      useAllowance(chain, buyer, energyWh);
      const [from, to] = [accountOf(buyer), accountOf(seller)];
      from.balance -= payment + feePaid;
      from.paid += payment;
      from.feesPaid += feePaid;
      from.boughtWh += energyWh;
      from.carbonGrams += carbonGrams;
      from.carbonEarnedGrams += carbonGrams;
      to.balance += payment;
      to.earned += payment;
      to.soldWh += energyWh;
      return;
    }
    case "BidSet": {
      const { buyer, fromSlot, pricePerKwh, maxWhPerSlot } = event.args;
      chain.bids.set(buyer, { pricePerKwh, maxWhPerSlot, slot: fromSlot, filledWh: 0n });
      return;
    }
    case "SlotCleared":
      applyClearing(chain, event.args);
      return;
    case "EmergencyDeclared": {
      const { priceCap, normalWhPerSlot, essentialWhPerSlot, endsAt } = event.args;
      chain.emergency = { priceCap, normalWhPerSlot, essentialWhPerSlot, endsAt };
      return;
    }
    case "TierSet":
      chain.tiers.set(event.args.participant, event.args.tier);
      return;
    case "EmergencyEnded":
      chain.emergency = null;
      return;
    case "MarketParametersSet":
      chain.feeBps = BigInt(event.args.parameters.feeBps);
      chain.membersOnly = event.args.parameters.membersOnly;
      return;
    case "CarbonSpent":
      accountOf(event.args.account).carbonGrams -= event.args.grams;
      return;
    case "Deposited": {
      const account = accountOf(event.args.account);
      account.balance += event.args.amount;
      account.deposited += event.args.amount;
      return;
    }
    case "Withdrawn": {
      const account = accountOf(event.args.account);
      account.balance -= event.args.amount;
      account.withdrawn += event.args.amount;
      return;
    }
    case "FeesCollected":
      chain.fees -= event.args.amount;
      accountOf(event.args.treasury).balance += event.args.amount;
      return;
  }
}
