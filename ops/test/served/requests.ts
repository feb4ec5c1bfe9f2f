// Bad requests over every endpoint of both services, generated from their OpenAPI documents: `GRIDX_SEED` repeats a run,
// `GRIDX_LONG=1` sends a hundred thousand.
import fc from "fast-check";
import pg from "pg";
import { mnemonicToAccount } from "viem/accounts";
import { createSiweMessage } from "viem/siwe";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { badGraphql } from "../support/bad-requests/graphql.ts";
import type { BadRequest, Known } from "../support/bad-requests/values.ts";
import { badRequest } from "../support/bad-requests.ts";
import { ROOT } from "../support/compose.ts";
import { type Answer, MOST_MS, newAgent, type Sent, send } from "../support/http.ts";
import { READINGS } from "../support/lived.ts";
import type { Machine } from "../support/machine.ts";
import { residentMb } from "../support/memory.ts";
import { readApi } from "../support/openapi.ts";
import type { Now } from "./served.ts";

const LONG = process.env.GRIDX_LONG === "1";
const SEED = Number(process.env.GRIDX_SEED ?? 2024);
const REQUESTS = Number(process.env.GRIDX_REQUESTS ?? (LONG ? 100_000 : 1_500));
const AT_ONCE = 12;
/** What a service may be larger by when all is over; docs/operations.md states it. */
const MOST_GROWTH = 1.6;
const MOST_MB = 150;
const MNEMONIC = "test test test test test test test test test test test junk";

const failureSchema = z.object({
  data: z.null(),
  error: z.object({ code: z.string().min(1), message: z.string().min(1) }),
  timestamp: z.iso.datetime(),
});
const graphqlSchema = z.object({ errors: z.array(z.object({ message: z.string() })).min(1) });

/** What no answer may have in it, whatever was asked. */
const LEAKS: [what: string, pattern: RegExp][] = [
  ["a stack trace", /\n\s+at .+[:(]\d|at (async )?[\w.<>]+ \((file|node|\/)/],
  ["a path of the machine", new RegExp(`${ROOT.replace(/\W/g, "\\$&")}|node_modules|file:///`)],
  [
    "SQL",
    /\b(select|insert into|update|delete from)\b[^"]{1,400}"[a-z_]+"\."|Failed query|syntax error at|violates|22P0\d|DrizzleQueryError/i,
  ],
  [
    "an error's inside",
    /\b(TypeError|RangeError|SyntaxError|ReferenceError|ZodError|ECONNREFUSED|\[object Object\])\b/,
  ],
];

/** A session of the first house's owner, as the page makes one. */
async function signIn({ place, urls, env }: Machine): Promise<string> {
  const owner = mnemonicToAccount(MNEMONIC, { addressIndex: 1 });
  const ask = async (path: string, json: unknown) => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${urls.forecast}${path}`, { method: "POST", headers, body: JSON.stringify(json) });
    return z.object({ data: z.record(z.string(), z.unknown()) }).parse(await response.json()).data;
  };
  const { nonce } = await ask("/api/session/nonce", {});
  const page = env.PAGE_ORIGIN ?? "";
  const message = createSiweMessage({
    address: owner.address,
    chainId: place.deployment.chainId,
    domain: new URL(page).host,
    nonce: String(nonce),
    uri: page,
    version: "1",
    issuedAt: new Date(),
    expirationTime: new Date(Date.now() + 3_600_000),
  });
  const { token } = await ask("/api/session", { message, signature: await owner.signMessage({ message }) });
  return String(token);
}

const GOOD = [
  "energy-trades",
  "users",
  "houses",
  "leaderboard",
  "audit",
  "markets/days",
  "carbon-transactions",
  "clearings",
];

/** What good requests are answered, and what is kept of homes that nobody signed in for. */
async function goodAnswers({ urls, secret, place }: Machine) {
  const data = async (url: string, init?: RequestInit) =>
    z.object({ data: z.unknown() }).parse(await (await fetch(url, init)).json()).data;
  const indexed = await Promise.all(GOOD.map((path) => data(`${urls.indexer}/api/${path}`)));
  const headers = { "content-type": "application/json" };
  const price = await data(`${urls.forecast}/api/price`, { method: "POST", headers, body: '{"demandKwh":4.5}' });
  const { pricePerKwh } = z.object({ pricePerKwh: z.string() }).parse(price);
  const client = new pg.Client(secret("forecast_database_url"));
  await client.connect();
  const mine = place.owners[0]?.toLowerCase();
  const others = [...place.meters.keys()].filter((_, n) => n > 0 && n < 4).map((meter) => meter.toLowerCase());
  const { rows } = await client.query(
    `select count(*)::int as readings, sum(production_wh)::int as wh, max(revision) as revision,
      (select count(*) from house_profile where house = any($1))::int as profiles from reading where house = any($1)`,
    [others],
  );
  await client.end();
  expect(mine).toBeDefined();
  expect(rows[0].readings).toBe(others.length * READINGS);
  return { indexed, pricePerKwh, kept: rows[0] };
}

/** What of an answer should not be. */
function faultsOf({ operation, method, path }: BadRequest, answer: Answer, secrets: readonly string[]): string[] {
  const { status, text, type, milliseconds } = answer;
  // Bytes that no URL has are refused before there is a request.
  if (status === 400 && text === "" && /[^!-~]|\\/.test(path)) return [];
  const faults: string[] = [];
  if (status >= 500 && !(status === 503 && operation?.statuses.includes("503"))) faults.push(`answered ${status}`);
  if (milliseconds > MOST_MS) faults.push(`took ${Math.round(milliseconds)} ms`);
  const [route = ""] = path.split("?");
  // Parameters can make another route of it.
  const isThere = operation && route.split("/").length === operation.path.split("/").length;
  if (isThere && ![...operation.statuses, "304", "404", "413"].includes(String(status)))
    faults.push(`answered ${status}, which is not documented`);
  if (status >= 400 && method !== "HEAD" && status !== 431) {
    const parsed = type.startsWith("application/json") ? JSON.parse(text) : undefined;
    // As a server reads it: dots lead elsewhere.
    const isOurs = operation !== null && !route.includes("..");
    const shape = route === "/graphql" ? graphqlSchema : failureSchema;
    if ((isOurs || parsed !== undefined) && !shape.safeParse(parsed).success) faults.push(`${status} in another form`);
    for (const [what, pattern] of LEAKS) if (pattern.test(text.replaceAll(path, ""))) faults.push(`shows ${what}`);
  }
  if (secrets.some((secret) => text.includes(secret))) faults.push("shows a secret");
  return faults;
}

export function describeRequests(now: Now) {
  describe("bad requests of every kind", () => {
    it(`are refused in words, ${REQUESTS} of them, and change nothing (GRIDX_SEED=${SEED})`, {
      timeout: LONG ? 3_600_000 : 120_000,
    }, async () => {
      const { machine, indexer, forecast } = now();
      const { urls, place } = machine;
      const apis = { indexer: await readApi(urls.indexer), forecast: await readApi(urls.forecast) };
      const trades = z
        .object({
          data: z.object({ items: z.array(z.object({ tradeId: z.string(), transactionHash: z.string() })).min(1) }),
        })
        .parse(await (await fetch(`${urls.indexer}/api/energy-trades?limit=2`)).json()).data.items;
      const meters = [...place.meters.keys()];
      const known: Known = {
        meters,
        values: [...meters, ...place.owners, ...trades.flatMap((trade) => Object.values(trade)), "24", "1750000000"],
        token: await signIn(machine),
        host: new URL(urls.indexer).host,
      };
      const before = await goodAnswers(machine);
      const sizes = { indexer: residentMb(indexer.process.pid), forecast: residentMb(forecast.process.pid) };
      const secrets = [
        "indexer_password",
        "forecast_password",
        "postgres_password",
        "indexer_database_url",
        "forecast_database_url",
      ].map(machine.secret);

      const agents = { indexer: newAgent(AT_ONCE), forecast: newAgent(AT_ONCE) };
      const found = new Map<string, string>();
      const statuses: Record<string, number> = {};
      const began = Date.now();
      const ask = async (service: "indexer" | "forecast", one: BadRequest) => {
        const told = await send(urls[service], one, agents[service]).then(
          (answer) => {
            statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
            return faultsOf(one, answer, secrets).map((fault) => [fault, answer.text.slice(0, 300)] as const);
          },
          (error: Error) => [[error.message, ""] as const],
        );
        for (const [fault, text] of told) {
          const key = `${service} ${one.operation ? `${one.method} ${one.operation.path}` : `${one.method} elsewhere`}: ${fault}`;
          if (!found.has(key)) found.set(key, `${shown(one)} → ${text}`);
        }
      };
      const kinds = [
        ["indexer", badRequest(apis.indexer, known), 0.45],
        ["forecast", badRequest(apis.forecast, known), 0.45],
        ["indexer", badGraphql(known), 0.1],
      ] as const;
      const chunk = 500;
      let sent = 0;
      for (let seed = SEED; sent < REQUESTS; seed += 1) {
        const numRuns = Math.min(chunk, REQUESTS - sent);
        for (const [service, arbitrary, part] of kinds) {
          const queue = fc.sample<BadRequest>(arbitrary, { seed, numRuns: Math.max(1, Math.round(numRuns * part)) });
          sent += queue.length;
          const worker = async () => {
            for (let one = queue.pop(); one; one = queue.pop()) await ask(service, one);
          };
          await Promise.all(Array.from({ length: AT_ONCE }, worker));
        }
      }
      const seconds = (Date.now() - began) / 1000;
      for (const agent of Object.values(agents)) agent.destroy();

      const after = { indexer: residentMb(indexer.process.pid), forecast: residentMb(forecast.process.pid) };
      process.stdout.write(`${JSON.stringify({ sent, seconds, statuses, sizes, after })}\n`);
      expect(Object.fromEntries(found)).toEqual({});
      for (const one of [indexer, forecast]) expect(one.process.exitCode, one.output().slice(-2000)).toBeNull();
      expect(await goodAnswers(machine)).toEqual(before);
      for (const name of ["indexer", "forecast"] as const)
        expect(after[name], `${name}, MB`).toBeLessThan(sizes[name] * MOST_GROWTH + MOST_MB);
      expect(Object.keys(statuses)).toEqual(expect.arrayContaining(["200", "400", "401", "404", "422"]));
    });
  });
}

const shown = ({ method, path, headers, body }: Sent) =>
  `${method} ${path.slice(0, 300)} ${JSON.stringify(headers).slice(0, 200)} ${(body ?? "").toString().slice(0, 300)}`;
