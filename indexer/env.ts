// What the indexer is told by its environment. Each error names the variable and what to do about it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Deployment, deploymentSchema } from "@gridx/contracts";
import { z } from "zod";

export interface IndexerEnv {
  deployment: Deployment;
  /** Of one chain: where one fails, the next is asked. */
  rpcUrls: string[];
  rpcWsUrl: string | undefined;
  /** Streams of events that are open at once: of all, and of one address. */
  maxEventStreams: number;
  maxEventStreamsPerCaller: number;
  /** Of one address for what is expensive; `perMinute` 0 is no limit. */
  rateLimit: { perMinute: number; trustedProxies: number };
  database: { kind: "pglite"; directory: string } | { kind: "postgres"; connectionString: string };
  /** Where `/sql` reads, as a role that can do nothing else; undefined where there is no `/sql`. */
  sql: { connectionString: string; schema: string } | undefined;
}

/** A URL of one of these schemes, with the same message for a missing and a wrong one. */
const url = (schemes: RegExp, advice: string) =>
  z.string({ error: `is not set; ${advice}` }).refine((text) => URL.canParse(text) && schemes.test(text), advice);

/** URLs by commas. */
const urls = (schemes: RegExp, advice: string) =>
  z
    .string({ error: `is not set; ${advice}` })
    .transform((text) => text.split(",").map((one) => one.trim()))
    .refine((all) => all.every((one) => URL.canParse(one) && schemes.test(one)), advice);

/** A variable that is set to nothing counts as not set. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === "" ? undefined : value), schema.optional());

const whole = (least: number, most: number) => {
  const advice = `set it to an integer from ${least} to ${most}, or leave it out`;
  return z.coerce.number({ error: advice }).int(advice).min(least, advice).max(most, advice);
};

const variables = z.object({
  GRIDX_DEPLOYMENT: z.string({ error: "is not set; set it to the path of a deployment file" }).min(1, "is empty"),
  RPC_URL: urls(/^https?:/, "set it to the http(s) URL of the chain's RPC, or to several by commas"),
  RPC_WS_URL: optional(url(/^wss?:/, "set it to the ws(s) URL of the chain's RPC, or leave it out")),
  PGLITE_DIRECTORY: optional(z.string()),
  DATABASE_URL: optional(url(/^postgres(ql)?:/, "set it to a postgres:// URL, or leave it out to use PGlite")),
  SQL_DATABASE_URL: optional(
    url(/^postgres(ql)?:/, "set it to the postgres:// URL of a role that can only read, or leave it out for no /sql"),
  ),
  DATABASE_SCHEMA: optional(z.string()),
  MAX_EVENT_STREAMS: optional(whole(0, 100_000)),
  MAX_EVENT_STREAMS_PER_CALLER: optional(whole(0, 100_000)),
  RATE_LIMIT_PER_MINUTE: optional(whole(0, 1_000_000)),
  TRUSTED_PROXIES: optional(whole(0, 10)),
});

/** Two chains never share rows: local chains can have the same id and the same contract address. */
export function databaseKey({ chainId, address, runId }: Deployment): string {
  return `${chainId}-${runId ?? address.toLowerCase()}`;
}

function deploymentOf(path: string): Deployment {
  const fail = (why: string) => new Error(`GRIDX_DEPLOYMENT names ${path}, which ${why}`);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    throw fail("is no readable JSON file; deploy the contract first, or give the path of its deployment file");
  }
  const parsed = deploymentSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw fail(`is no deployment file (${issues.join("; ")})`);
}

export function parseEnv(env: Readonly<Record<string, string | undefined>>): IndexerEnv {
  const parsed = variables.safeParse(env);
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n"));
  }
  const { GRIDX_DEPLOYMENT, RPC_URL, RPC_WS_URL, PGLITE_DIRECTORY, DATABASE_URL, ...rest } = parsed.data;
  const { SQL_DATABASE_URL, DATABASE_SCHEMA, ...limits } = rest;
  const deployment = deploymentOf(GRIDX_DEPLOYMENT);
  const key = databaseKey(deployment);
  // Ponder caches what it fetched by chain id alone, so a local chain that starts again needs a database of its own.
  if (DATABASE_URL !== undefined && deployment.runId && !new URL(DATABASE_URL).pathname.endsWith(deployment.runId)) {
    throw new Error(
      `DATABASE_URL: a local chain needs a database of its own; use one whose name ends in ${deployment.runId}`,
    );
  }
  // PGlite runs one statement at a time: anybody's query would stop the indexing.
  if (SQL_DATABASE_URL !== undefined && DATABASE_URL === undefined) {
    throw new Error("SQL_DATABASE_URL: /sql exists on PostgreSQL only; set DATABASE_URL too, or leave it out");
  }
  if (SQL_DATABASE_URL !== undefined && DATABASE_SCHEMA === undefined) {
    throw new Error("SQL_DATABASE_URL: set DATABASE_SCHEMA to the schema that /sql shows, or leave it out");
  }
  return {
    deployment,
    rpcUrls: RPC_URL,
    rpcWsUrl: RPC_WS_URL,
    maxEventStreams: limits.MAX_EVENT_STREAMS ?? 200,
    maxEventStreamsPerCaller: limits.MAX_EVENT_STREAMS_PER_CALLER ?? 20,
    rateLimit: { perMinute: limits.RATE_LIMIT_PER_MINUTE ?? 100, trustedProxies: limits.TRUSTED_PROXIES ?? 0 },
    database:
      DATABASE_URL === undefined
        ? { kind: "pglite", directory: join(PGLITE_DIRECTORY ?? ".ponder", `pglite-${key}`) }
        : { kind: "postgres", connectionString: DATABASE_URL },
    sql:
      SQL_DATABASE_URL === undefined || DATABASE_SCHEMA === undefined
        ? undefined
        : { connectionString: SQL_DATABASE_URL, schema: DATABASE_SCHEMA },
  };
}
