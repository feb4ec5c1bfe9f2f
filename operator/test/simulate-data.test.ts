import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { freshChain, play, root } from "./support/simulation.ts";

describe("a simulation of data", () => {
  test("replays data to their end, tells their faults, and says when an indexer disagrees", async () => {
    const folder = join(root, "data");
    const hours = 24 * 3;
    writeData(folder, hours);
    // Two weeks after the middle of the third day: twelve hours are left to play.
    const now = Date.UTC(2026, 2, 18, 12) / 1000;
    const options = { days: 2, now, dataDir: folder };
    const chain = await freshChain(options);
    expect(chain.plan.slotDuration).toBe(3600);
    const indexer = createServer((request, response) => {
      const data = request.url?.startsWith("/api/audit")
        ? {
            blockNumber: 10_000,
            facts: 1,
            headOnChain: zeroHead,
            headRecomputed: zeroHead,
            equal: true,
            firstMismatch: null,
          }
        : { items: [], nextCursor: null };
      response.end(JSON.stringify({ data, error: null, timestamp: new Date().toISOString() }));
    });
    await new Promise<void>((resolve) => indexer.listen(0, "127.0.0.1", resolve));
    const indexerUrl = `http://127.0.0.1:${(indexer.address() as AddressInfo).port}`;
    const { summary, events } = await play(chain, { ...options, speed: 3600 * 5, slots: 1000, indexerUrl });
    indexer.close();
    expect(events.find((event) => event.event === "note" && event.kind === "gap")).toMatchObject({
      house: "a",
      kind: "gap",
      hours: 2,
    });
    expect(events.filter(({ event }) => event === "ended")).toHaveLength(1);
    const refused = events.filter((event) => event.event === "warning" && event.message.includes("AboveCapacity"));
    expect(refused).toHaveLength(2);
    expect(summary?.readingsRejected).toBe(2);
    expect(summary?.readingsAttested).toBe(2 * (hours - 12) - 2 - 2);
    expect(summary?.trades).toBeGreaterThan(0);
    expect(summary?.indexer).toMatchObject({ headEqual: false });
    expect(summary?.ok).toBe(false);
    expect(summary?.checks.filter(({ ok }) => !ok).map(({ name }) => name)).toContain("the indexer answers");
  });
});

const zeroHead = `0x${"00".repeat(32)}`;

/** Two houses: one with a gap and twice more than its panels can give, one that always lacks something. */
function writeData(folder: string, hours: number): void {
  const start = Date.UTC(2026, 2, 2);
  const text = (row: (hour: number) => string | null) => {
    const rows = Array.from({ length: hours }, (_, hour) => row(hour)).map((values, hour) =>
      values === null ? "" : `${new Date(start + hour * 3_600_000).toISOString()},${values}\n`,
    );
    return `timestamp,production_kwh,consumption_kwh\n${rows.join("")}`;
  };
  const light = (hour: number) => (hour % 24 < 12 ? 2 + (hour % 7) / 10 : 0);
  mkdir(folder);
  writeFileSync(
    join(folder, "houses.csv"),
    "house,pv_kw,latitude,longitude,timezone\na,4,18.5,73.9,Asia/Kolkata\nb,1,18.5,73.9,Asia/Kolkata\n",
  );
  const strange = (hour: number) => hour === 30 || hour === 60;
  writeFileSync(
    join(folder, "a.csv"),
    text((hour) => (hour === 20 || hour === 21 ? null : `${strange(hour) ? 9 : light(hour)},0.5${hour % 10}`)),
  );
  writeFileSync(
    join(folder, "b.csv"),
    text((hour) => `${light(hour) / 4},1.${hour % 97}`),
  );
}

function mkdir(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
}
