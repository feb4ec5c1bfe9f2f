// A claim of carbon, proved from an RPC alone: the ledger's head is recomputed over its block. No indexer is asked.
import { type Deployment, gridxAbi as ownAbi, parseGridxLogs, type Text } from "@gridx/contracts";
import { bookEventOf } from "@gridx/contracts/books";
import {
  type Address,
  getAbiItem,
  getAddress,
  type Hex,
  type PublicClient,
  TransactionReceiptNotFoundError,
} from "viem";
import { gridxAbi } from "./abi.ts";
import { type ChainReader, isStillThere, replayBlock, StateRefusedError } from "./replayBlock.ts";
import { searchNewest } from "./searchLogs.ts";

export type ClaimReader = ChainReader & Pick<PublicClient, "getBlockNumber">;

export interface CarbonClaim {
  claimId: Hex;
  account: Address;
  grams: bigint;
  /** As emitted; bytes where they are no text. */
  beneficiary: Text;
  reason: Text;
  blockNumber: bigint;
  /** Unix seconds. */
  timestamp: bigint;
  transactionHash: Hex;
  headBefore: Hex;
}

/** Two things on the chain that should be one. */
export interface ClaimDifference {
  /** The claim's id in its event, the contract's head after the block, or the claims in the receipt. */
  where: "claimId" | "head" | "receipt";
  computed: string;
  claimed: string;
}

export type ClaimVerification =
  | { status: "verified"; claims: CarbonClaim[] }
  | { status: "mismatch"; claims: CarbonClaim[]; differences: ClaimDifference[] }
  /** No such transaction, nor such a claim. */
  | { status: "not-found" }
  /** A transaction that retired nothing here. */
  | { status: "no-claim" }
  /** Blocks were replaced while they were read. */
  | { status: "reorganised" }
  /** The RPC has dropped the contract's state around the block; its receipt holds the events of so many claims. */
  | { status: "state-refused"; inReceipt: number }
  /** The RPC did not say enough; nothing is wrong, nothing is proved. */
  | { status: "cannot-verify"; reason: string };

interface Subject {
  reader: ClaimReader;
  deployment: Deployment;
  /** Hash of the transaction, or the claim's own id. */
  id: Hex;
}

const spentEvent = getAbiItem({ abi: ownAbi, name: "CarbonSpent" });

export async function verifyClaim(subject: Subject): Promise<ClaimVerification> {
  try {
    const receipt = await receiptOf(subject);
    if (!receipt) return { status: "not-found" };
    return await verifyReceipt(subject, receipt);
  } catch (cause) {
    return { status: "cannot-verify", reason: cause instanceof Error ? firstLine(cause.message) : String(cause) };
  }
}

type Receipt = Awaited<ReturnType<ChainReader["getTransactionReceipt"]>>;

/** Of the transaction, or of the one that made the claim of that id. */
async function receiptOf({ reader, deployment, id }: Subject): Promise<Receipt | null> {
  const byHash = async (hash: Hex) => {
    try {
      return await reader.getTransactionReceipt({ hash });
    } catch (cause) {
      if (cause instanceof TransactionReceiptNotFoundError) return null;
      throw cause;
    }
  };
  const receipt = await byHash(id);
  if (receipt) return receipt;
  // Not one that was kept: the claim may be newer.
  const range = { fromBlock: BigInt(deployment.startBlock), toBlock: await reader.getBlockNumber({ cacheTime: 0 }) };
  const [log] = await searchNewest(range, (part) =>
    reader.getLogs({ address: deployment.address, event: spentEvent, args: { claimId: id }, ...part }),
  );
  return log?.transactionHash ? byHash(log.transactionHash) : null;
}

async function verifyReceipt({ reader, deployment, id }: Subject, receipt: Receipt): Promise<ClaimVerification> {
  const { transactionHash } = receipt;
  const inReceipt = claimIdsOf(receipt, deployment.address);
  if (receipt.status !== "success") return { status: "no-claim" };
  const block = await replayBlock(reader, deployment, receipt).catch((cause: unknown) => {
    if (cause instanceof StateRefusedError) return null;
    throw cause;
  });
  // Not proved, so nothing of it is shown as a certificate.
  if (!block) return { status: "state-refused", inReceipt: inReceipt.length };
  const claims: CarbonClaim[] = [];
  const differences: ClaimDifference[] = [];
  for (const { log, headBefore, headAfter } of block.facts) {
    if (log.transactionHash !== transactionHash) continue;
    const event = bookEventOf(log);
    if (event?.name !== "CarbonSpent") continue;
    const { claimId, account, grams, beneficiary, reason } = event;
    if (claimId !== headAfter) differences.push({ where: "claimId", computed: headAfter, claimed: claimId });
    claims.push({
      ...{ claimId: headAfter, account: getAddress(account), grams, beneficiary, reason, headBefore, transactionHash },
      ...{ blockNumber: block.number, timestamp: block.timestamp },
    });
  }
  const { headMade, headOnChain } = block;
  if (headMade !== headOnChain) differences.push({ where: "head", computed: headMade, claimed: headOnChain });
  const [computed, claimed] = [claims.map(({ claimId }) => claimId).join(", "), inReceipt.join(", ")];
  if (computed !== claimed) differences.push({ where: "receipt", computed, claimed });
  if (differences.length > 0) {
    return (await isStillThere(reader, block))
      ? { status: "mismatch", claims, differences }
      : { status: "reorganised" };
  }
  // Asked for by its own id, that one alone is the certificate.
  const shown = id === transactionHash ? claims : claims.filter(({ claimId }) => claimId === id);
  return shown.length === 0 ? { status: "no-claim" } : { status: "verified", claims: shown };
}

function claimIdsOf({ logs }: Receipt, contract: Address): Hex[] {
  const own = logs.filter((log) => log.address.toLowerCase() === contract.toLowerCase());
  return parseGridxLogs(own).flatMap((log) => (log.eventName === "CarbonSpent" ? [log.args.claimId] : []));
}

export interface FactorInForce {
  gramsPerMwh: number;
  /** Null where the RPC does not tell. */
  origin: { source: Text; vintage: Text } | null;
}

const factorEvent = getAbiItem({ abi: ownAbi, name: "EmissionFactorSet" });

/** The emission factor at a block, and where it came from as far as the RPC still tells. */
export async function factorAt(
  { reader, deployment }: Omit<Subject, "id">,
  blockNumber: bigint,
): Promise<FactorInForce> {
  const { address } = deployment;
  const range = { fromBlock: BigInt(deployment.startBlock), toBlock: blockNumber };
  const [gramsPerMwh, events] = await Promise.all([
    reader.readContract({ address, abi: gridxAbi, functionName: "emissionFactor", blockNumber }),
    searchNewest(range, (part) => reader.getLogs({ address, event: factorEvent, ...part })).catch(() => []),
  ]);
  const last = events.at(-1);
  const event = last ? bookEventOf(last) : null;
  const told = event?.name === "EmissionFactorSet" && event.gramsPerMwh === gramsPerMwh;
  return { gramsPerMwh, origin: told ? { source: event.source, vintage: event.vintage } : null };
}

const firstLine = (text: string): string => text.split("\n")[0] ?? text;
