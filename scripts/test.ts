// Runs everything that must pass and ends with one line: `N passed, N failed`.
import { writeFileSync } from "node:fs";
import { runChecks } from "./checks.ts";
import { forgeSuite, playwrightSuite, type SuiteResult, vitestSuite } from "./test/suites.ts";

const long = process.argv.includes("--long");
const only = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
// Tests that take minutes look for this.
if (long) process.env.GRIDX_LONG = "1";
const say = (text: string) => process.stdout.write(`${text}\n`);

const SUITES: [name: string, run: () => SuiteResult | Promise<SuiteResult>][] = [
  ["checks", async () => ({ ...(await runChecks(say)), skipped: [] })],
  ["solidity", () => forgeSuite(long)],
  ["contracts", () => vitestSuite("contracts", long)],
  ["indexer", () => vitestSuite("indexer", long)],
  ["forecast", () => vitestSuite("forecast", long)],
  ["operator", () => vitestSuite("operator", long)],
  ["web", () => vitestSuite("web", long)],
  ["scripts", () => vitestSuite("scripts", long)],
  ["end to end", () => playwrightSuite()],
];

let passed = 0;
let failed = 0;
const skipped: string[] = [];
const rows: string[] = [];
for (const [name, run] of SUITES) {
  if (only.length > 0 && !only.includes(name)) continue;
  say(`\n── ${name} ──`);
  const started = Date.now();
  const result = await run();
  passed += result.passed;
  failed += result.failed;
  skipped.push(...result.skipped);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  rows.push(
    `${name.padEnd(12)} ${String(result.passed).padStart(5)} passed ${String(result.failed).padStart(3)} failed ${seconds.padStart(7)} s`,
  );
}
say(`\n${rows.join("\n")}`);
for (const name of skipped) say(`skipped: ${name}`);
if (skipped.length > 0) say(`${skipped.length} skipped`);
const verdict = `${passed} passed, ${failed} failed`;
say(verdict);
if (process.env.GRIDX_TEST_SUMMARY) writeFileSync(process.env.GRIDX_TEST_SUMMARY, `${verdict}\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
