// Everything that is kept of a home, for its owner to take away; read and sent a page at a time.
import type { House } from "../chain/registry.ts";
import type { Database } from "../database/database.ts";
import { type Range, readForecasts, readProfile, readReadings, readVersions } from "./home-data.ts";

const PAGE = 2_000;
const ALL = { from: 0, to: Number.MAX_SAFE_INTEGER };

type Stored = Awaited<ReturnType<typeof readReadings>>[number];

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");

async function* pages(db: Database, house: House): AsyncGenerator<Stored[]> {
  for (let range: Range = ALL; ; ) {
    const rows = await readReadings(db, house, range, PAGE);
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    range = { ...ALL, from: last.start + 1 };
  }
}

export const presentReading = (
  row: Pick<Stored, "start" | "lengthSeconds" | "productionWh" | "consumptionWh" | "version"> & {
    temperatureCentiCelsius: number | null;
  },
) => ({
  start: iso(row.start),
  lengthSeconds: row.lengthSeconds,
  productionWh: row.productionWh,
  consumptionWh: row.consumptionWh,
  temperatureCelsius: row.temperatureCentiCelsius === null ? null : row.temperatureCentiCelsius / 100,
  version: row.version,
});

export async function* exportCsv(db: Database, house: House): AsyncGenerator<string> {
  yield "timestamp,length_seconds,production_kwh,consumption_kwh,temperature_c,version\n";
  for await (const rows of pages(db, house)) {
    const lines = rows.map((row) => {
      const { start, lengthSeconds, productionWh, consumptionWh, temperatureCelsius, version } = presentReading(row);
      const energy = [productionWh, consumptionWh].map((wattHours) => (wattHours / 1000).toFixed(3));
      return [start, lengthSeconds, ...energy, temperatureCelsius ?? "", version].join(",");
    });
    yield `${lines.join("\n")}\n`;
  }
}

export async function* exportJson(db: Database, house: House): AsyncGenerator<string> {
  const { id, meter, owner, capacityWatts, tier } = house;
  const profile = await readProfile(db, house.id);
  yield `{"house":${JSON.stringify({ id, meter, owner, capacityWatts, tier })},"profile":${JSON.stringify(profile)},"readings":[`;
  let first = true;
  const listed = (items: unknown[]): string => {
    const text = items.map((item) => JSON.stringify(item)).join(",\n");
    const separator = first || text === "" ? "" : ",\n";
    if (text !== "") first = false;
    return separator + text;
  };
  for await (const rows of pages(db, house)) yield listed(rows.map(presentReading));
  yield '],"replaced":[';
  first = true;
  for (let range: Range = ALL; ; ) {
    const rows = await readVersions(db, house, range, PAGE);
    // A page may end within one interval's versions; that interval is read again as a whole.
    const last = rows.at(-1);
    const whole = rows.length < PAGE ? rows : rows.filter(({ start }) => start !== last?.start);
    yield listed(whole.map((row) => ({ ...presentReading(row), replacedAt: row.replacedAt.toISOString() })));
    if (!last || rows.length < PAGE) break;
    range = { ...ALL, from: last.start };
  }
  yield '],"forecasts":[';
  first = true;
  for (let after = 0; ; ) {
    const rows = await readForecasts(db, house, after, 200);
    yield listed(rows.map(({ forecast, score }) => ({ ...forecast, origin: iso(forecast.origin), score })));
    const last = rows.at(-1);
    if (!last) break;
    after = last.forecast.id;
  }
  yield "]}\n";
}
