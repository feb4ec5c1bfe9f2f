// Starts an indexer, a replica of it, or moves the views that replicas read.
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { withSecretFiles } from "@gridx/contracts/node";
import { indexerCommand, schemaName } from "./launch.ts";
import { moveViews } from "./views.ts";

const HELP = `node --import tsx indexer/cli.ts COMMAND [options]

start   index the chain and serve                [--schema NAME]
serve   serve what another process indexes       --views NAME
views   let replicas read a caught-up schema     --views NAME [--schema NAME] [--reader ROLE]
schema  print the schema that \`start\` uses

Each option is a variable, too:
--deployment GRIDX_DEPLOYMENT   deployment file
--rpc-url    RPC_URL            of the chain, several by commas; for start and serve
--rpc-ws-url RPC_WS_URL         tells of new blocks at once
--host       HOST               127.0.0.1
--port       PORT               3001
--schema     DATABASE_SCHEMA    a name made of deployment and code
--views      DATABASE_VIEWS_SCHEMA
--reader     DATABASE_READER    role that may read the views
--data       PGLITE_DIRECTORY   .gridx/indexer, without PostgreSQL

DATABASE_URL is the PostgreSQL, SQL_DATABASE_URL a role that can only read, for /sql. These two and the RPC's may be in
a file: DATABASE_URL_FILE, SQL_DATABASE_URL_FILE, RPC_URL_FILE, RPC_WS_URL_FILE. LOG_LEVEL is error, warn, info, debug or
trace, LOG_FORMAT pretty or json. docs/operations.md tells more.
`;

const text = { type: "string" } as const;

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        deployment: text,
        "rpc-url": text,
        "rpc-ws-url": text,
        port: text,
        host: text,
        schema: text,
        views: text,
        reader: text,
        data: text,
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
  }
}

const { values, positionals } = readArguments();
const [command = "help"] = positionals;

function readEnvironment() {
  try {
    return withSecretFiles(process.env, ["DATABASE_URL", "SQL_DATABASE_URL", "RPC_URL", "RPC_WS_URL"]);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

const environment = readEnvironment();
const { DATABASE_URL: databaseUrl, SQL_DATABASE_URL: sqlDatabaseUrl } = environment;
const VARIABLES = {
  deployment: "GRIDX_DEPLOYMENT",
  "rpc-url": "RPC_URL",
  "rpc-ws-url": "RPC_WS_URL",
  host: "HOST",
  port: "PORT",
  schema: "DATABASE_SCHEMA",
  views: "DATABASE_VIEWS_SCHEMA",
  reader: "DATABASE_READER",
  data: "PGLITE_DIRECTORY",
} as const;
type Option = keyof typeof VARIABLES;

/** A variable that is set to nothing counts as not set. */
const option = (name: Option): string | undefined => values[name] ?? (environment[VARIABLES[name]] || undefined);
const given = (name: Option): string =>
  option(name) ?? fail(`--${name} is missing; give it, or set ${VARIABLES[name]}\n\n${HELP}`);

function choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
  const set = environment[name];
  if (!set) return undefined;
  return choices.find((one) => one === set) ?? fail(`${name}: expected ${choices.join(", ")}`);
}

const deploymentPath = () => {
  const path = given("deployment");
  return existsSync(path) ? path : fail(`--deployment: there is no file ${path}`);
};

async function run() {
  const port = Number(option("port") ?? 3001);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) fail("--port (PORT): expected an integer from 1 to 65535");
  const {
    command: node,
    args,
    env,
    cwd,
  } = indexerCommand({
    deploymentPath: deploymentPath(),
    rpcUrl: given("rpc-url"),
    wsUrl: option("rpc-ws-url"),
    port,
    host: option("host"),
    dataDirectory: option("data") ?? ".gridx/indexer",
    databaseUrl,
    sqlDatabaseUrl,
    schema: option("schema"),
    serveViews: command === "serve" ? given("views") : undefined,
    logLevel: choice("LOG_LEVEL", ["error", "warn", "info", "debug", "trace"]),
    logFormat: choice("LOG_FORMAT", ["pretty", "json"]),
  });
  // In this process: whoever ends it ends the indexer.
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(cwd);
  process.argv = [node, ...args];
  await import(pathToFileURL(args[0] ?? "").href);
}

if (values.help || command === "help") process.stdout.write(HELP);
else if (command === "start" || command === "serve") await run();
else if (command === "schema") process.stdout.write(`${schemaName(deploymentPath())}\n`);
else if (command === "views") {
  if (!databaseUrl) fail("DATABASE_URL is not set; set it to the postgres:// URL that the indexer writes to");
  const viewsSchema = given("views");
  const schema = option("schema") ?? schemaName(deploymentPath());
  moveViews({ databaseUrl, schema, viewsSchema, reader: option("reader") }).then(
    ({ blockNumber }) => process.stdout.write(`${viewsSchema} shows ${schema}, which is at block ${blockNumber}\n`),
    (error: Error) => fail(error.message),
  );
} else fail(`there is no command ${command}\n\n${HELP}`);
