import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { browserLaunchOptions } from "../browser.ts";
import { ROOT } from "../checks.ts";
import { foundryBinary } from "../foundry.mjs";
import { buildLocalPage } from "../start/web-build.ts";

export interface SuiteResult {
  passed: number;
  failed: number;
  /** Names of what was left out, each with its reason. */
  skipped: string[];
}

/** Where a suite's output goes. */
export type Write = (text: string) => void;

/** A suite that could not be counted counts as one failure. */
const broken = (reason: string, write: Write): SuiteResult => {
  write(`${reason}\n`);
  return { passed: 0, failed: 1, skipped: [] };
};

interface Run {
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** Ends with the exit code; null where it was killed or did not start. */
function execute(command: string, args: string[], { cwd, env }: Run, out: Write, error: Write = out) {
  return new Promise<number | null>((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.setEncoding("utf8").on("data", out);
    child.stderr.setEncoding("utf8").on("data", error);
    child.once("error", (reason) => error(`${reason.message}\n`));
    child.once("close", (status) => resolve(status));
  });
}

function reportOf<T extends z.ZodType>(schema: T, path: string): z.output<T> | null {
  try {
    return schema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return null;
  }
}

async function withReport<T>(use: (path: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "gridx-test-"));
  try {
    return await use(join(directory, "report.json"));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const forgeSchema = z.record(
  z.string(),
  z.object({ test_results: z.record(z.string(), z.object({ status: z.string(), reason: z.string().nullish() })) }),
);

/** Solidity tests; gas must be what the snapshot says. */
export async function forgeSuite(long: boolean, write: Write): Promise<SuiteResult> {
  const env = { ...process.env, FORGE_SNAPSHOT_CHECK: "true", ...(long ? { FOUNDRY_PROFILE: "long" } : {}) };
  let stdout = "";
  let stderr = "";
  const status = await execute(
    foundryBinary("forge"),
    ["test", "--json"],
    { cwd: ROOT, env },
    (text) => {
      stdout += text;
    },
    (text) => {
      stderr += text;
    },
  );
  const line = stdout.split("\n").find((text) => text.startsWith("{"));
  const report = line === undefined ? null : forgeSchema.safeParse(JSON.parse(line)).data;
  if (!report) return broken(`forge test gave no report:\n${stdout.slice(-4000)}${stderr.slice(-4000)}`, write);
  const result: SuiteResult = { passed: 0, failed: 0, skipped: [] };
  for (const [contract, { test_results }] of Object.entries(report)) {
    for (const [test, { status: verdict, reason }] of Object.entries(test_results)) {
      if (verdict === "Success") result.passed += 1;
      else if (verdict === "Skipped") result.skipped.push(`${contract} ${test}: ${reason ?? "no reason"}`);
      else {
        result.failed += 1;
        write(`FAIL ${contract} ${test}: ${reason ?? ""}\n`);
      }
    }
  }
  if (status !== 0 && result.failed === 0)
    return broken(`forge test ended with ${status}:\n${stderr.slice(-4000)}`, write);
  write(`${result.passed} Solidity tests passed\n`);
  return result;
}

const vitestSchema = z.object({
  success: z.boolean(),
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(
    z.object({
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
    }),
  ),
});

/** The vitest tests of a package; some go through many more cases when they may take long. */
export function vitestSuite(name: string, long: boolean, write: Write): Promise<SuiteResult> {
  return withReport(async (path) => {
    const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
    const args = [vitest, "run", "--reporter=default", "--reporter=json", `--outputFile.json=${path}`];
    const env = { ...process.env, ...(long ? { GRIDX_LONG: "1" } : {}) };
    const status = await execute(process.execPath, args, { cwd: join(ROOT, name), env }, write);
    const report = reportOf(vitestSchema, path);
    if (!report) return broken(`vitest in ${name} gave no report and ended with ${status}`, write);
    const tests = report.testResults.flatMap((file) => file.assertionResults);
    const skipped = tests.filter((test) => ["pending", "skipped", "todo"].includes(test.status));
    // A file that does not even load has no tests of its own to fail.
    const unloaded = report.testResults.filter(
      (file) => file.status === "failed" && file.assertionResults.length === 0,
    );
    const failed = report.numFailedTests + unloaded.length;
    return {
      passed: report.numPassedTests,
      failed: failed === 0 && status !== 0 ? 1 : failed,
      skipped: skipped.map(({ fullName }) => `${name}: ${fullName}`),
    };
  });
}

interface PlaywrightFile {
  suites?: PlaywrightFile[];
  specs: { tests: { annotations: { type: string; description?: string }[] }[] }[];
}
const playwrightFileSchema: z.ZodType<PlaywrightFile> = z.lazy(() =>
  z.object({
    suites: z.array(playwrightFileSchema).optional(),
    specs: z.array(
      z.object({
        tests: z.array(
          z.object({ annotations: z.array(z.object({ type: z.string(), description: z.string().optional() })) }),
        ),
      }),
    ),
  }),
);
const playwrightSchema = z.object({
  suites: z.array(playwrightFileSchema),
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
  errors: z.array(z.unknown()),
});

/** Why tests were left out, each reason once. */
function reasonsOf(files: readonly PlaywrightFile[]): string[] {
  const annotations = (file: PlaywrightFile): { type: string; description?: string }[] => [
    ...file.specs.flatMap(({ tests }) => tests.flatMap((test) => test.annotations)),
    ...(file.suites ?? []).flatMap(annotations),
  ];
  const skips = files.flatMap(annotations).filter(({ type }) => type === "skip");
  return [...new Set(skips.map(({ description }) => description ?? "no reason"))];
}

/** Finds a browser for the tests, or installs one; why there is none, otherwise null. */
async function withoutBrowser(write: Write): Promise<SuiteResult | null> {
  try {
    const { executablePath } = await browserLaunchOptions();
    process.env.CHROMIUM = executablePath;
    write(`browser: ${executablePath}\n`);
    return null;
  } catch (error) {
    return broken(String(error), write);
  }
}

/** Pictures of the page's main states, which need no services. */
export async function picturesSuite(write: Write): Promise<SuiteResult> {
  return (await withoutBrowser(write)) ?? playwrightRun(["-c", "playwright.pictures.config.ts"], write);
}

/** The tests in a real browser. */
export async function playwrightSuite(write: Write): Promise<SuiteResult> {
  const none = await withoutBrowser(write);
  if (none) return none;
  const web = join(ROOT, "web");
  const vite = join(web, "node_modules/vite/bin/vite.js");
  // Once, before each shard looks for it.
  const build = (env: Record<string, string>) =>
    execute(process.execPath, [vite, "build"], { cwd: web, env: { ...process.env, ...env } }, write);
  await buildLocalPage(ROOT, async (env) => (await build(env)) ?? 1);
  // Much of a test is waiting for blocks and slots; each shard has a system of its own.
  const kept: string[] = [];
  const shards = await Promise.all([
    playwrightRun(shard(1, 2), write),
    playwrightRun(shard(2, 2), (text) => void kept.push(text)),
  ]);
  write(kept.join(""));
  return {
    passed: shards.reduce((sum, { passed }) => sum + passed, 0),
    failed: shards.reduce((sum, { failed }) => sum + failed, 0),
    skipped: shards.flatMap(({ skipped }) => skipped),
  };
}

const shard = (index: number, of: number) => [`--shard=${index}/${of}`, `--output=test-results/${index}`];

function playwrightRun(more: string[], write: Write): Promise<SuiteResult> {
  return withReport(async (path) => {
    const cli = join(ROOT, "web/node_modules/@playwright/test/cli.js");
    const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: path };
    const args = [cli, "test", "--reporter=list,json", ...more];
    const status = await execute(process.execPath, args, { cwd: join(ROOT, "web"), env }, write);
    const report = reportOf(playwrightSchema, path);
    if (!report) return broken(`playwright gave no report and ended with ${status}`, write);
    const { expected, unexpected, flaky, skipped } = report.stats;
    const failed = unexpected + flaky + report.errors.length;
    return {
      passed: expected,
      failed: failed === 0 && status !== 0 ? 1 : failed,
      skipped: skipped > 0 ? [`${skipped} browser tests: ${reasonsOf(report.suites).join("; ")}`] : [],
    };
  });
}
