// Follows the CSV file of one house as lines are appended to it.
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { parseCsv } from "../data/csv.ts";
import { intervalOf } from "../data/replay.ts";
import { readingRowSchema } from "../data/rows.ts";
import { exportWhOf } from "../neighbourhood.ts";

export interface SourceReading {
  slot: number;
  exportWh: bigint;
}

export interface SourceNews {
  readings: SourceReading[];
  /** Lines that are no readings, each with file, line and field. */
  problems: string[];
  /** Up to where the file has been read. */
  cursor: number;
}

export class CsvSource {
  readonly #path: string;
  readonly #slotDuration: number;
  #size = -1;

  constructor(path: string, slotDuration: number) {
    this.#path = path;
    this.#slotDuration = slotDuration;
  }

  /** What was appended after the cursor; null if nothing was. A line counts once it has its end. */
  readAfter(cursor: number): SourceNews | null {
    const { size } = statSync(this.#path);
    if (size === this.#size) return null;
    const bytes = readFileSync(this.#path);
    const complete = bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
    const file = basename(this.#path);
    const lines = parseCsv(file, complete, readingRowSchema);
    const timestamps = lines.flatMap((line) => (line.ok ? [line.value.timestamp] : [])).sort((a, b) => a - b);
    if (timestamps.length > 1) {
      const interval = intervalOf([{ name: file.replace(/\.csv$/, ""), timestamps }]);
      if (interval !== this.#slotDuration) {
        throw new Error(`${file}: lines every ${interval} s, but the contract's slots have ${this.#slotDuration} s`);
      }
    }
    this.#size = size;
    // A file that shrank is another file.
    const from = cursor > complete.length ? 0 : cursor;
    const news: SourceNews = { readings: [], problems: [], cursor: complete.length };
    for (const line of lines) {
      if (line.end <= from) continue;
      if (!line.ok) news.problems.push(line.problem);
      else if (line.value.timestamp % this.#slotDuration !== 0) {
        news.problems.push(`${file}, line ${line.line}: timestamp: is not the start of a slot`);
      } else {
        const slot = line.value.timestamp / this.#slotDuration;
        news.readings.push({ slot, exportWh: BigInt(exportWhOf(line.value)) });
      }
    }
    return news.cursor === cursor && news.readings.length === 0 ? null : news;
  }

  /** Reads the file again next time, whether it has grown or not. */
  forget(): void {
    this.#size = -1;
  }
}
