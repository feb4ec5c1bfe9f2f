// Private copies of the Solidity project, so that neither edits nor other builds meet a run.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ROOT } from "../checks.ts";
import { foundryBinary } from "../foundry.mjs";
import { type Code, type Sources, TARGET } from "./compile.ts";

export const CACHE = join(ROOT, "contracts/cache/mutants");
const ARTIFACT = `contracts/out/${TARGET.contract}.sol/${TARGET.contract}.json`;

export interface Project {
  directory: string;
  sources: Sources;
  remappings: string[];
  /** Of all Solidity that the result of a mutant depends on. */
  hash: string;
}

const metadataSchema = z.object({
  metadata: z.object({
    settings: z.object({ remappings: z.array(z.string()) }),
    sources: z.record(z.string(), z.unknown()),
  }),
});

/** Copies the Solidity of the repository and builds it. */
export function makeProject(): Project {
  const directory = join(CACHE, "project");
  mkdirSync(join(directory, "contracts"), { recursive: true });
  // What an earlier run built is kept: forge compiles what changed since.
  for (const path of ["foundry.toml", "contracts/src", "contracts/test"]) {
    rmSync(join(directory, path), { recursive: true, force: true });
    cpSync(join(ROOT, path), join(directory, path), { recursive: true });
  }
  // The tests of the deploy script know nothing of GridX's code.
  rmSync(join(directory, "contracts/test/DeployScript.t.sol"), { force: true });
  for (const path of ["node_modules", "scripts"]) {
    rmSync(join(directory, path), { force: true });
    symlinkSync(join(ROOT, path), join(directory, path));
  }
  const { status, stdout, stderr } = forge(directory, ["build"]);
  if (status !== 0) throw new Error(`the sources do not build:\n${stdout}${stderr}`);
  const { metadata } = metadataSchema.parse(JSON.parse(readFileSync(join(directory, ARTIFACT), "utf8")));
  const sources: Sources = {};
  for (const path of Object.keys(metadata.sources))
    sources[path] = { content: readFileSync(join(directory, path), "utf8") };
  const hash = createHash("sha256").update(JSON.stringify(sources));
  const tests = readdirSync(join(directory, "contracts/test"), { recursive: true, encoding: "utf8" });
  for (const path of tests.filter((name) => name.endsWith(".sol")).toSorted()) {
    hash.update(readFileSync(join(directory, "contracts/test", path)));
  }
  return { directory, sources, remappings: metadata.settings.remappings, hash: hash.digest("hex").slice(0, 16) };
}

/** A copy of a built project for one worker. */
export function copyOf(project: string, name: string): string {
  const directory = join(CACHE, name);
  rmSync(directory, { recursive: true, force: true });
  cpSync(project, directory, { recursive: true, verbatimSymlinks: true });
  return directory;
}

/** Puts other code in the place of the built contract's. */
export function install(directory: string, { bytecode, runtime }: Code): void {
  const path = join(directory, ARTIFACT);
  const artifact = JSON.parse(readFileSync(path, "utf8"));
  artifact.bytecode.object = bytecode;
  artifact.deployedBytecode.object = runtime;
  writeFileSync(path, JSON.stringify(artifact));
}

function forge(directory: string, args: string[], env: NodeJS.ProcessEnv = {}, timeout = 600_000) {
  const { FOUNDRY_OUT: _out, FOUNDRY_CACHE_PATH: _cache, FOUNDRY_PROFILE: _profile, ...inherited } = process.env;
  return spawnSync(foundryBinary("forge"), [...args, "--root", directory], {
    cwd: directory,
    env: { ...inherited, ...env },
    encoding: "utf8",
    timeout,
    killSignal: "SIGKILL",
    maxBuffer: 1 << 28,
  });
}

export interface Verdict {
  result: "passed" | "failed" | "timeout";
  /** The first test that failed, and how. */
  by?: string;
}

/** Cheap tests first; random sequences for what gets past them. What measures gas can't judge other code. */
const STAGES = [
  { args: ["--no-match-contract", "Gas|Invariant"], env: { FOUNDRY_FUZZ_RUNS: "48" } },
  {
    args: ["--match-contract", "Invariant"],
    env: { FOUNDRY_INVARIANT_RUNS: "8", FOUNDRY_INVARIANT_DEPTH: "400", FOUNDRY_INVARIANT_SHRINK_RUN_LIMIT: "0" },
  },
];

/** Runs the suite on whatever code is installed; stops at the first failure. */
export function judge(directory: string, exclude: string | undefined, timeout: number): Verdict {
  const more = exclude ? ["--no-match-test", exclude] : [];
  for (const { args, env } of STAGES) {
    const run = forge(directory, ["test", "--fail-fast", ...args, ...more], env, timeout);
    if (run.error) return { result: "timeout" };
    if (/^Compiling \d/m.test(run.stdout)) throw new Error(`${directory} was compiled again, so nothing was judged`);
    if (run.status === 0 || /^No tests (found|match)/m.test(run.stdout + run.stderr)) continue;
    const [contract] = /(?<=^Encountered .*:)\w+$/m.exec(run.stdout) ?? [];
    const [failure] = /^\[FAIL.*$/m.exec(run.stdout) ?? [];
    if (failure === undefined) throw new Error(`forge test ended with ${run.status}:\n${run.stdout}${run.stderr}`);
    const reason = failure.replace(/counterexample: .*\]\s/, "").slice(0, 200);
    return { result: "failed", by: `${contract ?? "a test"} ${reason}` };
  }
  return { result: "passed" };
}
