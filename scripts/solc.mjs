#!/usr/bin/env node
// forge wants a native `solc`. This puts the compiler from npm (the same emscripten build that
// explorers verify with) behind the part of solc's command line that forge uses.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const solc = createRequire(import.meta.url)("solc");
const args = process.argv.slice(2);

if (args.includes("--version")) {
  const version = solc.version().replace(/\.Emscripten.*$/, "");
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${version}.Linux.g++\n`);
} else if (args.includes("--standard-json")) {
  process.stdout.write(solc.compile(readFileSync(0, "utf8")));
} else {
  process.stderr.write(`solc.mjs: only --version and --standard-json are understood, got: ${args.join(" ")}\n`);
  process.exitCode = 2;
}
