import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { freshChain, KEY, NOW, root } from "./support/simulation.ts";

type Chain = Awaited<ReturnType<typeof freshChain>>;

/** Runs the command on a chain; once it has written `until`, it is told to stop. */
function run(chain: Chain, args: string[], until?: string) {
  return command(chain, ["simulate", "--state-dir", root, "--days", "1", ...args], until);
}

function command({ deployment, rpcUrl }: Chain, [name = "", ...args]: string[], until?: string, key: string = KEY) {
  const file = join(root, `${deployment.runId}.json`);
  writeFileSync(file, JSON.stringify(deployment));
  return new Promise<{ code: number | null; out: string; err: string; stopped: number }>((resolve) => {
    const common = ["--deployment", file, "--rpc-url", rpcUrl];
    const child = spawn(process.execPath, ["--import", "tsx", "src/cli.ts", name, ...common, ...args], {
      cwd: join(import.meta.dirname, ".."),
      env: { ...process.env, OPERATOR_PRIVATE_KEY: key },
    });
    let [out, err, told] = ["", "", 0];
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
      if (until === undefined || told > 0 || !out.includes(until)) return;
      told = Date.now();
      child.kill("SIGTERM");
    });
    child.stderr.on("data", (chunk: Buffer) => {
      err += chunk.toString();
    });
    child.once("exit", (code) => resolve({ code, out, err, stopped: Date.now() - told }));
  });
}

describe("simulate, as a command", () => {
  test("ends cleanly when told to, at any time, and names what is wrong", async () => {
    const chain = await freshChain();
    const late = await run(chain, ["--now", String(NOW - 86_400 * 9)]);
    expect([late.code, late.out]).toEqual([1, ""]);
    expect(late.err).toContain("is past the start of the history");
    const fast = await run(chain, ["--now", String(NOW), "--speed", "100000"]);
    expect(fast.err).toContain("go slower");
    const ended = await run(chain, ["--now", String(NOW), "--block-time", "1"], '"event":"live"');
    expect(ended.code).toBe(0);
    expect(ended.err).toBe("");
    expect(ended.stopped).toBeLessThan(2000);
    for (const text of ended.out.trim().split("\n")) expect(JSON.parse(text)).toHaveProperty("event");
  });

  test.each(["registered", "live"])(
    "fails if slots were asked for and it was stopped before a verdict (%s)",
    async (event) => {
      const ended = await run(await freshChain(), ["--now", String(NOW), "--slots", "50"], `"event":"${event}"`);
      expect([ended.code, ended.err]).toEqual([1, ""]);
      expect(ended.out).not.toContain('"event":"summary"');
    },
  );
});

describe("clear, as a command", () => {
  test("deals with what is due once, tells it as JSON lines, and ends cleanly when told to", async () => {
    const chain = await freshChain();
    await chain.client.increaseTime({ seconds: 2 * chain.deployment.slotDuration });
    await chain.client.mine({ blocks: 1 });
    const once = await command(chain, ["clear", "--state-dir", root, "--once"]);
    expect([once.code, once.err]).toEqual([0, ""]);
    const lines = once.out.trim().split("\n");
    expect(lines.length).toBeGreaterThan(1);
    for (const text of lines) expect(JSON.parse(text)).toMatchObject({ event: "nothing", asks: 0, bids: 0 });
    const ended = await command(chain, ["clear", "--dry-run"], '"event":"planned"');
    expect([ended.code, ended.err]).toEqual([0, ""]);
    expect(ended.stopped).toBeLessThan(2000);
  });

  test.each([
    [["--grace", "soon"], "--grace: expected a whole number, not soon"],
    [["--most-trades", "0"], "--most-trades: 1 to 400, not 0"],
    [["--confirmations", "0"], "--confirmations: 1 to 1000, not 0"],
  ])("names the option and its limits: %s", async (args, message) => {
    const wrong = await command({ deployment: { runId: "none" }, rpcUrl: "http://127.0.0.1:1" } as Chain, [
      "clear",
      ...args,
    ]);
    expect([wrong.code, wrong.err.trim()]).toEqual([1, message]);
  });

  test("needs no key for a dry run, and for all else", async () => {
    const chain = await freshChain();
    const dry = await command(chain, ["clear", "--once", "--dry-run"], undefined, "");
    expect([dry.code, dry.err]).toEqual([0, ""]);
    const wet = await command(chain, ["clear", "--state-dir", root, "--once"], undefined, "");
    expect([wet.code, wet.err.includes("OPERATOR_PRIVATE_KEY")]).toEqual([1, true]);
  });
});
