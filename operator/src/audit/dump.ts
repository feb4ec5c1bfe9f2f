// Logs kept in a file: a header of fixed length that is written anew after each page, then one log a line.
import {
  closeSync,
  copyFileSync,
  createReadStream,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";
import { createInterface } from "node:readline";
import type { BookLog } from "@gridx/contracts/books";
import type { Hex } from "viem";
import { z } from "zod";
import { CannotCheck } from "./patient.ts";

const HEADER_BYTES = 512;

const headerSchema = z.object({
  format: z.literal("gridx-logs-1"),
  chainId: z.number().int(),
  contract: z.string(),
  startBlock: z.number().int(),
  /** All logs up to this block are in the file. */
  block: z.number().int(),
  hash: z.string(),
  /** How many, and the length of the file with them; what comes after was cut off while it was written. */
  logs: z.number().int(),
  bytes: z.number().int(),
});
export type DumpHeader = z.output<typeof headerSchema>;

const logText = z
  .string()
  .regex(/^0x[0-9a-f]*$/)
  .transform((text) => text as Hex);
const lineSchema = z.tuple([z.number(), z.number(), logText, z.number(), z.array(logText), logText]);

const lineOf = ({ blockNumber, timestamp, transactionHash, logIndex, topics, data }: BookLog): string =>
  `${JSON.stringify([blockNumber, timestamp, transactionHash, logIndex, topics, data])}\n`;

export function readHeader(file: string): DumpHeader {
  try {
    const descriptor = openSync(file, "r");
    const bytes = Buffer.alloc(HEADER_BYTES);
    readSync(descriptor, bytes, 0, HEADER_BYTES, 0);
    closeSync(descriptor);
    return headerSchema.parse(JSON.parse(bytes.toString("utf8")));
  } catch (cause) {
    throw new CannotCheck(`${file} is no dump of logs`, { cause });
  }
}

/** Logs of a dump in pages, of the blocks after one and up to another. */
export async function* dumpedLogs(
  file: string,
  header: DumpHeader,
  { after, upTo }: { after: number; upTo: number },
): AsyncGenerator<BookLog[]> {
  const end = header.bytes - 1;
  if (header.logs === 0) return;
  const lines = createInterface({ input: createReadStream(file, { start: HEADER_BYTES, end }) });
  let page: BookLog[] = [];
  let count = 0;
  for await (const line of lines) {
    const [blockNumber, timestamp, transactionHash, logIndex, topics, data] = lineSchema.parse(JSON.parse(line));
    count += 1;
    if (blockNumber > upTo) return yield page;
    if (blockNumber <= after) continue;
    page.push({ blockNumber, timestamp, transactionHash, logIndex, topics, data });
    if (page.length < 5_000) continue;
    yield page;
    page = [];
  }
  yield page;
  if (count !== header.logs) throw new CannotCheck(`${file} has ${count} logs, its header says ${header.logs}`);
}

/** A dump that grows. */
export class Dump {
  #descriptor: number;
  header: DumpHeader;

  /** Begins a file, or goes on with `from`, which may be the same file. */
  constructor(file: string, header: DumpHeader, from?: string) {
    if (existsSync(file) && from !== file) {
      throw new CannotCheck(`${file} exists; to go on with it, give it as --from too`);
    }
    if (from !== undefined && from !== file) copyFileSync(from, file);
    this.#descriptor = openSync(file, from === undefined ? "w+" : "r+");
    this.header = from === undefined ? { ...header, logs: 0, bytes: HEADER_BYTES } : header;
    if (from !== undefined) ftruncateSync(this.#descriptor, header.bytes);
    this.#writeHeader();
  }

  add(logs: readonly BookLog[], block: number, hash: Hex): void {
    let { bytes } = this.header;
    // In parts: one text of a whole page may be too long.
    for (let from = 0; from < logs.length; from += 1_000) {
      const text = logs
        .slice(from, from + 1_000)
        .map(lineOf)
        .join("");
      bytes += writeSync(this.#descriptor, text, bytes);
    }
    this.header = { ...this.header, block, hash, logs: this.header.logs + logs.length, bytes };
    fsyncSync(this.#descriptor);
    this.#writeHeader();
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #writeHeader(): void {
    writeSync(this.#descriptor, `${JSON.stringify(this.header).padEnd(HEADER_BYTES - 1)}\n`, 0);
  }
}
