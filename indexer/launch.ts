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
  logLevel?: "silent" | "error" | "warn" | "info" | "debug" | "trace";
}

export interface IndexerCommand {
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
}

const HERE = dirname(fileURLToPath(import.meta.url));

const typescriptIn = (directory: string): string[] =>
  readdirSync(join(HERE, directory), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(directory, path));

/**
 * Ponder refuses a schema that other code wrote, and it does not look at helpers outside `src`. A name made of all
 * that decides what the rows are starts a fresh schema after each change; what was fetched from the chain is kept.
 */
function schemaName(deploymentPath: string): string {
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
  const { port, host = "127.0.0.1", logLevel = "info" } = options;
  const deploymentPath = resolve(options.deploymentPath);
  const { DATABASE_URL: _url, DATABASE_PRIVATE_URL: _private, DATABASE_SCHEMA: _schema, ...inherited } = process.env;
  const env: NodeJS.ProcessEnv = {
    ...inherited,
    GRIDX_DEPLOYMENT: deploymentPath,
    RPC_URL: options.rpcUrl,
    RPC_WS_URL: options.wsUrl ?? "",
    PGLITE_DIRECTORY: resolve(options.dataDirectory),
    // Ponder prefers this variable to its flag.
    PORT: String(port),
    PONDER_LOG_LEVEL: logLevel,
    PONDER_TELEMETRY_DISABLED: "1",
    // GraphQL then says nothing of what went wrong inside.
    NODE_ENV: "production",
  };
  if (options.databaseUrl !== undefined) env.DATABASE_URL = options.databaseUrl;
  const ponder = join(HERE, "node_modules", "ponder", "dist", "esm", "bin", "ponder.js");
  const args = [ponder, "start", "-H", host, "-p", String(port), "--schema", schemaName(deploymentPath)];
  return { command: process.execPath, args, env, cwd: HERE };
}
