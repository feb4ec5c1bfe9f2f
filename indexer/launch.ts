// How the indexer is started; whoever starts it shares this.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export interface IndexerOptions {
  /** Deployment file of the contract to index. */
  deploymentPath: string;
  rpcUrl: string;
  /**
   * Follows new blocks at once instead of asking four times a second. Only for a chain that keeps making blocks: the
   * latest ones are read when the next one comes.
   */
  wsUrl?: string;
  port: number;
  host?: string;
  /** Where PGlite keeps its directories, one for each deployment and run. */
  dataDirectory: string;
  /** Use this PostgreSQL instead of PGlite. */
  databaseUrl?: string;
  /** Index into this schema; by default into one whose name tells deployment and code. */
  schema?: string;
  /** Index nothing and answer from this schema of views, which `moveViews` makes: as often as wanted beside one another. */
  serveViews?: string;
  /** A role that can only read, for `/sql`; without one there is none. */
  sqlDatabaseUrl?: string;
  logLevel?: "silent" | "error" | "warn" | "info" | "debug" | "trace";
  /** How Ponder writes its log; lines of the API's requests are JSON in any case. */
  logFormat?: "pretty" | "json";
}

export interface IndexerCommand {
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
}

/** Said by options alone: what lies about in the environment would be taken for meant. */
const OF_PONDER = ["DATABASE_URL", "DATABASE_PRIVATE_URL", "DATABASE_SCHEMA", "DATABASE_VIEWS_SCHEMA"];

const HERE = dirname(fileURLToPath(import.meta.url));

const typescriptIn = (directory: string): string[] =>
  readdirSync(join(HERE, directory), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(directory, path));

/**
 * Ponder refuses a schema that other code wrote, and it does not look at helpers outside `src`. A name made of all
 * that decides what the rows are starts a fresh schema after each change; what was fetched from the chain is kept.
 */
export function schemaName(deploymentPath: string): string {
  const api = join("src", "api");
  const files = ["ponder.config.ts", "ponder.schema.ts", "env.ts"]
    .concat(typescriptIn("src").filter((path) => !path.startsWith(api)))
    .concat(typescriptIn(join("..", "contracts", "ts", "src")))
    .sort();
  const hash = createHash("sha256").update(readFileSync(deploymentPath));
  for (const file of files) hash.update(file).update(readFileSync(join(HERE, file)));
  return `gridx_${hash.digest("hex").slice(0, 12)}`;
}

/** Command, arguments, whole environment and directory of an indexer. SIGTERM ends it. */
export function indexerCommand(options: IndexerOptions): IndexerCommand {
  const { port, host = "127.0.0.1", logLevel = "info", logFormat = "pretty", serveViews } = options;
  const deploymentPath = resolve(options.deploymentPath);
  const schema = serveViews ?? options.schema ?? schemaName(deploymentPath);
  if (serveViews !== undefined && options.databaseUrl === undefined) {
    throw new Error("serving without indexing needs PostgreSQL: give the database that the indexer writes to");
  }
  const inherited = { ...process.env };
  for (const name of OF_PONDER) delete inherited[name];
  const env: NodeJS.ProcessEnv = {
    ...inherited,
    GRIDX_DEPLOYMENT: deploymentPath,
    RPC_URL: options.rpcUrl,
    RPC_WS_URL: options.wsUrl ?? "",
    PGLITE_DIRECTORY: resolve(options.dataDirectory),
    // Ponder prefers this variable to its flag.
    PORT: String(port),
    DATABASE_SCHEMA: schema,
    SQL_DATABASE_URL: options.sqlDatabaseUrl ?? "",
    PONDER_LOG_LEVEL: logLevel,
    PONDER_TELEMETRY_DISABLED: "1",
    // GraphQL then says nothing of what went wrong inside.
    NODE_ENV: "production",
  };
  if (options.databaseUrl !== undefined) env.DATABASE_URL = options.databaseUrl;
  const ponder = join(HERE, "node_modules", "ponder", "dist", "esm", "bin", "ponder.js");
  const mode = serveViews === undefined ? "start" : "serve";
  const args = [ponder, mode, "-H", host, "-p", String(port), "--log-format", logFormat, "--schema", schema];
  return { command: process.execPath, args, env, cwd: HERE };
}
