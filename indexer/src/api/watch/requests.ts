// One id for a request, from the page to the database: taken over or made, given back, logged, and on each query of it.
import { AsyncLocalStorage } from "node:async_hooks";
import type { Context, MiddlewareHandler } from "hono";
import { requestId } from "hono/request-id";
import type { Logger } from "pino";

const present = new AsyncLocalStorage<string | undefined>();

/** The request that this code runs for, across awaits; undefined outside of one. */
export const presentRequest = (): string | undefined => present.getStore();

/** For work that serves others too, or goes on after the request that began it. */
export const forNobody = <T>(work: () => T): T => present.run(undefined, work);

/** For other services of ours that are asked on behalf of a request. */
export function passOn(headers?: RequestInit["headers"]): Headers {
  const all = new Headers(headers);
  const id = presentRequest();
  if (id !== undefined) all.set("x-request-id", id);
  return all;
}

/** The route's pattern, never the path: a path names a home or a wallet, and an unknown one is whatever somebody typed. */
export const routeOf = (c: Context): string =>
  c.req.matchedRoutes.findLast(({ path }) => !path.endsWith("*"))?.path ?? "unknown";

export interface Watching {
  logger: Logger;
  observe(method: string, route: string, status: number, seconds: number): void;
  /** Routes that machines ask every few seconds; they are told at level `debug`. */
  quiet?: readonly string[];
}

const LONGEST_ID = 64;

/** Middleware to be used first: what it logs is what was answered and how fast, never who asked or what was sent. */
export function followRequests({ logger, observe, quiet = [] }: Watching): MiddlewareHandler {
  const identify = requestId({ limitLength: LONGEST_ID });
  const answer: MiddlewareHandler = async (c, next) => {
    const started = performance.now();
    await present.run(c.get("requestId"), next);
    const ms = Math.round((performance.now() - started) * 10) / 10;
    const { method } = c.req;
    const { status } = c.res;
    const path = routeOf(c);
    observe(method, path, status, ms / 1000);
    const level = quiet.includes(path) && status < 500 ? "debug" : "info";
    logger[level]({ requestId: c.get("requestId"), method, path, status, ms });
  };
  return (c, next) => identify(c, async () => void (await answer(c, next)));
}
