// The API with many trades behind it, asked by 1 to 64 connections at once.
import autocannon from "autocannon";
import { loadedAddress, loadedTime, loadedTrade } from "./load.ts";

export interface Served {
  page: string;
  connections: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  perSecond: number;
}

/** What is asked of each page: many different ones, spread evenly over what is loaded. */
const VARIANTS = 400;
export const BASELINE = "/health (no query)";

export function pagesOf(trades: number, accounts: number): Record<string, string[]> {
  const spread = (most: number, path: (n: number) => string) =>
    Array.from({ length: VARIANTS }, (_, n) => path(1 + Math.floor((n * 0.618034 * most) % (most - 1))));
  const day = (n: number) => loadedTime(n) - (loadedTime(n) % 86_400);
  return {
    [BASELINE]: ["/health"],
    leaderboard: ["/api/leaderboard"],
    "wallet: totals": spread(accounts, (n) => `/api/users/${loadedAddress(n)}`),
    "wallet: trades": spread(accounts, (n) => `/api/energy-trades/user/${loadedAddress(n)}`),
    "wallet: carbon": spread(accounts, (n) => `/api/carbon-wallet/${loadedAddress(n)}/transactions`),
    trade: spread(trades, (n) => `/api/energy-trades/${loadedTrade(n)}`),
    "newest trades": ["/api/energy-trades"],
    "day's market": spread(trades, (n) => `/api/markets/days?from=${day(n)}&to=${day(n) + 86_400}`),
    "day's slots": spread(trades, (n) => `/api/markets/slots?from=${day(n)}&to=${day(n) + 86_400}&limit=96`),
  };
}

export async function measure(url: string, page: string, paths: string[], connections: number, seconds: number) {
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    requests: paths.map((path) => ({ method: "GET" as const, path })),
    // Each connection begins elsewhere: they do not all ask the same at once.
    setupClient: (client) => client.setRequests(rotated(paths).map((path) => ({ method: "GET", path }))),
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${page}: ${result.non2xx} answers were no success, ${result.errors} none`);
  }
  const { p50, p99 } = result.latency;
  return { page, connections, p50, p99, perSecond: Math.round(result.requests.average) } satisfies Served;
}

let turn = 0;
function rotated(paths: string[]): string[] {
  turn = (turn + 37) % paths.length;
  return [...paths.slice(turn), ...paths.slice(0, turn)];
}
