import type { Context, MiddlewareHandler } from "hono";
import type { AsOf } from "../../../client/envelope.ts";
import { latestBlock } from "../latest.ts";
import { type Position, position } from "../position.ts";
import { ApiError } from "./errors.ts";

declare module "hono" {
  interface ContextVariableMap {
    /** Where the indexer stood before the rows of the answer were read; null where nothing is indexed. */
    reached: Position | null;
  }
}

/** Asked before the rows, so that they are never older than the answer says. */
export const readPosition: MiddlewareHandler = async (c, next) => {
  c.set(
    "reached",
    await position().catch((error: unknown) => {
      if (error instanceof ApiError) return null;
      throw error;
    }),
  );
  await next();
};

async function asOf(reached: Position | null | undefined): Promise<AsOf | null> {
  if (!reached) return null;
  const { blockNumber, blockTimestamp } = reached;
  const latest = await latestBlock();
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
  asOf: await asOf(c.get("reached")),
});

export async function answer(c: Context, data: unknown) {
  return c.json(await envelope(c, data, null));
}

/** Errors that nobody foresaw are told to the log and not to the caller. */
export async function answerError(error: Error, c: Context) {
  const known = error instanceof ApiError ? error : new ApiError(500, "internal", "something went wrong here");
  if (known !== error) console.error(`${c.req.method} ${c.req.path}:`, error);
  return c.json(await envelope(c, null, { code: known.code, message: known.message }), known.status);
}
