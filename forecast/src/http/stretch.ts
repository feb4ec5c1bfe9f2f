// A stretch of time that somebody asks for: at most two months of hours.
import { z } from "@hono/zod-openapi";
import type { Clock } from "../chain/clock.ts";
import { badRequest } from "./api-error.ts";

const HOUR_SECONDS = 3600;
export const MAX_HOURS = 24 * 62;
const DEFAULT_HOURS = 24 * 7;

const time = z.iso.datetime({ offset: true, error: "expected an ISO 8601 time with an offset" });
export const stretchQuery = {
  from: time.optional().openapi({ description: "By default a week before `to`" }),
  to: time.optional().openapi({ description: "Exclusive; by default now" }),
};

/** Unix seconds; throws 400 for what is too long or ends before it begins. */
export async function stretchOf(clock: Clock, { from, to }: { from?: string | undefined; to?: string | undefined }) {
  const end = to === undefined ? await clock.now() : Date.parse(to) / 1000;
  const start = from === undefined ? end - DEFAULT_HOURS * HOUR_SECONDS : Date.parse(from) / 1000;
  if (start > end) throw badRequest("from", "must not be after `to`");
  if (end - start > MAX_HOURS * HOUR_SECONDS) throw badRequest("from", `at most ${MAX_HOURS} hours at once`);
  return { start, end };
}
