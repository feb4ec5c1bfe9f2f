// How old what the page shows is, in the reader's seconds.

interface Point {
  number: number;
  timestamp: number;
}

export interface FreshnessInput {
  chain: Point | undefined;
  chainFailed: boolean;
  indexer: Point | undefined;
  indexerFailed: boolean;
  clockSpeed: number;
}

export interface Freshness {
  state: "starting" | "live" | "stale";
  text: string;
  /** Said loudly. */
  warning: string | null;
}

/** Behind by more than this, the lists are called stale. */
const STALE_SECONDS = 15;

export function freshnessOf({ chain, chainFailed, indexer, indexerFailed, clockSpeed }: FreshnessInput): Freshness {
  if (chainFailed) {
    const warning = "The chain can't be reached. What you see may be old, and nothing can be signed until it is back.";
    return { state: "stale", text: "chain unreachable", warning };
  }
  if (indexerFailed) {
    const warning = "The indexer can't be reached. The lists may be old; your money and trades are safe on the chain.";
    return { state: "stale", text: "indexer unreachable", warning };
  }
  if (!indexer || !chain) return { state: "starting", text: "reading the chain…", warning: null };
  const seconds = Math.max(0, Math.round((chain.timestamp - indexer.timestamp) / clockSpeed));
  const blocks = chain.number - indexer.number;
  // Reading the two is not one moment: a block or two is no lag.
  const text = blocks <= 1 ? "up to date" : `${seconds} s behind`;
  if (blocks > 1 && seconds > STALE_SECONDS) {
    const warning = `The lists are ${seconds} s behind the chain. Prices and amounts are checked on the chain before you sign.`;
    return { state: "stale", text, warning };
  }
  return { state: "live", text, warning: null };
}
