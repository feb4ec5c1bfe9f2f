// Follows the CSV file of one house as lines are appended to it.
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { parseCsvLines } from "../data/csv.ts";
import { readingRowSchema } from "../data/rows.ts";
import { exportWhOf } from "../neighbourhood.ts";

export interface SourceReading {
  slot: number;
  exportWh: bigint;
  productionWh: number;
  consumptionWh: number;
}

export interface SourceNews {
  readings: SourceReading[];
  /** Lines that are no readings, each with file, line and field. */
  problems: string[];
  /** Up to where the file has been read. */
  cursor: number;
}

/** So many gaps between rows tell a file of longer intervals from one with a few holes. */
const ENOUGH_GAPS = 8;

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
    // A file that shrank is another file.
    const lines = parseCsvLines(file, complete, readingRowSchema, cursor > complete.length ? 0 : cursor);
    const news: SourceNews = { readings: [], problems: [], cursor: complete.length };
    for (const line of lines) {
      if (!line.ok) news.problems.push(line.problem);
      else if (line.value.timestamp % this.#slotDuration !== 0) {
        news.problems.push(`${file}, line ${line.line}: timestamp: is not the start of a slot`);
      } else {
        const slot = line.value.timestamp / this.#slotDuration;
        const { productionWh, consumptionWh } = line.value;
        news.readings.push({ slot, exportWh: BigInt(exportWhOf(line.value)), productionWh, consumptionWh });
      }
    }
    if (cursor === 0) this.#requireSpacing(news.readings.map(({ slot }) => slot));
    this.#size = size;
    return news.cursor === cursor && news.readings.length === 0 ? null : news;
  }

  /** Rows of an hour in slots of a quarter would sell an hour's energy as a quarter's. */
  #requireSpacing(slots: readonly number[]): void {
    const ordered = [...new Set(slots)].sort((a, b) => a - b);
    const gaps = ordered.slice(1).map((slot, index) => slot - (ordered[index] ?? slot));
    if (gaps.length < ENOUGH_GAPS || Math.min(...gaps) === 1) return;
    const seconds = Math.min(...gaps) * this.#slotDuration;
    throw new Error(
      `${basename(this.#path)}: its rows are ${seconds} s apart or more, the contract's slots ${this.#slotDuration} s; ` +
        "give readings of the contract's slots",
    );
  }

  /** Reads the file again next time, whether it has grown or not. */
  forget(): void {
    this.#size = -1;
  }
}
