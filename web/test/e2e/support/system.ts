// Starts the whole system once for all specs, on free ports and a fresh chain, and stops it afterwards.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const START_MS = 240_000;
/** A summer's morning in India, eight o'clock: the sun shines for all specs, whenever they run. */
const NOW = 1_780_972_200;
const STOP_MS = 30_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export default async function startSystem(): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), "gridx-e2e-"));
  const readyFile = join(directory, "ready.json");
  const args = ["--import", "tsx", "scripts/start.ts", "--ports", "auto", "--block-time", "1", "--days", "1"];
  const run = ["--now", String(NOW), "--state-dir", directory, "--ready-file", readyFile];
  const child = spawn(process.execPath, [...args, ...run], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-8_000);
    });
  }
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM");
      await Promise.race([exited, pause(STOP_MS).then(() => child.kill("SIGKILL"))]);
    }
    rmSync(directory, { recursive: true, force: true });
  };
  const deadline = Date.now() + START_MS;
  while (!existsSync(readyFile)) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`the system did not start:\n${output}`);
    }
    await pause(200);
  }
  process.env.GRIDX_E2E = readFileSync(readyFile, "utf8");
  return stop;
}
