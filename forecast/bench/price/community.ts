// A community out of a folder: `houses.csv`, a file of each house, and `grid.csv` with the retail price of each hour.
import { join } from "node:path";
import { readCsv } from "@gridx/operator/data/csv";
import { readHouse, readHouses } from "@gridx/operator/data/rows";
import { z } from "zod";

/** What one home's meters said about an hour, gross. */
export interface Reading {
  productionWh: number;
  consumptionWh: number;
}

export interface Hour {
  /** Unix seconds. */
  startsAt: number;
  retailPerKwh: bigint;
  /** Grams CO2e per kWh of the grid, where the data say it. */
  gridGramsPerKwh: number | null;
  /** By house, in the order of `houses`; null where a house has no reading. */
  readings: (Reading | null)[];
}

export interface Community {
  houses: string[];
  hours: Hour[];
}

/** Prices of the data are dollars; the token has six decimals. */
export const TOKEN_DECIMALS = 6;

const gridRow = z.object({
  timestamp: z.string().transform((text) => Date.parse(text) / 1000),
  retail_price_usd_per_kwh: z
    .string()
    .transform((text) => BigInt(Math.round(Number(text) * 10 ** TOKEN_DECIMALS)))
    .refine((price) => price > 0n, "is no price"),
  carbon_intensity_kg_per_kwh: z.string().transform(Number).optional(),
});

export function readCommunity(folder: string): Community {
  const houses = readHouses(folder).map(({ name }) => name);
  const series = houses.map((name) => new Map(readHouse(folder, name).map((row) => [row.timestamp, row] as const)));
  const hours = readCsv(join(folder, "grid.csv"), gridRow).map(
    (row): Hour => ({
      startsAt: row.timestamp,
      retailPerKwh: row.retail_price_usd_per_kwh,
      gridGramsPerKwh: row.carbon_intensity_kg_per_kwh === undefined ? null : row.carbon_intensity_kg_per_kwh * 1000,
      readings: series.map((rows) => {
        const reading = rows.get(row.timestamp);
        return reading ? { productionWh: reading.productionWh, consumptionWh: reading.consumptionWh } : null;
      }),
    }),
  );
  return { houses, hours: hours.sort((a, b) => a.startsAt - b.startsAt) };
}
