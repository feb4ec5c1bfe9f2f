// Folds all facts of one transaction's block onto the head before it: what an RPC alone can prove about it.
import { type Deployment, factOf, foldFact, initialHead } from "@gridx/contracts";
import type { Hex, Log, PublicClient, TransactionReceipt } from "viem";
import { gridxAbi } from "./abi.ts";

/** The calls of an RPC that a replay needs. */
export type ChainReader = Pick<PublicClient, "getTransactionReceipt" | "getBlock" | "getLogs" | "readContract">;

/** A log that is a fact of the ledger, with the heads around it. */
export interface FoldedLog {
  log: Log<bigint, number, false>;
  headBefore: Hex;
  headAfter: Hex;
}

export interface ReplayedBlock {
  number: bigint;
  hash: Hex;
  /** Unix seconds. */
  timestamp: bigint;
  /** In log order. */
  facts: FoldedLog[];
  /** The head that the block's facts make. */
  headMade: Hex;
  /** The contract's head after the block. */
  headOnChain: Hex;
}

type Block = Pick<TransactionReceipt, "blockHash" | "blockNumber">;

export async function replayBlock(
  reader: ChainReader,
  deployment: Deployment,
  { blockHash, blockNumber }: Block,
): Promise<ReplayedBlock> {
  const { address } = deployment;
  const headAt = (block: bigint) =>
    reader.readContract({ address, abi: gridxAbi, functionName: "head", blockNumber: block });
  const [block, headBefore, headOnChain, logs] = await Promise.all([
    reader.getBlock({ blockHash }),
    blockNumber > BigInt(deployment.startBlock)
      ? headAt(blockNumber - 1n)
      : Promise.resolve(initialHead({ ...deployment })),
    headAt(blockNumber),
    reader.getLogs({ address, blockHash }),
  ]);
  const facts: FoldedLog[] = [];
  let head = headBefore;
  for (const log of [...logs].sort((a, b) => Number(a.logIndex) - Number(b.logIndex))) {
    const fact = factOf(log, block.timestamp);
    if (!fact) continue;
    const before = head;
    head = foldFact(before, fact);
    facts.push({ log, headBefore: before, headAfter: head });
  }
  return { number: blockNumber, hash: blockHash, timestamp: block.timestamp, facts, headMade: head, headOnChain };
}

/** Heads were read by number, events by hash: only while the block is still that block they belong together. */
export async function isStillThere(reader: ChainReader, { number, hash }: ReplayedBlock): Promise<boolean> {
  return (await reader.getBlock({ blockNumber: number })).hash === hash;
}
