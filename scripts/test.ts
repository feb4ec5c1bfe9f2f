// Runs everything that must pass and ends with one line: `N passed, N failed`.
import { writeFileSync } from "node:fs";
import { runChecks } from "./checks.ts";
import {
  forgeSuite,
  picturesSuite,
  playwrightSuite,
  type SuiteResult,
  vitestSuite,
  type Write,
} from "./test/suites.ts";

const long = process.argv.includes("--long");
const only = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
// Tests that take minutes look for this.
if (long) process.env.GRIDX_LONG = "1";

interface Suite {
  name: string;
  run: (write: Write) => Promise<SuiteResult>;
}
const vitest = (name: string): Suite => ({ name, run: (write) => vitestSuite(name, long, write) });
const CHECKS: Suite = {
  name: "checks",
  run: async (write) => ({ ...(await runChecks((text) => write(`${text}\n`))), skipped: [] }),
};
const SOLIDITY: Suite = { name: "solidity", run: (write) => forgeSuite(long, write) };
const PICTURES: Suite = { name: "pictures", run: picturesSuite };
const BROWSER: Suite = { name: "end to end", run: playwrightSuite };

/**
 * One stage after the other; the lanes of a stage run at once, the suites of a lane in order. The checks compile what
 * others use; the indexer's tests wait most of their time; browser tests measure what a user waits for.
 */
const STAGES: Suite[][][] = [
  [[CHECKS]],
  [[SOLIDITY, ...["contracts", "forecast", "operator", "web", "scripts", "ops"].map(vitest)], [vitest("indexer")]],
  [[PICTURES, BROWSER]],
];

let passed = 0;
let failed = 0;
const skipped: string[] = [];
const rows: string[] = [];
const stdout: Write = (text) => void process.stdout.write(text);

async function runSuite({ name, run }: Suite, isAlone: boolean): Promise<void> {
  const started = Date.now();
  const kept: string[] = [];
  // What runs beside another is shown when it has ended.
  if (isAlone) stdout(`\n── ${name} ──\n`);
  else stdout(`\n(${name} begins)\n`);
  const result = await run(isAlone ? stdout : (text) => void kept.push(text));
  if (!isAlone) stdout(`\n── ${name} ──\n${kept.join("")}`);
  passed += result.passed;
  failed += result.failed;
  skipped.push(...result.skipped);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  rows.push(
    `${name.padEnd(12)} ${String(result.passed).padStart(5)} passed ${String(result.failed).padStart(3)} failed ${seconds.padStart(7)} s`,
  );
}

const started = Date.now();
const isWanted = ({ name }: Suite) => only.length === 0 || only.includes(name);
for (const stage of STAGES) {
  const lanes = stage.map((lane) => lane.filter(isWanted)).filter((lane) => lane.length > 0);
  await Promise.all(
    lanes.map(async (lane) => {
      for (const suite of lane) await runSuite(suite, lanes.length === 1);
    }),
  );
}
stdout(`\n${rows.join("\n")}\nall together ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
for (const name of skipped) stdout(`skipped: ${name}\n`);
if (skipped.length > 0) stdout(`${skipped.length} skipped\n`);
const verdict = `${passed} passed, ${failed} failed`;
stdout(`${verdict}\n`);
if (process.env.GRIDX_TEST_SUMMARY) writeFileSync(process.env.GRIDX_TEST_SUMMARY, `${verdict}\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
