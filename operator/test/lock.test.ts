import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lockFolder } from "../src/relay/lock.ts";

const LOCK = join(import.meta.dirname, "../src/relay/lock.ts");
let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gridx-lock-"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const read = (path: string) =>
  JSON.parse(readFileSync(path, "utf8")) as { pid: number; started: string; booted: number };

/** A process that runs code in which `lockFolder` and `folder` are there. */
function run(code: string): ChildProcess {
  const text = `import { existsSync, writeFileSync } from "node:fs"; import { join } from "node:path";
    import { lockFolder } from ${JSON.stringify(LOCK)}; const folder = ${JSON.stringify(folder)}; ${code}`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", text], {
    stdio: ["ignore", "pipe", "inherit"],
    cwd: join(import.meta.dirname, ".."),
  });
  children.push(child);
  return child;
}

describe("the lock of a folder", () => {
  test("is this process's once, though a lock of its number may be an earlier one's", () => {
    const path = join(folder, "queue.lock");
    const unlock = lockFolder(folder, "queue");
    expect(() => lockFolder(folder, "queue")).toThrow(`process ${process.pid} works on this queue`);
    const own = readFileSync(path, "utf8");
    unlock();
    expect(existsSync(path)).toBe(false);
    // A container that was killed leaves the number that its next start has.
    writeFileSync(path, own);
    lockFolder(folder, "queue")();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("is another's while that one runs, and no longer if its number has gone to a new process", async () => {
    const path = join(folder, "queue.lock");
    const other = run(`lockFolder(folder, "queue"); console.log("locked"); setInterval(() => {}, 1000);`);
    await once(other.stdout ?? other, "data");
    const lock = read(path);
    expect(lock.pid).toBe(other.pid);
    expect(() => lockFolder(folder, "queue")).toThrow(`process ${other.pid} works on this queue`);
    const earlier = { ...lock, started: lock.started && `${lock.started}0`, booted: lock.booted - 86_400 };
    writeFileSync(path, JSON.stringify(earlier));
    lockFolder(folder, "queue")();
    writeFileSync(path, JSON.stringify({ ...earlier, started: null }));
    lockFolder(folder, "queue")();
    writeFileSync(path, JSON.stringify({ ...lock, started: null }));
    expect(() => lockFolder(folder, "queue")).toThrow("works on this queue");
    other.kill("SIGKILL");
    await once(other, "exit");
    writeFileSync(path, JSON.stringify(lock));
    lockFolder(folder, "queue")();
  });

  test("of a dead process goes to exactly one of those who want it at the same time", async () => {
    const rounds = 300;
    for (let round = 0; round < rounds; round += 1) {
      mkdirSync(join(folder, String(round)));
      // Every other round finds the leftover of a takeover that a crash cut short, too.
      const stale = JSON.stringify({ pid: 999_999_999, started: null, booted: 0 });
      writeFileSync(join(folder, String(round), "queue.lock"), stale);
      if (round % 2) writeFileSync(join(folder, String(round), "queue.lock.takeover"), stale);
    }
    const starters = [0, 1, 2].map((id) =>
      run(`
        writeFileSync(join(folder, "ready${id}"), "");
        while (![0, 1, 2].every((other) => existsSync(join(folder, "ready" + other))));
        const start = Math.ceil(Date.now() / 200) * 200 + 200;
        const won = [];
        for (let round = 0; round < ${rounds}; round += 1) {
          while (Date.now() < start + round * 4);
          try { lockFolder(join(folder, String(round)), "queue"); won.push(round); } catch {}
        }
        console.log(JSON.stringify(won));
        // Nobody's lock is stale while the others still try.
        writeFileSync(join(folder, "done${id}"), "");
        while (![0, 1, 2].every((other) => existsSync(join(folder, "done" + other))));`),
    );
    const outputs = await Promise.all(
      starters.map(async (child) => {
        let text = "";
        child.stdout?.on("data", (chunk: Buffer) => {
          text += chunk.toString();
        });
        await once(child, "exit");
        return JSON.parse(text) as number[];
      }),
    );
    const winners = outputs.flat().sort((a, b) => a - b);
    expect(winners).toEqual(Array.from({ length: rounds }, (_, round) => round));
  });
});
