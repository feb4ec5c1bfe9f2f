// An indexer of the bench: ours or the minimal one, as a process of its own.
import { spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "@gridx/contracts/node";
import { indexerCommand } from "../launch.ts";
import type { History } from "./history.ts";

export interface PonderProcess {
  url: string;
  /** Of its tables. */
  schema: string;
  /** In which it fetched and indexed the past, as Ponder logs it. */
  backfillMilliseconds: number;
  /** Resident, in MB. */
  memory(): number;
  stop(): Promise<void>;
}

export interface Start {
  history: Pick<History, "deployment" | "rpcUrl" | "wsUrl" | "mine">;
  dataDirectory: string;
  databaseUrl?: string;
  isMinimal?: boolean;
  /** Learns of blocks by a websocket. */
  ws?: boolean;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Starts it and waits until it has caught up. */
export async function startPonder({
  history,
  dataDirectory,
  databaseUrl,
  isMinimal,
  ws,
}: Start): Promise<PonderProcess> {
  const port = await freePort();
  const deploymentPath = join(dataDirectory, "deployment.json");
  writeFileSync(deploymentPath, JSON.stringify(history.deployment));
  const { rpcUrl } = history;
  const options = { deploymentPath, rpcUrl, port, dataDirectory, databaseUrl, logLevel: "info" as const };
  const ours = indexerCommand({ ...options, ...(ws && { wsUrl: history.wsUrl }) });
  const schema = isMinimal ? "minimal" : (ours.args[ours.args.indexOf("--schema") + 1] ?? "");
  const ponder = join(ours.cwd, "node_modules", "ponder", "dist", "esm", "bin", "ponder.js");
  const minimal = [ponder, "start", "-H", "127.0.0.1", "-p", String(port), "--schema", schema];
  const child = spawn(ours.command, [...(isMinimal ? minimal : ours.args), "--log-format", "json"], {
    cwd: isMinimal ? join(import.meta.dirname, "minimal") : ours.cwd,
    env: { ...ours.env, RATE_LIMIT_PER_MINUTE: "0" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  let output = "";
  let backfillMilliseconds = Number.NaN;
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000);
      const [, duration] = /Completed backfill indexing across all chains","duration":([\d.]+)/.exec(output) ?? [];
      if (duration) backfillMilliseconds = Number(duration);
    });
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 600_000;
  while (
    !(await fetch(`${url}/ready`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`the indexer did not get ready:\n${output}`);
    // Over a websocket Ponder learns of the latest blocks with the next one.
    if (ws) await history.mine();
    await pause(ws ? 500 : 100);
  }
  return {
    url,
    schema,
    backfillMilliseconds,
    memory: () => {
      const { stdout } = spawnSync("ps", ["-o", "rss=", "-p", String(child.pid)], { encoding: "utf8" });
      return Math.round(Number(stdout) / 1024);
    },
    stop: async () => {
      process.off("exit", kill);
      if (child.exitCode !== null) return;
      const exited = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await exited;
    },
  };
}
