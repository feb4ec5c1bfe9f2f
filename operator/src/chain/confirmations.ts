import type { Deployment } from "@gridx/contracts";

export const LOCAL_CHAIN = 31337;
/** About two minutes on Polygon, beyond which a block there is not expected to be replaced. */
export const CONFIRMATIONS = 64;

/** Blocks, its own included, after which what a transaction did counts as settled: 1 on a local chain and 64 elsewhere. */
export function confirmationsOf({ chainId }: Pick<Deployment, "chainId">, wanted?: number): number {
  const confirmations = wanted ?? (chainId === LOCAL_CHAIN ? 1 : CONFIRMATIONS);
  if (!(confirmations >= 1)) throw new Error(`at least one confirmation is needed, not ${confirmations}`);
  return confirmations;
}
