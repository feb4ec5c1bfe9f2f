// A week of the simulated neighbourhood in minutes: indexer, forecast service and operator stay as large as they were, and
// in the end chain, households and indexer agree on everything.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ROOT } from "./support/compose.ts";
import { processes, slopeOf } from "./support/memory.ts";
import { pause } from "./support/run.ts";

const LONG = process.env.GRIDX_LONG === "1";
const SLOTS = Number(process.env.GRIDX_SOAK_SLOTS ?? 7 * 96);
const SPEED = Number(process.env.GRIDX_SOAK_SPEED ?? 1800);
/** Part of the time in which caches fill and models are trained for the first time. */
const WARM_UP = 0.3;
/** What each may grow by in a simulated day after that; docs/operations.md states it. */
const MOST_MB_A_DAY = 12;
const PARTS = {
  indexer: /ponder\.js start|indexer\/cli\.ts start/,
  forecast: /src\/server\.ts/,
  operator: /operator\/src\/cli\.ts simulate/,
};
type Part = keyof typeof PARTS;

const directory = mkdtempSync(join(tmpdir(), "gridx-soak-"));
let child: ChildProcess | undefined;
afterAll(async () => {
  if (child && child.exitCode === null) {
    const ended = new Promise((resolve) => child?.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
  }
  rmSync(directory, { recursive: true, force: true });
});

describe.skipIf(!LONG)("a simulated week (GRIDX_LONG=1)", () => {
  it("ends with every check agreeing, and memory that stayed flat", { timeout: 3_600_000 }, async () => {
    const options = ["--headless", "--slots", String(SLOTS), "--speed", String(SPEED), "--days", "2"];
    const args = ["--import", "tsx", "scripts/start.ts", ...options, "--ports", "auto", "--state-dir", directory];
    const started = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    child = started;
    let output = "";
    for (const stream of [started.stdout, started.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-20_000);
      });
    }
    const ended = new Promise<number | null>((resolve) => started.once("exit", resolve));
    const sizes: Record<Part, [seconds: number, mb: number][]> = { indexer: [], forecast: [], operator: [] };
    const began = Date.now();
    let going = true;
    const sampling = (async () => {
      while (going) {
        const all = processes();
        const ours = new Set([started.pid]);
        // Parents come before their children where pids do not wrap; a second look finds what the first missed.
        for (const { pid, parent } of [...all, ...all]) if (ours.has(parent)) ours.add(pid);
        for (const [part, pattern] of Object.entries(PARTS) as [Part, RegExp][]) {
          const found = all.filter(({ pid, command }) => ours.has(pid) && pattern.test(command));
          const mb = found.reduce((sum, { residentMb }) => sum + residentMb, 0);
          if (mb > 0) sizes[part].push([(Date.now() - began) / 1000, mb]);
        }
        await pause(2_000);
      }
    })();
    const code = await ended;
    going = false;
    await sampling;
    expect(code, output).toBe(0);

    const daysASecond = SPEED / 86_400;
    const grown = Object.entries(sizes).map(([part, points]) => {
      const [first = 0, last = 0] = [points[0]?.[0], points.at(-1)?.[0]];
      const warm = points.filter(([at]) => at >= first + (last - first) * WARM_UP);
      const mb = warm.map(([, size]) => size);
      return {
        part,
        mbADay: Math.round((10 * slopeOf(warm)) / daysASecond) / 10,
        from: Math.round(mb[0] ?? 0),
        most: Math.round(Math.max(...mb)),
        to: Math.round(mb.at(-1) ?? 0),
      };
    });
    process.stdout.write(`${JSON.stringify({ seconds: Math.round((Date.now() - began) / 1000), grown })}\n`);
    for (const { part, mbADay } of grown)
      expect(mbADay, `${part}: ${JSON.stringify(grown)}`).toBeLessThan(MOST_MB_A_DAY);
  });
});
