// Sets up and runs the whole system: chain, contract, operator, indexer, forecast, page.
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { HELP, readOptions } from "./start/options.ts";
import { type Running, runSystem } from "./start/system.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

function fail(error: unknown): void {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/** A fresh folder for this run; those of earlier runs are removed. */
function runDirectory(stateDir: string, runId: string): string {
  mkdirSync(stateDir, { recursive: true });
  for (const name of readdirSync(stateDir)) {
    if (/^run-[a-z0-9]+$/.test(name)) rmSync(join(stateDir, name), { recursive: true, force: true });
  }
  const directory = join(stateDir, `run-${runId}`);
  mkdirSync(join(directory, "logs"), { recursive: true });
  return directory;
}

/** A promise of the first request to stop: Ctrl-C, SIGTERM, or the end of the npm that started us. */
function stopRequested(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) resolve();
    }, 500).unref();
  });
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (!options) return say(HELP);
  const runId = randomBytes(8).toString("hex");
  const stop = stopRequested();
  const running: Running = runSystem({
    root: ROOT,
    runId,
    directory: runDirectory(options.stateDir, runId),
    options,
    say,
  });
  try {
    const outcome = await Promise.race([running.finished, running.crashed, stop]);
    if (outcome === undefined) say("\nStopping …");
    else if (!outcome.ok) process.exitCode = 1;
  } finally {
    await running.stop();
  }
}

try {
  await main();
} catch (error) {
  fail(error);
}
process.exit();
