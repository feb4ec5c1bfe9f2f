// A real indexer beside a real local chain.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Deployment, gridxAbi } from "@gridx/contracts";
import { freePort, localClient } from "@gridx/contracts/node";
import type { Postgres } from "../../../scripts/postgres.ts";
import { createIndexerClient } from "../../client/index.ts";
import { type IndexerCommand, indexerCommand } from "../../launch.ts";

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export async function until(what: string, holds: () => Promise<boolean>, seconds = 100): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s`);
    await pause(50);
  }
}

export function temporaryDirectory() {
  const path = mkdtempSync(join(tmpdir(), "gridx-indexer-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** What answers, wherever it runs: a process, or several behind one address. */
export interface Observed {
  url: string;
  client: ReturnType<typeof createIndexerClient>;
  ready(): Promise<void>;
  /** Waits until everything up to a block of the chain as it is now is indexed. */
  reaches(blockNumber: bigint | number): Promise<void>;
}

export interface RunningIndexer extends Observed {
  command: IndexerCommand;
  process: ChildProcess;
  output(): string;
  /** Ends it with SIGTERM and gives the milliseconds that it took. */
  stop(): Promise<number>;
  /** As a power cut does. */
  kill(): Promise<void>;
}

export interface Place {
  deployment: Deployment;
  rpcUrl: string;
  /** The chain itself, where `rpcUrl` is a faulty way to it. */
  chainUrl?: string;
  wsUrl?: string;
  dataDirectory: string;
  /** In a database of this one instead of PGlite. */
  postgres?: Postgres;
  /** Of the database; the run's id follows. */
  database?: string;
  schema?: string;
  /** Only serves what another one indexed. */
  serveViews?: string;
  sqlDatabaseUrl?: string;
  /** Further settings. */
  env?: Record<string, string>;
}

export const databaseOf = (postgres: Postgres, { runId }: Deployment, name = "gridx") =>
  postgres.createDatabase(`${name}-${runId}`);

/** What a test sees of an address; `ended` tells why nobody answers there any more. */
export function observe(
  url: string,
  { deployment, chainUrl }: { deployment: Deployment; chainUrl: string },
  ended: () => string | undefined = () => undefined,
): Observed {
  const client = createIndexerClient(url);
  const chain = localClient(chainUrl);
  /** A height alone may be that of an abandoned fork; the ledger head is not. */
  const stands = async (block: number) => {
    const { blockNumber, head } = await client.market();
    if (blockNumber < block) return false;
    // A chain that was set back is shorter than what was reached, until its next blocks.
    const latest = await chain.getBlockNumber({ cacheTime: 0 });
    const at = BigInt(blockNumber) < latest ? BigInt(blockNumber) : latest;
    const { address } = deployment;
    return (await chain.readContract({ abi: gridxAbi, address, functionName: "head", blockNumber: at })) === head;
  };
  const waitFor = async (what: string, holds: () => Promise<boolean>) => {
    await until(`${what} at ${url}`, async () => ended() !== undefined || (await holds())).catch((error: Error) => {
      throw new Error(`${error.message}\n${ended() ?? ""}`);
    });
    const why = ended();
    if (why !== undefined) throw new Error(`the indexer ended:\n${why}`);
  };
  return {
    url,
    client,
    ready: () => waitFor("ready", async () => (await fetch(`${url}/api/ready`)).ok),
    reaches: (block) => waitFor(`block ${block}`, () => stands(Number(block))),
  };
}

export async function startIndexer(place: Place): Promise<RunningIndexer> {
  const { deployment, rpcUrl, wsUrl, dataDirectory, postgres, schema, serveViews, sqlDatabaseUrl, env } = place;
  const port = await freePort();
  const deploymentPath = join(dataDirectory, `${deployment.runId}.json`);
  writeFileSync(deploymentPath, JSON.stringify(deployment));
  const databaseUrl = postgres && (await databaseOf(postgres, deployment, place.database));
  const to = { databaseUrl, schema, serveViews, sqlDatabaseUrl };
  const command = indexerCommand({ deploymentPath, rpcUrl, wsUrl, port, dataDirectory, ...to });
  const child = spawn(command.command, command.args, {
    cwd: command.cwd,
    // A replay asks for all tables, again and again.
    env: { ...command.env, RATE_LIMIT_PER_MINUTE: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const killChild = () => child.kill("SIGKILL");
  process.once("exit", killChild);
  child.once("exit", () => process.off("exit", killChild));
  let output = "";
  const gather = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-20_000);
  };
  child.stdout.on("data", gather);
  child.stderr.on("data", gather);
  const gone = () => child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: NodeJS.Signals) => {
    if (gone()) return;
    const exited = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await exited;
  };
  return {
    ...observe(`http://127.0.0.1:${port}`, { deployment, chainUrl: place.chainUrl ?? rpcUrl }, () =>
      gone() ? output : undefined,
    ),
    command,
    process: child,
    output: () => output,
    stop: async () => {
      const started = Date.now();
      await end("SIGTERM");
      return Date.now() - started;
    },
    kill: () => end("SIGKILL"),
  };
}
