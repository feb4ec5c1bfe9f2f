// A real indexer beside a real local chain.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Deployment, gridxAbi } from "@gridx/contracts";
import { freePort, localClient } from "@gridx/contracts/node";
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

export interface RunningIndexer {
  url: string;
  client: ReturnType<typeof createIndexerClient>;
  command: IndexerCommand;
  process: ChildProcess;
  output(): string;
  ready(): Promise<void>;
  /** Waits until everything up to a block of the chain as it is now is indexed. */
  reaches(blockNumber: bigint | number): Promise<void>;
  /** Ends it with SIGTERM and gives the milliseconds that it took. */
  stop(): Promise<number>;
}

export interface Place {
  deployment: Deployment;
  rpcUrl: string;
  wsUrl?: string;
  dataDirectory: string;
  /** Further settings. */
  env?: Record<string, string>;
}

export async function startIndexer({ deployment, rpcUrl, wsUrl, dataDirectory, env }: Place): Promise<RunningIndexer> {
  const port = await freePort();
  const deploymentPath = join(dataDirectory, `${deployment.runId}.json`);
  writeFileSync(deploymentPath, JSON.stringify(deployment));
  const command = indexerCommand({ deploymentPath, rpcUrl, wsUrl, port, dataDirectory });
  const child = spawn(command.command, command.args, {
    cwd: command.cwd,
    // A replay asks for all tables, again and again.
    env: { ...command.env, RATE_LIMIT_PER_MINUTE: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const gather = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-20_000);
  };
  child.stdout.on("data", gather);
  child.stderr.on("data", gather);
  const url = `http://127.0.0.1:${port}`;
  const client = createIndexerClient(url);
  const chain = localClient(rpcUrl);
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
  const alive = () => {
    if (child.exitCode !== null) throw new Error(`the indexer ended:\n${output}`);
  };
  const waitFor = async (what: string, holds: () => Promise<boolean>) => {
    try {
      await until(what, async () => child.exitCode !== null || (await holds()));
    } catch (error) {
      throw new Error(`${error}\n${output}`);
    }
    alive();
  };
  return {
    url,
    client,
    command,
    process: child,
    output: () => output,
    ready: () => waitFor("ready", async () => (await fetch(`${url}/api/ready`)).ok),
    reaches: (block) => waitFor(`block ${block}`, () => stands(Number(block))),
    stop: async () => {
      const started = Date.now();
      if (child.exitCode === null && child.signalCode === null) {
        const exited = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        await exited;
      }
      return Date.now() - started;
    },
  };
}
