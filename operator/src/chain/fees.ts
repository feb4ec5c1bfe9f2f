// What a transaction offers for its gas: never less than the chain takes, never more than the operator allows.
import { formatGwei, parseGwei } from "viem";
import { z } from "zod";
import { LOCAL_CHAIN } from "./confirmations.ts";
import { latestBlock, type Rpc } from "./rpc.ts";

export interface Fees {
  maxFeePerGas: bigint;
  maxPriorityFeePerGas: bigint;
}

export interface FeeRules {
  /** The least tip that is offered, in wei. */
  leastTip: bigint;
  /** The most that gas may cost in all, in wei; null is no ceiling. */
  ceiling: bigint | null;
}

/**
 * Tips below this are not taken on: Polygon's nodes enforce 25 gwei as the least price of a transaction in the pool, in a
 * block and in their own suggestion (PIP-35, "MinGas Increase"); Amoy runs the same software.
 */
const LEAST_TIP_GWEI: Readonly<Record<number, string>> = { 137: "25", 80002: "25" };
/** Some eight times a quiet Polygon's 60 gwei or so: what a clearing is worth in a rush, and no more. */
export const CEILING_GWEI = "500";

/**
 * Rules of a chain where the operator has said nothing else. A local chain has neither floor nor ceiling; any other has a ceiling,
 * for what one RPC says of prices is not counted against the others.
 */
export function feeRules(
  chainId: number,
  { minTipGwei, maxFeeGwei }: { minTipGwei?: string | undefined; maxFeeGwei?: string | undefined } = {},
): FeeRules {
  const ceiling = maxFeeGwei ?? (chainId === LOCAL_CHAIN ? undefined : CEILING_GWEI);
  return {
    leastTip: parseGwei(minTipGwei ?? LEAST_TIP_GWEI[chainId] ?? "0"),
    ceiling: ceiling === undefined ? null : parseGwei(ceiling),
  };
}

export interface GasMarket {
  baseFee: bigint;
  /** What the node suggests. */
  tip: bigint;
}

const quantity = z.string().transform((text) => BigInt(text));

export async function gasMarket(rpc: Rpc): Promise<GasMarket> {
  const [tip, { baseFeePerGas }] = await Promise.all([
    rpc.call("eth_maxPriorityFeePerGas").then((value) => quantity.parse(value)),
    latestBlock(rpc),
  ]);
  return { baseFee: baseFeePerGas ?? 0n, tip };
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
/** Rounded up, so that a small fee rises, too. */
const times = (fee: bigint, numerator: bigint, denominator: bigint): bigint => (fee * numerator) / denominator + 1n;
/** Nodes take another transaction of a nonce for a tenth more; at the ceiling an eighth is still worth an attempt. */
const enoughOver = (fee: bigint): bigint => times(fee, 9n, 8n);

/**
 * What to offer now: room for the base fee to double, and a quarter more than the offer before, which it is to replace.
 * Null where the ceiling leaves no room for that.
 */
export function offer({ baseFee, tip }: GasMarket, { leastTip, ceiling }: FeeRules, before: Fees | null): Fees | null {
  let maxPriorityFeePerGas = larger(tip, leastTip);
  let maxFeePerGas = baseFee * 2n + maxPriorityFeePerGas;
  if (before) {
    maxPriorityFeePerGas = larger(maxPriorityFeePerGas, times(before.maxPriorityFeePerGas, 5n, 4n));
    maxFeePerGas = larger(maxFeePerGas, times(before.maxFeePerGas, 5n, 4n));
  }
  if (ceiling === null) return { maxFeePerGas: larger(maxFeePerGas, maxPriorityFeePerGas), maxPriorityFeePerGas };
  if (maxFeePerGas > ceiling) maxFeePerGas = ceiling;
  if (maxPriorityFeePerGas > maxFeePerGas) maxPriorityFeePerGas = maxFeePerGas;
  // An offer that no block would take only blocks the nonce.
  if (maxFeePerGas < baseFee + leastTip) return null;
  const isEnough =
    !before ||
    (maxFeePerGas >= enoughOver(before.maxFeePerGas) &&
      maxPriorityFeePerGas >= enoughOver(before.maxPriorityFeePerGas));
  return isEnough ? { maxFeePerGas, maxPriorityFeePerGas } : null;
}

/** Why nothing was offered. */
export function tooDear({ baseFee, tip }: GasMarket, { leastTip, ceiling }: FeeRules, before: Fees | null): string {
  const limit = `the ceiling of ${formatGwei(ceiling ?? 0n)} gwei (MAX_FEE_GWEI)`;
  if (before)
    return `${formatGwei(before.maxFeePerGas)} gwei were offered and ${limit} leaves no room for more; waiting`;
  const price = formatGwei(baseFee + larger(tip, leastTip));
  return `gas costs ${price} gwei, above ${limit}; nothing is sent until it is cheaper or the ceiling higher`;
}
