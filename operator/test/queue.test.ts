import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { type QueuedReading, ReadingQueue } from "../src/relay/queue.ts";

const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "gridx-queue-"));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const reading = (slot: number): Omit<QueuedReading, "seq"> => ({
  meter: `0x${slot.toString(16).padStart(40, "0")}`,
  slot,
  exportWh: BigInt(slot) * 2n ** 40n,
  signature: `0x${"ab".repeat(65)}`,
});

const slotsOf = (queue: ReadingQueue): number[] => queue.pending.map(({ slot }) => slot);

describe("reading queue", () => {
  test("behaves as a list in memory, across reopening and compaction", () => {
    const command = fc.oneof(
      fc.record({ kind: fc.constant("put" as const), count: fc.integer({ min: 0, max: 5 }) }),
      fc.record({ kind: fc.constant("done" as const), picks: fc.array(fc.nat(20), { maxLength: 6 }) }),
      fc.record({ kind: fc.constant("reopen" as const) }),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 25 }), fc.integer({ min: 1, max: 20 }), (commands, compactAfter) => {
        const folder = newFolder();
        let queue = new ReadingQueue(folder, { compactAfter });
        let model: { seq: number; slot: number }[] = [];
        let [next, cursor] = [0, 0];
        for (const step of commands) {
          if (step.kind === "put") {
            const slots = Array.from({ length: step.count }, (_, index) => next + index);
            cursor += step.count;
            queue.put(slots.map(reading), { house: cursor });
            model.push(...slots.map((slot) => ({ seq: slot, slot })));
            next += step.count;
          } else if (step.kind === "done") {
            const seqs = step.picks.flatMap((pick) => model[pick]?.seq ?? []);
            queue.done(seqs);
            model = model.filter(({ seq }) => !seqs.includes(seq));
          } else {
            queue.close();
            queue = new ReadingQueue(folder, { compactAfter });
          }
          expect(queue.pending.map(({ seq, slot }) => ({ seq, slot }))).toEqual(model);
          expect(queue.cursors.house ?? 0).toBe(cursor);
        }
        queue.close();
      }),
      { numRuns: 60 },
    );
  });

  test("cut off at any byte, holds exactly the lines that were whole, and goes on", () => {
    const folder = newFolder();
    const queue = new ReadingQueue(folder);
    const states: { bytes: number; slots: number[]; cursor: number }[] = [{ bytes: 0, slots: [], cursor: 0 }];
    const keep = () => {
      const bytes = readFileSync(queue.path).length;
      states.push({ bytes, slots: slotsOf(queue), cursor: queue.cursors.a ?? 0 });
    };
    queue.put([reading(1), reading(2), reading(3)], { a: 10 });
    keep();
    queue.done([1]);
    keep();
    queue.put([reading(4)], { a: 20 });
    keep();
    queue.done([0, 3]);
    keep();
    queue.close();
    const whole = readFileSync(queue.path);
    const torn = newFolder();
    for (let length = 0; length <= whole.length; length += 1) {
      writeFileSync(join(torn, "readings.jsonl"), whole.subarray(0, length));
      const reopened = new ReadingQueue(torn);
      const expected = states.filter(({ bytes }) => bytes <= length).at(-1);
      expect(slotsOf(reopened)).toEqual(expected?.slots);
      expect(reopened.cursors.a ?? 0).toBe(expected?.cursor);
      reopened.put([reading(9)]);
      reopened.close();
      const again = new ReadingQueue(torn);
      expect(slotsOf(again)).toEqual([...(expected?.slots ?? []), 9]);
      again.close();
    }
  });

  test("zeros that a crash left at the end are cut off; damage before the end is an error", () => {
    const folder = newFolder();
    const queue = new ReadingQueue(folder);
    queue.put([reading(1)]);
    queue.close();
    appendFileSync(queue.path, Buffer.alloc(100));
    const reopened = new ReadingQueue(folder);
    expect(slotsOf(reopened)).toEqual([1]);
    reopened.put([reading(2)]);
    reopened.close();
    const text = readFileSync(queue.path, "utf8");
    writeFileSync(queue.path, text.replace('"slot":1', '"slot":x'));
    expect(() => new ReadingQueue(folder)).toThrow(/line 1: damaged/);
    writeFileSync(queue.path, text);
    new ReadingQueue(folder).close();
  });

  test("is held by one process at a time", () => {
    const folder = newFolder();
    const queue = new ReadingQueue(folder);
    expect(() => new ReadingQueue(folder)).toThrow(`process ${process.pid} works on this queue`);
    queue.close();
    writeFileSync(join(folder, "readings.lock"), "999999999");
    new ReadingQueue(folder).close();
  });
});
