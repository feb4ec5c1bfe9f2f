// What must hold of the sources without running them; used by `check` and by `test`.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { foundryBinary } from "./foundry.mjs";

export const ROOT = fileURLToPath(new URL("../", import.meta.url));
const PACKAGES = ["contracts", "indexer", "forecast", "operator", "web", "ops"];

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

/** Each list goes one by one, both at once. The first shares the compiler's output. */
const COMPILED: Check[] = [
  forge("Solidity format", "fmt", "--check"),
  // Linting compiles without making code: into a folder of its own, or the tests would find artifacts without any.
  {
    ...forge("Solidity lint", "lint"),
    env: { FOUNDRY_OUT: "contracts/cache/lint/out", FOUNDRY_CACHE_PATH: "contracts/cache/lint" },
  },
  forge("Solidity compiles without a warning", "build"),
  node("generated ABI is current", "--import", "tsx", "contracts/ts/src/generate.ts", "--check"),
  node("docs show the measured gas, size and layout", "--import", "tsx", "scripts/gas-table.ts", "--check"),
];
const READ: Check[] = [
  node("licences go with ours", "--import", "tsx", "scripts/licences.ts"),
  node("format and lint (biome)", "node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."),
  tsc("scripts/tsconfig.json"),
  tsc("indexer/bench/minimal/tsconfig.json"),
  ...PACKAGES.map((name) => tsc(`${name}/tsconfig.json`)),
];

interface Result {
  ok: boolean;
  output: string;
}

function run({ command, args, env }: Check): Promise<Result> {
  const options = { cwd: ROOT, encoding: "utf8", maxBuffer: 1 << 26, env: { ...process.env, ...env } } as const;
  return new Promise((resolve) => {
    execFile(command, args, options, (error, stdout, stderr) =>
      resolve({ ok: error === null, output: `${stdout}${stderr}${error?.message ?? ""}` }),
    );
  });
}

/** Runs every check and prints one line each, with the output of those that fail. */
export async function runChecks(say: (text: string) => void): Promise<{ passed: number; failed: number }> {
  const count = { passed: 0, failed: 0 };
  const inOrder = async (checks: readonly Check[]) => {
    for (const check of checks) {
      const { ok, output } = await run(check);
      count[ok ? "passed" : "failed"] += 1;
      say(`${ok ? "ok  " : "FAIL"} ${check.name}`);
      if (!ok) say(output);
    }
  };
  await Promise.all([inOrder(COMPILED), inOrder(READ)]);
  return count;
}
