// `npm run bench load` with fewer requests: a hundred connections at once, and none is let down.
import { spawn } from "node:child_process";
import { describe, expect, it } from "vitest";
import { ROOT } from "./support/compose.ts";
import { hasProgram } from "./support/run.ts";

const LONG = process.env.GRIDX_LONG === "1";

describe.skipIf(!LONG || !hasProgram("ab"))("load (GRIDX_LONG=1, with ab)", () => {
  it("of 100 connections at once is carried without a failure", { timeout: 900_000 }, async () => {
    const args = ["--import", "tsx", "ops/bench/load.ts", "--requests", "1000", "--trades", "10000"];
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (output += part));
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect(output).toMatch(/; 0 failures\n$/);
    expect(code, output).toBe(0);
  });
});
