// Recomputes the id of each trade of a transaction from the chain alone, and compares the indexer's rows with it.
// Nothing here trusts the indexer: what it says is only ever compared.
import { type Deployment, factOf, foldFact, parseGridxLogs, paymentOf } from "@gridx/contracts";
import type { Trade } from "@gridx/indexer/client";
import type { Address, Hex } from "viem";
import { t } from "../i18n/t.ts";
import { type ChainReader, isStillThere, replayBlock, StateRefusedError } from "./replayBlock.ts";
import { FIELDS } from "./rowKey.ts";

/** Rows about one transaction, and who says so. */
export interface Claim {
  source: string;
  rows: readonly Trade[];
}

export interface Difference {
  /** Who says something else than the chain. */
  source: string;
  field: string;
  onChain: string;
  claimed: string;
}

/** A trade as its event tells it, with the head before it. */
export interface ChainTrade extends Trade {
  headBefore: Hex;
}

export type Verification =
  | { status: "verified"; trades: ChainTrade[]; blockNumber: bigint }
  | { status: "mismatch"; trades: Trade[]; differences: Difference[] }
  /**
   * The RPC has dropped the contract's state around the block, so its ledger heads can't be compared. The receipt's
   * events say what is claimed; `folded` where, put after the head that is claimed to be before it, the event makes its id.
   */
  | { status: "in-part"; trades: Trade[]; folded: boolean }
  | { status: "cannot-verify"; reason: string };

export interface VerifyOptions {
  reader: ChainReader;
  deployment: Deployment;
  transactionHash: Hex;
  claims: readonly Claim[];
  /** Only this trade of the transaction is claimed; without it, the claims must hold all of them. */
  tradeId?: Hex;
  /** The ledger head that is claimed to be before that trade. */
  headBefore?: Hex;
}

export async function verifyTrade(options: VerifyOptions): Promise<Verification> {
  try {
    const { trades, differences, blockNumber } = await replayTrades(options);
    const claimed = claimedOf(trades, options);
    if (trades.length === 0) return { status: "cannot-verify", reason: t("tx.verify.noTrade") };
    for (const claim of options.claims) differences.push(...compareClaim(claim, claimed, options.tradeId));
    const [first] = claimed;
    if (first && options.headBefore !== undefined && options.headBefore !== first.headBefore) {
      const heads = { field: "headBefore", onChain: first.headBefore, claimed: options.headBefore };
      differences.push({ source: t("tx.verify.source.row"), ...heads });
    }
    if (differences.length > 0) return { status: "mismatch", trades: claimed, differences };
    return { status: "verified", trades: claimed, blockNumber };
  } catch (cause) {
    try {
      if (cause instanceof StateRefusedError) return await verifyInPart(options);
    } catch (failure) {
      return cannotVerify(failure);
    }
    return cannotVerify(cause);
  }
}

const cannotVerify = (cause: unknown): Verification => ({
  status: "cannot-verify",
  reason: cause instanceof Error ? firstLine(cause.message) : String(cause),
});

function claimedOf<Row extends Trade>(trades: readonly Row[], { tradeId }: VerifyOptions): Row[] {
  return trades.filter((trade) => tradeId === undefined || trade.tradeId === tradeId);
}

/** Without the ledger heads: what the receipt's own events say, which every node keeps. */
async function verifyInPart(options: VerifyOptions): Promise<Verification> {
  const { reader, deployment, transactionHash, claims, tradeId, headBefore } = options;
  const receipt = await reader.getTransactionReceipt({ hash: transactionHash });
  const { blockHash, blockNumber } = receipt;
  const { timestamp } = await reader.getBlock({ blockHash });
  const own = receipt.logs.filter((log) => log.address.toLowerCase() === deployment.address.toLowerCase());
  const trades: Trade[] = [];
  let made: Hex | undefined;
  for (const log of own) {
    const [event] = parseGridxLogs([log]);
    if (event?.eventName === "SlotCleared") markCleared(trades, event.args.trades);
    if (event?.eventName !== "EnergyTradeLogged") continue;
    const fact = factOf(log, timestamp);
    if (fact && headBefore !== undefined && event.args.tradeId === tradeId) made = foldFact(headBefore, fact);
    trades.push(tradeOf(event.args, log, { number: blockNumber, timestamp }));
  }
  if (trades.length === 0) return { status: "cannot-verify", reason: t("tx.verify.noTrade") };
  const claimed = claimedOf(trades, options);
  const differences = claims.flatMap((claim) => compareClaim(claim, claimed, tradeId));
  if (made !== undefined && made !== tradeId) {
    const source = t("tx.verify.source.row");
    differences.push({ source, field: "tradeId", onChain: tradeId ?? "", claimed: made });
  }
  if (differences.length === 0) return { status: "in-part", trades: claimed, folded: made !== undefined };
  if (!(await isStillThere(reader, { number: blockNumber, hash: blockHash })))
    throw new Error(t("tx.verify.reorganised"));
  return { status: "mismatch", trades: claimed, differences };
}

/** A clearing names how many trades just before it are its own. */
function markCleared(trades: Trade[], count: number): void {
  for (const trade of trades.slice(Math.max(trades.length - count, 0))) trade.cleared = true;
}

type Told = Pick<
  Trade,
  "tradeId" | "seller" | "buyer" | "slot" | "energyWh" | "pricePerKwh" | "feePaid" | "carbonGrams"
>;
type Place = { transactionHash: Hex | null; logIndex: number | null };

function tradeOf(
  args: Told,
  { transactionHash, logIndex }: Place,
  block: { number: bigint; timestamp: bigint },
): Trade {
  return {
    ...args,
    payment: paymentOf(args.energyWh, args.pricePerKwh),
    blockNumber: Number(block.number),
    blockTimestamp: Number(block.timestamp),
    transactionHash: transactionHash ?? "0x",
    logIndex: Number(logIndex),
    cleared: false,
  };
}

interface Replay {
  blockNumber: bigint;
  trades: ChainTrade[];
  differences: Difference[];
}

/** The trades of the transaction, as the facts of its block make them. */
async function replayTrades({ reader, deployment, transactionHash }: VerifyOptions): Promise<Replay> {
  const receipt = await reader.getTransactionReceipt({ hash: transactionHash });
  if (receipt.status !== "success") throw new Error(t("tx.verify.reverted"));
  const block = await replayBlock(reader, deployment, receipt);
  const trades: ChainTrade[] = [];
  const differences: Difference[] = [];
  for (const { log, headBefore, headAfter } of block.facts) {
    const [event] = log.transactionHash === transactionHash ? parseGridxLogs([log]) : [];
    if (event?.eventName === "SlotCleared") markCleared(trades, event.args.trades);
    if (event?.eventName !== "EnergyTradeLogged") continue;
    const { args } = event;
    if (args.tradeId !== headAfter) {
      const claimed = args.tradeId;
      differences.push({ source: t("tx.verify.source.event"), field: "tradeId", onChain: headAfter, claimed });
    }
    trades.push({ ...tradeOf(args, log, block), tradeId: headAfter, headBefore });
  }
  const { headMade, headOnChain } = block;
  if (headMade !== headOnChain) {
    differences.push({ source: t("tx.verify.source.block"), field: "head", onChain: headOnChain, claimed: headMade });
  }
  differences.push(...compareReceipt(receipt.logs, deployment.address, trades));
  if (differences.length > 0 && !(await isStillThere(reader, block))) throw new Error(t("tx.verify.reorganised"));
  return { blockNumber: block.number, trades, differences };
}

/** The receipt must tell the same trades as the block's logs. */
function compareReceipt(logs: Parameters<typeof parseGridxLogs>[0], address: Address, trades: readonly ChainTrade[]) {
  const own = logs.filter((log) => log.address.toLowerCase() === address.toLowerCase());
  const ids = parseGridxLogs(own).flatMap((log) => (log.eventName === "EnergyTradeLogged" ? [log.args.tradeId] : []));
  const onChain = trades.map((trade) => trade.tradeId).join(", ");
  const claimed = ids.join(", ");
  return onChain === claimed ? [] : [{ source: t("tx.verify.source.receipt"), field: "tradeId", onChain, claimed }];
}

function compareClaim(claim: Claim, trades: readonly Trade[], only: Hex | undefined): Difference[] {
  const { source, rows } = claim;
  const differences: Difference[] = [];
  if (rows.length !== trades.length) {
    // A claimed id that the chain does not hold is a wrong id, not a missing row.
    const claimed = only ?? `${rows.length}`;
    const field = only === undefined ? t("tx.verify.count") : "tradeId";
    differences.push({
      source,
      field,
      onChain: only === undefined ? `${trades.length}` : t("tx.verify.none"),
      claimed,
    });
  }
  trades.forEach((trade, index) => {
    const row = rows.find((candidate) => candidate.logIndex === trade.logIndex) ?? rows[index];
    if (!row) return;
    for (const field of FIELDS) {
      const onChain = String(trade[field]);
      const claimed = String(row[field]);
      if (onChain !== claimed) differences.push({ source, field, onChain, claimed });
    }
  });
  return differences;
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? text;
}
