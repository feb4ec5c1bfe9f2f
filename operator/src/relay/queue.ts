// Signed readings on disk until the chain has them: an append-only file of JSON lines, one line a change, each on the
// disk before it counts. A crash can only tear the last line, which no prefix of makes valid JSON; it is cut off.
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { SignedReading } from "@gridx/contracts";
import type { Address, Hex } from "viem";
import { z } from "zod";
import { lockFolder } from "./lock.ts";

/** Lines of readings that are done, after which the file is written anew. */
const COMPACT_AFTER = 5_000;

/** A signed reading with the meter that signed it. */
export interface QueuedReading extends SignedReading {
  seq: number;
  meter: Address;
}

/** Where a source was read up to, by its name. */
export type Cursors = Record<string, number>;

const seq = z.number().int().nonnegative();
const cursors = z.record(z.string(), z.number().int().nonnegative());
const readingSchema = z.object({
  seq,
  meter: z.string().transform((text) => text as Address),
  slot: seq,
  exportWh: z.string().regex(/^\d+$/).transform(BigInt),
  signature: z.string().transform((text) => text as Hex),
});
const lineSchema = z.union([
  z.object({ put: z.array(readingSchema), cursors }),
  z.object({ done: z.array(seq) }),
  z.object({ next: seq, cursors }),
]);

const encode = (value: unknown): string =>
  `${JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? inner.toString() : inner))}\n`;

export class ReadingQueue {
  readonly path: string;
  readonly #pending = new Map<number, QueuedReading>();
  readonly #unlock: () => void;
  readonly #compactAfter: number;
  #cursors: Cursors = {};
  #next = 0;
  #file: number;
  #dropped = 0;

  /** Opens the queue of a folder, which one process at a time may hold. */
  constructor(folder: string, { name = "readings", compactAfter = COMPACT_AFTER } = {}) {
    this.#compactAfter = compactAfter;
    mkdirSync(folder, { recursive: true });
    this.path = join(folder, `${name}.jsonl`);
    this.#unlock = lockFolder(folder, name);
    try {
      if (existsSync(this.path)) this.#load();
      this.#file = openSync(this.path, "a");
      if (this.#dropped > this.#compactAfter) this.#compact();
    } catch (error) {
      this.#unlock();
      throw error;
    }
  }

  /** Readings that wait, in the order in which they came. */
  get pending(): readonly QueuedReading[] {
    return [...this.#pending.values()];
  }

  get size(): number {
    return this.#pending.size;
  }

  get cursors(): Readonly<Cursors> {
    return this.#cursors;
  }

  /** Keeps readings, and how far their sources were read, in one line: both or neither survive a crash. */
  put(readings: readonly Omit<QueuedReading, "seq">[], cursors: Cursors = {}): void {
    if (readings.length === 0 && Object.keys(cursors).length === 0) return;
    const put = readings.map((reading, index) => ({ ...reading, seq: this.#next + index }));
    this.#append(encode({ put, cursors }));
    this.#apply({ put, cursors });
  }

  /** Forgets readings that the chain has, or has refused for good. */
  done(seqs: readonly number[]): void {
    const done = seqs.filter((item) => this.#pending.has(item));
    if (done.length === 0) return;
    this.#append(encode({ done }));
    this.#apply({ done });
    if (this.#dropped > this.#compactAfter) this.#compact();
  }

  close(): void {
    closeSync(this.#file);
    this.#unlock();
  }

  #append(line: string): void {
    const { size } = fstatSync(this.#file);
    try {
      writeFileSync(this.#file, line);
      fsyncSync(this.#file);
    } catch (error) {
      // A full disk must not leave half a line for the next one to be glued to.
      ftruncateSync(this.#file, size);
      throw error;
    }
  }

  #apply(line: z.output<typeof lineSchema>): void {
    if ("next" in line) {
      this.#next = Math.max(this.#next, line.next);
      this.#cursors = { ...this.#cursors, ...line.cursors };
    } else if ("done" in line) {
      for (const item of line.done) this.#pending.delete(item);
      this.#dropped += line.done.length;
    } else {
      for (const reading of line.put) {
        this.#pending.set(reading.seq, reading);
        this.#next = Math.max(this.#next, reading.seq + 1);
      }
      this.#cursors = { ...this.#cursors, ...line.cursors };
    }
  }

  #load(): void {
    const bytes = readFileSync(this.path);
    let start = 0;
    for (let number = 1; start < bytes.length; number += 1) {
      const end = bytes.indexOf(0x0a, start);
      const parsed = end < 0 ? null : parseLine(bytes.toString("utf8", start, end));
      if (!parsed) {
        if (end >= 0 && end < bytes.length - 1)
          throw new Error(`${this.path}, line ${number}: damaged, and not by a crash`);
        truncateSync(this.path, start);
        return;
      }
      this.#apply(parsed);
      start = end + 1;
    }
  }

  /** Writes what is left to a new file that takes the place of the old one at once. */
  #compact(): void {
    const temporary = `${this.path}.new`;
    const file = openSync(temporary, "w");
    const text = encode({ next: this.#next, cursors: this.#cursors }) + encode({ put: this.pending, cursors: {} });
    writeFileSync(file, text);
    fsyncSync(file);
    closeSync(file);
    closeSync(this.#file);
    renameSync(temporary, this.path);
    syncFolder(dirname(this.path));
    this.#file = openSync(this.path, "a");
    this.#dropped = 0;
  }
}

function parseLine(text: string): z.output<typeof lineSchema> | null {
  try {
    return lineSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** A rename is on the disk once its folder is; Windows has no such call and needs none. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  fsyncSync(handle);
  closeSync(handle);
}
