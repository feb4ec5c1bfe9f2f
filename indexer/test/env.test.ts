import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseEnv } from "../env.ts";
import { indexerCommand } from "../launch.ts";
import { temporaryDirectory } from "./support/indexer.ts";

const directory = temporaryDirectory();
afterAll(() => directory.remove());

const address = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const deployment = {
  chainId: 137,
  address,
  startBlock: 1,
  token: address,
  tokenSymbol: "USDC",
  tokenDecimals: 6,
  slotDuration: 900,
  ringLength: 96,
};

function deploymentFile(name: string, content: unknown) {
  const path = join(directory.path, `${name}.json`);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const valid = { GRIDX_DEPLOYMENT: deploymentFile("valid", deployment), RPC_URL: "http://127.0.0.1:8545" };
const local = { ...valid, GRIDX_DEPLOYMENT: deploymentFile("local", { ...deployment, chainId: 31337, runId: "r7" }) };

describe("the environment", () => {
  it.each([
    [{}, /^GRIDX_DEPLOYMENT: is not set; set it to the path/],
    [{ ...valid, RPC_URL: undefined }, /^RPC_URL: is not set; set it to the http\(s\) URL/],
    [{ ...valid, RPC_URL: "localhost:8545" }, /^RPC_URL: set it to the http\(s\) URL/],
    [{ ...valid, RPC_WS_URL: "http://x" }, /^RPC_WS_URL: set it to the ws\(s\) URL/],
    [{ ...valid, MAX_EVENT_STREAMS: "many" }, /^MAX_EVENT_STREAMS: set it to an integer from 0 to 100000/],
    [{ ...valid, MAX_EVENT_STREAMS_PER_CALLER: "-1" }, /^MAX_EVENT_STREAMS_PER_CALLER: set it to an integer from 0/],
    [{ ...valid, RATE_LIMIT_PER_MINUTE: "-1" }, /^RATE_LIMIT_PER_MINUTE: set it to an integer from 0/],
    [{ ...valid, TRUSTED_PROXIES: "true" }, /^TRUSTED_PROXIES: set it to an integer from 0 to 10/],
    [{ ...valid, DATABASE_URL: "mysql://x/y" }, /^DATABASE_URL: set it to a postgres:\/\/ URL/],
    [{ ...valid, SQL_DATABASE_URL: "postgres://r@h/x" }, /^SQL_DATABASE_URL: \/sql exists on PostgreSQL only/],
    [
      { ...valid, DATABASE_URL: "postgres://u@h/x", SQL_DATABASE_URL: "postgres://r@h/x" },
      /^SQL_DATABASE_URL: set DATABASE_SCHEMA to the schema that \/sql shows/,
    ],
    [{ ...valid, SQL_DATABASE_URL: "http://x" }, /^SQL_DATABASE_URL: set it to the postgres:\/\/ URL of a role/],
    [
      { ...valid, GRIDX_DEPLOYMENT: "/nowhere.json" },
      /^GRIDX_DEPLOYMENT names \/nowhere.json, which is no readable JSON/,
    ],
    [{ ...valid, GRIDX_DEPLOYMENT: deploymentFile("text", "hello") }, /is no readable JSON file; deploy the contract/],
    [{ ...valid, GRIDX_DEPLOYMENT: deploymentFile("part", { chainId: 1 }) }, /is no deployment file \(.*address:/],
    [
      { ...local, DATABASE_URL: "postgres://u@h/gridx" },
      /^DATABASE_URL: a local chain needs a database of its own.* r7/,
    ],
  ])("%j is refused by the variable's name", (env, message) => {
    expect(() => parseEnv(env)).toThrow(message);
  });

  it("keeps each chain's and each run's rows in a directory of their own", () => {
    const directoryOf = (env: Record<string, string>) => parseEnv({ ...env, PGLITE_DIRECTORY: "/data" }).database;
    const address = deployment.address.toLowerCase();
    expect(directoryOf(valid)).toEqual({ kind: "pglite", directory: `/data/pglite-137-${address}` });
    expect(directoryOf(local)).toEqual({ kind: "pglite", directory: "/data/pglite-31337-r7" });
    expect(parseEnv({ ...valid, PGLITE_DIRECTORY: "" }).database).toMatchObject({
      directory: `.ponder/pglite-137-${address}`,
    });
  });

  it("takes PostgreSQL where it is given", () => {
    const connectionString = "postgres://u:p@h:5432/gridx_r7";
    const { database } = parseEnv({ ...local, DATABASE_URL: connectionString });
    expect(database).toEqual({ kind: "postgres", connectionString });
  });
});

describe("the command", () => {
  const options = { rpcUrl: "http://127.0.0.1:1", port: 3001, dataDirectory: directory.path };

  it("says nothing to others and takes no port or database from elsewhere", () => {
    process.env.DATABASE_URL = "postgres://elsewhere/x";
    const { args, env } = indexerCommand({ ...options, deploymentPath: valid.GRIDX_DEPLOYMENT });
    delete process.env.DATABASE_URL;
    expect(env).toMatchObject({
      PORT: "3001",
      PONDER_TELEMETRY_DISABLED: "1",
      GRIDX_DEPLOYMENT: valid.GRIDX_DEPLOYMENT,
    });
    expect(env.DATABASE_URL).toBeUndefined();
    expect(args.slice(1, 6)).toEqual(["start", "-H", "127.0.0.1", "-p", "3001"]);
  });

  it("serves the views that it is told, on PostgreSQL alone", () => {
    const serve = { ...options, deploymentPath: valid.GRIDX_DEPLOYMENT, serveViews: "gridx" };
    expect(() => indexerCommand(serve)).toThrow("serving without indexing needs PostgreSQL");
    const { args, env } = indexerCommand({ ...serve, databaseUrl: "postgres://u@h/x" });
    expect([args[1], args.at(-1), env.DATABASE_SCHEMA, env.SQL_DATABASE_URL]).toEqual(["serve", "gridx", "gridx", ""]);
  });

  it("names the schema after what decides the rows", () => {
    const schema = (deploymentPath: string) => indexerCommand({ ...options, deploymentPath }).args.at(-1);
    expect(schema(valid.GRIDX_DEPLOYMENT)).toMatch(/^gridx_[0-9a-f]{12}$/);
    expect(schema(valid.GRIDX_DEPLOYMENT)).toBe(schema(valid.GRIDX_DEPLOYMENT));
    expect(schema(valid.GRIDX_DEPLOYMENT)).not.toBe(schema(local.GRIDX_DEPLOYMENT));
  });
});
