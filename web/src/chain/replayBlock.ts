// Folds all facts of one transaction's block onto the head before it: what an RPC alone can prove about it.
import { type Deployment, factOf, foldFact, initialHead } from "@gridx/contracts";
import {
  type Address,
  BaseError,
  type Hex,
  HttpRequestError,
  type Log,
  type PublicClient,
  TimeoutError,
  type TransactionReceipt,
} from "viem";
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

/** The RPC answers for the contract as it is now, and refuses to for a block that is past. */
export class StateRefusedError extends Error {
  override name = "StateRefusedError";
}

const TOO_MANY = 429;

/** Whether a failure may be over the next time: no answer in time, a server's own trouble. */
function isPassing(cause: unknown): boolean {
  if (!(cause instanceof BaseError)) return false;
  if (cause.walk((inner) => inner instanceof TimeoutError)) return true;
  const request = cause.walk((inner) => inner instanceof HttpRequestError);
  if (!(request instanceof HttpRequestError)) return false;
  return request.status === undefined || request.status === TOO_MANY || request.status >= 500;
}

/** The ledger head after a block. Nodes word it in many ways that they have dropped a state: asked for now, they have one. */
async function headAt(reader: ChainReader, address: Address, blockNumber: bigint): Promise<Hex> {
  const head = { address, abi: gridxAbi, functionName: "head" } as const;
  try {
    return await reader.readContract({ ...head, blockNumber });
  } catch (cause) {
    if (isPassing(cause)) throw cause;
    const answers = await reader.readContract(head).then(
      () => true,
      () => false,
    );
    if (!answers) throw cause;
    throw new StateRefusedError(cause instanceof Error ? cause.message : String(cause));
  }
}

export async function replayBlock(
  reader: ChainReader,
  deployment: Deployment,
  { blockHash, blockNumber }: Block,
): Promise<ReplayedBlock> {
  const { address } = deployment;
  const [block, headBefore, headOnChain, logs] = await Promise.all([
    reader.getBlock({ blockHash }),
    blockNumber > BigInt(deployment.startBlock)
      ? headAt(reader, address, blockNumber - 1n)
      : Promise.resolve(initialHead({ ...deployment })),
    headAt(reader, address, blockNumber),
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
export async function isStillThere(
  reader: ChainReader,
  { number, hash }: Pick<ReplayedBlock, "number" | "hash">,
): Promise<boolean> {
  return (await reader.getBlock({ blockNumber: number })).hash === hash;
}
