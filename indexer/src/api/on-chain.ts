// Is the ledger head that the rows make the one that the contract has?
import { db } from "ponder:api";
import { market } from "ponder:schema";
import { lastFact } from "./last-fact.ts";
import { ask, headOnChain, position } from "./position.ts";

/** Blocks that may be missing while the answers still count as current. */
export const MAX_BLOCKS_BEHIND = 10;

const ATTEMPTS = 5;
const PAUSE_MS = 100;

/** Does the contract, on the RPC's chain, have the ledger head that the rows make? */
async function isOnChain(): Promise<boolean> {
  const reached = await position();
  const [row] = await db.select({ head: market.head, blockNumber: market.blockNumber }).from(market).limit(1);
  if (!row) return false;
  const latest = Number(await ask((client) => client.getBlockNumber()));
  // Rows may be a block ahead of the position.
  const newest = Math.max(reached.blockNumber, row.blockNumber);
  if (latest >= newest) return (await headOnChain(newest)) === row.head;
  // Of several nodes behind one address one can lag; a chain that was set back far is another one.
  if (newest - latest > MAX_BLOCKS_BEHIND) return false;
  return (await headOnChain(latest)) === (await lastFact(latest))?.head;
}

/** For an instant they differ whenever a block is written; only what stays different is another chain. */
export async function isSteadilyOnChain(): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    const same = await isOnChain();
    if (same || attempt === ATTEMPTS) return same;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
