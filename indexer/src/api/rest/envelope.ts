import type { Context, MiddlewareHandler } from "hono";
import type { AsOf } from "../../../client/envelope.ts";
import { type Latest, latestBlock } from "../latest.ts";
import { type Position, position, readPosition as positionNow, recentPosition } from "../position.ts";
import { logger } from "../watch/logger.ts";
import { routeOf } from "../watch/requests.ts";
import { ApiError } from "./errors.ts";

declare module "hono" {
  interface ContextVariableMap {
    /** Where the indexer stood before the rows of the answer were read; null where nothing is indexed. */
    reached: Position | null;
    /** Asked beside the rows. */
    latest: Promise<Latest | null>;
  }
}

/** Asked before the rows, so that they are never older than the answer says. */
export const readPosition: MiddlewareHandler = async (c, next) => {
  c.set("latest", latestBlock());
  c.set(
    "reached",
    await recentPosition().catch((error: unknown) => {
      if (error instanceof ApiError) return null;
      throw error;
    }),
  );
  await next();
};

/** For answers that depend on where the indexer stands at this very moment; they need no `readPosition`. */
export async function freshPosition(c: Context): Promise<Position> {
  c.set("latest", latestBlock());
  const reached = await position();
  c.set("reached", reached);
  return reached;
}

/**
 * Asked once more, after the rows: when the indexer starts again they go back to the safe block, and then the answer is
 * as of there.
 */
export async function lowerPosition(c: Context): Promise<Position> {
  const [before, now] = [c.get("reached"), await positionNow()];
  const reached = before && before.blockNumber <= now.blockNumber ? before : now;
  c.set("reached", reached);
  return reached;
}

/** An answer for which nothing was read before has no rows, or is an error. */
async function asOf(c: Context): Promise<AsOf | null> {
  const asked = c.get("latest") ?? latestBlock();
  const known = c.get("reached");
  const reached = known === undefined ? await recentPosition().catch(() => null) : known;
  if (!reached) return null;
  const { blockNumber, blockTimestamp } = reached;
  const latest = await asked;
  const behind = latest && {
    blocks: Math.max(0, latest.number - blockNumber),
    seconds: Math.max(0, latest.timestamp - blockTimestamp),
  };
  return { blockNumber, blockTimestamp, behind };
}

const envelope = async (c: Context, data: unknown, error: { code: string; message: string } | null) => ({
  data,
  error,
  timestamp: new Date().toISOString(),
  asOf: await asOf(c),
});

export async function answer(c: Context, data: unknown) {
  return c.json(await envelope(c, data, null));
}

/** Errors that nobody foresaw are told to the log and not to the caller. */
export async function answerError(error: Error, c: Context) {
  const known = error instanceof ApiError ? error : new ApiError(500, "internal", "something went wrong here");
  if (known !== error) logger.error({ requestId: c.get("requestId"), path: routeOf(c), err: error });
  return c.json(await envelope(c, null, { code: known.code, message: known.message }), known.status);
}
