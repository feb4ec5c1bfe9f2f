import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { freePort, startAnvil } from "../src/node.ts";

const scripts = fileURLToPath(new URL("../../../scripts", import.meta.url));
const FOUNDRY = join(scripts, "foundry.mjs");
const SOLC = join(scripts, "solc.mjs");
const run = (script: string, args: string[], options = {}) =>
  spawnSync(process.execPath, [script, ...args], { encoding: "utf8", ...options });

describe("foundry.mjs", () => {
  let project: string;

  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), "gridx-forge-"));
    mkdirSync(join(project, "test"));
    writeFileSync(join(project, "foundry.toml"), `[profile.default]\nsolc = "${SOLC}"\nlibs = []\n`);
    const contract = (name: string, body: string) =>
      `// SPDX-License-Identifier: Apache-2.0\npragma solidity 0.8.37;\ncontract ${name} { function test_it() external pure { ${body} } }\n`;
    writeFileSync(join(project, "test/Good.t.sol"), contract("Good", "assert(true);"));
    writeFileSync(join(project, "test/Bad.t.sol"), contract("Bad", "assert(false);"));
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  it("passes forge's exit code on: 0 for tests that pass, another for one that fails", () => {
    const good = run(FOUNDRY, ["forge", "test", "--match-contract", "Good"], { cwd: project });
    expect(good.stdout + good.stderr).toContain("1 tests passed");
    expect(good.status).toBe(0);
    const bad = run(FOUNDRY, ["forge", "test", "--match-contract", "Bad"], { cwd: project });
    expect(bad.stdout + bad.stderr).toContain("1 failed");
    expect(bad.status).toBe(1);
  });

  it("passes on the code of a wrong flag and of a wrong tool", () => {
    expect(run(FOUNDRY, ["forge", "--no-such-flag"]).status).toBe(2);
    const unknown = run(FOUNDRY, ["chisel-of-another-age"]);
    expect(unknown.status).not.toBe(0);
    expect(unknown.stderr).toContain("chisel-of-another-age");
  });
});

describe("anvil", () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });

  const answers = (port: number) =>
    fetch(`http://127.0.0.1:${port}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}',
    }).then(
      (response) => response.ok,
      () => false,
    );
  const until = async (condition: () => Promise<boolean>) => {
    const deadline = Date.now() + 10_000;
    while (!(await condition())) {
      if (Date.now() > deadline) throw new Error("waited for too long");
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  };

  it.each(["SIGTERM", "SIGINT"] as const)("under foundry.mjs ends when that gets %s", async (signal) => {
    const port = await freePort();
    const child = spawn(process.execPath, [FOUNDRY, "anvil", "--silent", "--port", String(port)], { stdio: "ignore" });
    children.push(child);
    await until(() => answers(port));
    child.kill(signal);
    await once(child, "exit");
    expect(await answers(port)).toBe(false);
  });

  it("started from TypeScript answers at once, and is gone after stop", async () => {
    const anvil = await startAnvil({ chainId: 137, timestamp: 1_700_000_000 });
    expect(await answers(anvil.port)).toBe(true);
    await anvil.stop();
    expect(await answers(anvil.port)).toBe(false);
    await anvil.stop();
  });

  it("started from TypeScript ends with the process, even one that does not stop it", async () => {
    const port = await freePort();
    const node = JSON.stringify(new URL("../src/node.ts", import.meta.url).href);
    const code = `const { startAnvil } = await import(${node}); await startAnvil({ port: ${port} }); process.exit(3);`;
    const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", code], {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(status).toBe(3);
    await until(async () => !(await answers(port)));
  });

  it("says what is wrong when it can't start", async () => {
    await expect(startAnvil({ flags: ["--no-such-flag"] })).rejects.toThrow(
      /did not start on port \d+:\n[\s\S]*no-such-flag/,
    );
  });

  it("does not take another chain on its port for itself", async () => {
    const first = await startAnvil();
    const second = startAnvil({ port: first.port }).then(
      (anvil) => anvil.stop().then(() => "started"),
      (error: Error) => error.message,
    );
    expect(await second).toBe(`anvil did not start on port ${first.port}: EADDRINUSE`);
    await first.stop();
  });
});

describe("solc.mjs", () => {
  it("tells its version the way forge reads it", () => {
    const { status, stdout } = run(SOLC, ["--version"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^solc, the solidity compiler commandline interface\nVersion: 0\.8\.37\+commit\.[0-9a-f]{8}\.Linux\.g\+\+\n$/,
    );
  });

  it("compiles standard JSON, and reports errors in it", () => {
    const compile = (content: string) => {
      const input = {
        language: "Solidity",
        sources: { "A.sol": { content } },
        settings: { outputSelection: { "*": { "*": ["abi"] } } },
      };
      const { stdout } = run(SOLC, ["--standard-json"], { input: JSON.stringify(input) });
      return JSON.parse(stdout) as { contracts?: Record<string, unknown>; errors?: { severity: string }[] };
    };
    expect(compile("pragma solidity 0.8.37; contract A {}").contracts).toHaveProperty(["A.sol", "A"]);
    expect(compile("contract A {").errors?.some((error) => error.severity === "error")).toBe(true);
  });

  it("refuses what it does not understand", () => {
    const { status, stderr } = run(SOLC, ["--combined-json", "abi"]);
    expect(status).toBe(2);
    expect(stderr).toContain("--combined-json abi");
  });
});
