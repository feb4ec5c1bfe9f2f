// Starts an indexer, a replica of it, or moves the views that replicas read.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { indexerCommand, schemaName } from "./launch.ts";
import { moveViews } from "./views.ts";

const HELP = `node --import tsx indexer/cli.ts COMMAND --deployment FILE [options]

start   index the chain and serve                --rpc-url URL [--port 3001] [--host 127.0.0.1] [--schema NAME]
serve   serve what another process indexes       --rpc-url URL --views NAME [--port 3001] [--host 127.0.0.1]
views   let replicas read a caught-up schema     --views NAME [--schema NAME] [--reader ROLE]
schema  print the schema that \`start\` uses

DATABASE_URL is the PostgreSQL (start without it: PGlite in --data, .gridx/indexer), SQL_DATABASE_URL a role that can
only read, for /sql. docs/operations.md says how to roll out without downtime.
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
        port: { ...text, default: "3001" },
        host: text,
        schema: text,
        views: text,
        reader: text,
        data: { ...text, default: ".gridx/indexer" },
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
  }
}

const { values, positionals } = readArguments();
const [command = "help"] = positionals;
const { DATABASE_URL: databaseUrl, SQL_DATABASE_URL: sqlDatabaseUrl } = process.env;

const given = (name: "deployment" | "rpc-url" | "views"): string =>
  values[name] ?? fail(`--${name} is missing\n\n${HELP}`);

const deploymentPath = () => {
  const path = given("deployment");
  return existsSync(path) ? path : fail(`--deployment: there is no file ${path}`);
};

function run() {
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) fail("--port: expected an integer from 1 to 65535");
  const {
    command: node,
    args,
    env,
    cwd,
  } = indexerCommand({
    deploymentPath: deploymentPath(),
    rpcUrl: given("rpc-url"),
    wsUrl: values["rpc-ws-url"],
    port,
    host: values.host,
    dataDirectory: values.data,
    databaseUrl,
    sqlDatabaseUrl,
    schema: values.schema,
    serveViews: command === "serve" ? given("views") : undefined,
  });
  const child = spawn(node, args, { env, cwd, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === null ? 0 : 1);
  });
}

if (values.help || command === "help") process.stdout.write(HELP);
else if (command === "start" || command === "serve") run();
else if (command === "schema") process.stdout.write(`${schemaName(deploymentPath())}\n`);
else if (command === "views") {
  if (!databaseUrl) fail("DATABASE_URL is not set; set it to the postgres:// URL that the indexer writes to");
  const viewsSchema = given("views");
  const schema = values.schema ?? schemaName(deploymentPath());
  moveViews({ databaseUrl, schema, viewsSchema, reader: values.reader }).then(
    ({ blockNumber }) => process.stdout.write(`${viewsSchema} shows ${schema}, which is at block ${blockNumber}\n`),
    (error: Error) => fail(error.message),
  );
} else fail(`there is no command ${command}\n\n${HELP}`);
