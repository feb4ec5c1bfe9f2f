// PostgreSQL is told the request that a query is for, in a comment before it; what a query takes is measured, and slow ones are logged.
import { AsyncResource } from "node:async_hooks";
import type { Logger } from "pino";
import { presentRequest } from "./requests.ts";

/** What is used of a client of `pg`; its `query` has a dozen forms. */
interface Client {
  query: (...args: unknown[]) => unknown;
}

/** What is used of a pool of `pg`. */
interface Pool {
  on(event: "connect", hear: (client: Client) => void): unknown;
  connect: (...args: unknown[]) => unknown;
}

export interface QueryWatch {
  observe(seconds: number): void;
  logger: Logger;
}

const SLOW_MS = 500;
const LONGEST_TEXT = 500;

/** As sqlcommenter writes it, but first: `pg_stat_activity` cuts long texts off. An id has nothing that could end it. */
export function withRequest(text: string): string {
  const id = presentRequest();
  return id === undefined || !/^[\w\-=]+$/.test(id) ? text : `/*request_id='${id}'*/ ${text}`;
}

type Callback = (...args: unknown[]) => void;
const isCallback = (value: unknown): value is Callback => typeof value === "function";
const hasText = (value: unknown): value is { text: string; name?: unknown } =>
  typeof value === "object" && value !== null && "text" in value && typeof value.text === "string";

function watchClient(client: Client, { observe, logger }: QueryWatch): void {
  const ask = client.query.bind(client);
  client.query = (first, ...rest) => {
    // A cursor or stream has a life of its own.
    if (typeof first === "object" && first !== null && "submit" in first) return ask(first, ...rest);
    const text = hasText(first) ? first.text : String(first);
    const started = performance.now();
    const requestId = presentRequest();
    const end = () => {
      const ms = performance.now() - started;
      observe(ms / 1000);
      // The text has placeholders; the values, which may say whose they are, are not logged.
      if (ms >= SLOW_MS)
        logger.warn({ requestId, ms: Math.round(ms), query: text.slice(0, LONGEST_TEXT) }, "slow query");
    };
    // A prepared statement's text must stay what it was.
    const told = hasText(first)
      ? first.name === undefined
        ? { ...first, text: withRequest(text) }
        : first
      : withRequest(text);
    const last = rest.at(-1);
    if (isCallback(last)) {
      return ask(told, ...rest.slice(0, -1), (...answer: unknown[]) => {
        end();
        last(...answer);
      });
    }
    const answer = ask(told, ...rest);
    if (answer instanceof Promise) answer.then(end, end);
    return answer;
  };
}

/** Before the first connection is made. */
export function watchQueries(given: object, watch: QueryWatch): void {
  const pool = given as Pool;
  const connect = pool.connect.bind(pool);
  // Who waited for a connection is called by who gave one back, and would run for that one's request.
  pool.connect = (...args) => connect(...args.map((arg) => (isCallback(arg) ? AsyncResource.bind(arg) : arg)));
  pool.on("connect", (client) => watchClient(client, watch));
}
