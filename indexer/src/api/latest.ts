// The chain's newest block, for all answers of a moment together.
import { chain } from "./position.ts";

export interface Latest {
  number: number;
  timestamp: number;
}

const FRESH_MS = 1000;
/** An answer waits no longer for the RPC; it then says that it does not know. */
const PATIENCE_MS = 300;

let known: { at: number; block: Latest | null } | undefined;
let asking: { since: number; answered: Promise<Latest | null> } | undefined;

async function fetchLatest(): Promise<Latest | null> {
  const block = await chain.getBlock({ blockTag: "latest" }).catch(() => null);
  const latest = block && { number: Number(block.number), timestamp: Number(block.timestamp) };
  // What fails is not asked again at once either.
  known = { at: Date.now(), block: latest };
  asking = undefined;
  return latest;
}

/** At most a second old; null where the RPC does not say. However many ask, the RPC is asked once a second. */
export async function latestBlock(): Promise<Latest | null> {
  if (known && Date.now() - known.at < FRESH_MS) return known.block;
  asking ??= { since: Date.now(), answered: fetchLatest() };
  const patience = PATIENCE_MS - (Date.now() - asking.since);
  if (patience <= 0) return null;
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), patience);
  });
  return Promise.race([asking.answered, tooLate]).finally(() => clearTimeout(timer));
}
