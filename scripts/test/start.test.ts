import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIndexerClient } from "@gridx/indexer/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ROOT } from "../checks.ts";

const readySchema = z.object({
  rpcUrl: z.string(),
  indexerUrl: z.string(),
  forecastUrl: z.string(),
  deployment: z.object({ address: z.string(), runId: z.string() }),
});

const directory = mkdtempSync(join(tmpdir(), "gridx-start-"));
const readyFile = join(directory, "ready.json");

/** Starts as `npm start` does: npm, its shell, and our process below. */
function npmStart(...options: string[]): { child: ChildProcess; output: () => string; ended: Promise<number | null> } {
  const args = [
    "run",
    "start",
    "--ignore-scripts",
    "--",
    "--ports",
    "auto",
    "--state-dir",
    directory,
    "--ready-file",
    readyFile,
  ];
  const child = spawn("npm", [...args, "--headless", ...options], { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => {
      text += chunk;
    });
  const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  return { child, output: () => text, ended };
}

async function ready() {
  for (;;) {
    try {
      return readySchema.parse(JSON.parse(readFileSync(readyFile, "utf8")));
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

const answers = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  );

async function untilSilent(urls: string[]): Promise<string[]> {
  const deadline = Date.now() + 15_000;
  let open = urls;
  while (open.length > 0 && Date.now() < deadline) {
    const still = await Promise.all(open.map(answers));
    open = open.filter((_, index) => still[index]);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return open;
}

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("npm start", () => {
  let first: z.output<typeof readySchema>;

  beforeAll(async () => {
    const run = npmStart("--days", "1");
    first = await Promise.race([ready(), run.ended.then(() => Promise.reject(new Error(run.output())))]);
    const trades = await createIndexerClient(first.indexerUrl).trades({ limit: 1 });
    expect(trades.items).toHaveLength(1);
    expect(run.output()).toContain(first.deployment.address);
    rmSync(readyFile);
    run.child.kill("SIGTERM");
    await run.ended;
  });

  it("ends everything that it started when npm is told to stop", async () => {
    expect(await untilSilent([first.rpcUrl, first.indexerUrl, first.forecastUrl])).toEqual([]);
  });

  it("runs a limited time without the page, agrees with itself, and starts from an empty chain", async () => {
    // Slots pass from before the indexer starts: enough of them that somebody can look at it before the end.
    const run = npmStart("--days", "1", "--slots", "9", "--speed", "450", "--seed", "2");
    const second = await Promise.race([ready(), run.ended.then(() => Promise.reject(new Error(run.output())))]);
    expect(second.deployment.runId).not.toBe(first.deployment.runId);
    const market = await createIndexerClient(second.indexerUrl).market();
    expect(market.runId).toBe(second.deployment.runId);
    expect(await run.ended, run.output()).toBe(0);
    expect(run.output()).toMatch(/ledger head/i);
    expect(await untilSilent([second.rpcUrl, second.indexerUrl, second.forecastUrl])).toEqual([]);
  });
});
