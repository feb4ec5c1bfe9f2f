// What must hold of the sources without running them; used by `check` and by `test`.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { foundryBinary } from "./foundry.mjs";

export const ROOT = fileURLToPath(new URL("../", import.meta.url));
const PACKAGES = ["contracts", "indexer", "forecast", "operator", "web"];

interface Check {
  name: string;
  command: string;
  args: string[];
  env?: Record<string, string>;
}

const node = (name: string, ...args: string[]): Check => ({ name, command: process.execPath, args });
const forge = (name: string, ...args: string[]): Check => ({ name, command: foundryBinary("forge"), args });
const tsc = (project: string) =>
  node(`types of ${project}`, "node_modules/typescript/bin/tsc", "--noEmit", "--project", project);

const CHECKS: Check[] = [
  node("format and lint (biome)", "node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."),
  forge("Solidity format", "fmt", "--check"),
  // Linting compiles without making code: into a folder of its own, or the tests would find artifacts without any.
  {
    ...forge("Solidity lint", "lint"),
    env: { FOUNDRY_OUT: "contracts/cache/lint/out", FOUNDRY_CACHE_PATH: "contracts/cache/lint" },
  },
  forge("Solidity compiles without a warning", "build"),
  node("generated ABI is current", "--import", "tsx", "contracts/ts/src/generate.ts", "--check"),
  node("docs show the measured gas, size and layout", "--import", "tsx", "scripts/gas-table.ts", "--check"),
  tsc("scripts/tsconfig.json"),
  tsc("indexer/bench/minimal/tsconfig.json"),
  ...PACKAGES.map((name) => tsc(`${name}/tsconfig.json`)),
];

/** Runs every check and prints one line each, with the output of those that fail. */
export function runChecks(say: (text: string) => void): { passed: number; failed: number } {
  const count = { passed: 0, failed: 0 };
  for (const { name, command, args, env } of CHECKS) {
    const result = spawnSync(command, args, {
      cwd: ROOT,
      encoding: "utf8",
      maxBuffer: 1 << 26,
      env: { ...process.env, ...env },
    });
    const ok = result.status === 0;
    count[ok ? "passed" : "failed"] += 1;
    say(`${ok ? "ok  " : "FAIL"} ${name}`);
    if (!ok) say(`${result.stdout}${result.stderr}${result.error ?? ""}`);
  }
  return count;
}
