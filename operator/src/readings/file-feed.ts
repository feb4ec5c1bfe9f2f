// Sends what meters' CSV files gain to the forecast service. The files are the queue: what was sent ends at a cursor that
// is kept on disk, and what is sent twice changes nothing.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployment, MeteredReading } from "@gridx/contracts";
import type { LocalAccount } from "viem";
import { z } from "zod";
import { CsvSource } from "../relay/source.ts";
import { ForecastClient, MAX_READINGS } from "./forecast-client.ts";

const cursorsSchema = z.record(z.string(), z.int().nonnegative());

export type FeedEvent =
  | { event: "metered"; accepted: number; corrected: number; rejected: number }
  | { event: "warning"; message: string };

export interface FileFeedOptions {
  url: string;
  deployment: Deployment;
  folder: string;
  stateDir: string;
  meters: ReadonlyMap<string, LocalAccount>;
  emit: (event: FeedEvent) => void;
  signal: AbortSignal;
}

export class FileFeed {
  readonly #options: FileFeedOptions;
  readonly #client: ForecastClient;
  readonly #path: string;
  readonly #cursors: Record<string, number>;
  readonly #sources: { house: string; meter: LocalAccount; source: CsvSource }[];
  #down = false;

  constructor(options: FileFeedOptions) {
    const { url, deployment, folder, stateDir, meters, signal } = options;
    this.#options = options;
    this.#client = new ForecastClient(url, deployment, signal);
    // A cursor means nothing to another contract's service.
    this.#path = join(stateDir, `forecast-${deployment.runId ?? deployment.address.toLowerCase()}.json`);
    this.#cursors = readCursors(this.#path);
    this.#sources = [...meters].map(([house, meter]) => ({
      house,
      meter,
      source: new CsvSource(join(folder, `${house}.csv`), deployment.slotDuration),
    }));
  }

  /** Sends what is new; false where something could not be sent, which is tried again the next time. */
  async advance(): Promise<boolean> {
    const { emit, signal } = this.#options;
    let [accepted, corrected, rejected] = [0, 0, 0];
    let complete = true;
    for (const { house, meter, source } of this.#sources) {
      try {
        const news = source.readAfter(this.#cursors[house] ?? 0);
        if (!news) continue;
        const readings = news.readings.map((reading) => meteredOf(reading, this.#options.deployment.slotDuration));
        for (let index = 0; index < readings.length; index += MAX_READINGS) {
          const received = await this.#client.send([{ meter, readings: readings.slice(index, index + MAX_READINGS) }]);
          accepted += received.accepted;
          corrected += received.corrected;
          rejected += received.rejected.length;
          for (const { message } of received.rejected.slice(0, 3)) {
            emit({ event: "warning", message: `${house}: the forecast service refuses a reading: ${message}` });
          }
        }
        this.#cursors[house] = news.cursor;
        this.#save();
        this.#down = false;
      } catch (error) {
        source.forget();
        complete = false;
        // One warning an outage.
        if (!this.#down && !signal.aborted) {
          emit({ event: "warning", message: `${house}: ${error instanceof Error ? error.message : String(error)}` });
        }
        this.#down = true;
      }
    }
    if (accepted + corrected + rejected > 0) emit({ event: "metered", accepted, corrected, rejected });
    return complete;
  }

  #save(): void {
    writeFileSync(`${this.#path}.new`, JSON.stringify(this.#cursors));
    renameSync(`${this.#path}.new`, this.#path);
  }
}

export const meteredOf = (
  { slot, productionWh, consumptionWh }: { slot: number; productionWh: number; consumptionWh: number },
  slotDuration: number,
): MeteredReading => ({
  start: slot * slotDuration,
  lengthSeconds: slotDuration,
  productionWh,
  consumptionWh,
  temperatureCentiCelsius: null,
  version: 1,
});

function readCursors(path: string): Record<string, number> {
  try {
    return cursorsSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new Error(`${path} holds no cursors; remove it to send all readings again`, { cause: error });
  }
}
