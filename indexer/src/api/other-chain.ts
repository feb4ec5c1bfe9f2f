// Whether the rows are of another chain than the RPC's: a local chain that began anew, or the RPC of another network.
import type { MiddlewareHandler } from "hono";
import { deployment } from "../deployment.ts";
import { lastFact } from "./last-fact.ts";
import { chain, position } from "./position.ts";
import { unavailable } from "./rest/errors.ts";

/** How old a verdict may be. */
const FRESH_MS = 2000;
/** A process that has just begun is slow to ask. */
const PATIENCE_MS = 5000;

export const OTHER_CHAIN =
  "the rows are of another chain than the one that the RPC serves, and are not shown; check RPC_URL, or, if the chain began anew, deploy anew and index into an empty database";

/**
 * Looks for the newest fact that no reorganisation reaches: its transaction lies in that block of that time, or this is
 * another chain. Needs no old state, which many nodes do not keep. An RPC that does not answer says nothing.
 */
async function look(): Promise<boolean> {
  const { safeBlockNumber } = await position();
  const [chainId, latest] = await Promise.all([chain.getChainId(), chain.getBlockNumber()]);
  if (chainId !== deployment.chainId) return true;
  // Long before the contract there is nothing to compare; nor does a node that lags so far serve anybody.
  if (Number(latest) < deployment.startBlock) return true;
  const fact = await lastFact(Math.min(safeBlockNumber, Number(latest)));
  if (!fact) return false;
  const block = await chain.getBlock({ blockNumber: BigInt(fact.blockNumber) });
  return block.timestamp !== fact.blockTimestamp || !block.transactions.includes(fact.transactionHash);
}

let verdict = false;
let known = false;
let asked = 0;
let asking: Promise<unknown> | undefined;

function ask() {
  asked = Date.now();
  asking = look()
    .then((found) => {
      if (found && !verdict) console.error(OTHER_CHAIN);
      verdict = found;
    })
    // Rows go on being served beside an RPC that fails; the last verdict stands.
    .catch(() => {})
    .finally(() => {
      known = true;
      asking = undefined;
    });
}

/** At most the first questions wait, and not for long; later ones take the last verdict while a new one is on its way. */
export async function isOtherChain(): Promise<boolean> {
  if (asking === undefined && Date.now() - asked > FRESH_MS) ask();
  const patience = asked + PATIENCE_MS - Date.now();
  if (!known && asking && patience > 0) {
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise((resolve) => {
      timer = setTimeout(resolve, patience);
    });
    await Promise.race([asking, enough]);
    clearTimeout(timer);
  }
  return verdict;
}

/** Rows of another chain are never shown. */
export const refuseOtherChain: MiddlewareHandler = async (_, next) => {
  if (await isOtherChain()) throw unavailable("wrong_chain", OTHER_CHAIN);
  await next();
};
