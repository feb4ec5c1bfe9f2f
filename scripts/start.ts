// Sets up and runs the whole system: chain, contract, operator, indexer, forecast, page.
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { HELP, readOptions } from "./start/options.ts";
import { choosePorts } from "./start/ports.ts";
import { type Running, runSystem } from "./start/system.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

function fail(error: unknown): void {
  const hint = (error as NodeJS.ErrnoException | null)?.code?.startsWith("ERR_PARSE_ARGS")
    ? "; see npm start -- --help"
    : "";
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}${hint}\n`);
  process.exitCode = 1;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** A fresh folder for this run. Those of earlier runs are removed: ours, by their pid file, and over. */
function runDirectory(stateDir: string, runId: string): string {
  mkdirSync(stateDir, { recursive: true });
  for (const name of readdirSync(stateDir)) {
    const pidFile = join(stateDir, name, "pid");
    if (!/^run-[0-9a-f]{16}$/.test(name) || !existsSync(pidFile)) continue;
    if (!isRunning(Number(readFileSync(pidFile, "utf8")))) {
      rmSync(join(stateDir, name), { recursive: true, force: true });
    }
  }
  const directory = join(stateDir, `run-${runId}`);
  mkdirSync(join(directory, "logs"), { recursive: true });
  writeFileSync(join(directory, "pid"), String(process.pid));
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
  // Before anything is made or removed.
  const ports = await choosePorts(options.ports);
  const directory = runDirectory(options.stateDir, runId);
  const running: Running = runSystem({ root: ROOT, runId, directory, ports, options, say });
  try {
    const outcome = await Promise.race([running.finished, running.crashed, stop]);
    if (outcome === undefined) say("\nStopping …");
    else if (!outcome.ok) process.exitCode = 1;
  } finally {
    await running.stop();
    say("Stopped.");
  }
}

try {
  await main();
} catch (error) {
  fail(error);
}
process.exit();
