// Homes' hours as the models take them, kept in memory and brought up to date by what has changed in the database.
import { eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { House } from "../chain/registry.ts";
import { type CommunityHour, readCommunityHours } from "../community/hours.ts";
import type { Database } from "../database/database.ts";
import { houseState } from "../database/schema.ts";
import { Together } from "../database/together.ts";
import { readProfile } from "../homes/home-data.ts";
import { HOUR_SECONDS, type HouseSeries } from "../series/house-series.ts";
import { wholeHourZone } from "./whole-hour-zone.ts";

/** How much of the past models see. */
const KEPT_HOURS = 400 * 24;
/** Homes that are kept in memory, about 150 kB each. */
const MOST_HOMES = 1_000;

const EPOCH_MS = 1_000;

/** Where the community lies, to some ten kilometres: for homes that have not said where they are, and for their sum. */
export interface Place {
  latitude: number;
  longitude: number;
  timeZone: string;
}

interface KeptHome {
  revision: number;
  epoch: number;
  ownerSince: number;
  hours: Map<number, Hour>;
  series: HouseSeries;
  hasProfile: boolean;
  wallZone: string;
}

interface Hour {
  productionWh: number;
  consumptionWh: number;
}

export interface HomeSeries {
  series: HouseSeries;
  /** The clock on the wall. */
  wallZone: string;
  /** False where the community's place stands in for the home's. */
  hasProfile: boolean;
  /** Grows with each deletion and each change of the profile. */
  epoch: number;
}

const integer = z.union([z.number(), z.string()]).transform(Number).pipe(z.int());
const hourRows = z.object({
  rows: z.array(z.object({ hour: integer, production_wh: integer, consumption_wh: integer, seconds: integer })),
});

export class SeriesStore {
  readonly #db: Database;
  readonly place: Place;
  readonly #epochs = new Map<string, { epoch: Promise<number>; until: number }>();
  readonly #homes = new Map<string, KeptHome>();
  readonly #reads = new Together();
  #community: { published: number; series: HouseSeries } | null = null;

  constructor(db: Database, place: Place) {
    this.#db = db;
    this.place = place;
  }

  /**
   * What deletions and changes of the profile have come to; part of the name under which a home's answers are kept. Of what
   * another replica did it knows a second later.
   */
  async epochOf(house: string): Promise<number> {
    const known = this.#epochs.get(house);
    if (known && known.until > performance.now()) return known.epoch;
    const epoch = this.#db
      .select({ epoch: houseState.epoch })
      .from(houseState)
      .where(eq(houseState.house, house))
      .then(([state]) => state?.epoch ?? 0);
    this.#epochs.set(house, { epoch, until: performance.now() + EPOCH_MS });
    epoch.catch(() => this.#epochs.delete(house));
    return epoch;
  }

  /** To be called when a home's data were deleted or its profile changed here. */
  changed(house: string): void {
    this.#epochs.delete(house);
  }

  /** A home's hours since it is its owner's. */
  async home(house: House): Promise<HomeSeries> {
    const read = await this.#reads.read(`${house.id}/${house.ownerSince}`, () => this.#home(house));
    // One that was on its way may be of before a deletion that is known by now.
    const epoch = (await this.#epochs.get(house.id)?.epoch) ?? 0;
    return read.epoch >= epoch ? read : this.#home(house);
  }

  async #home(house: House): Promise<HomeSeries> {
    const [state] = await this.#db.select().from(houseState).where(eq(houseState.house, house.id));
    const { revision = 0, epoch = 0, deletedBefore = 0 } = state ?? {};
    const before = this.#homes.get(house.id);
    const isSame = before !== undefined && before.epoch === epoch && before.ownerSince === house.ownerSince;
    if (isSame && before.revision === revision) return { ...before };
    const hours = isSame ? before.hours : new Map<number, Hour>();
    await this.#readHours(house, isSame ? before.revision : -1, hours);
    const profile = await readProfile(this.#db, house.id);
    const place = profile ?? this.place;
    const series: HouseSeries = {
      // What models learnt of a former owner's life, or of deleted readings, is another home's.
      id: `${house.id}/${Math.max(house.ownerSince, deletedBefore)}`,
      capacityWatts: profile?.capacityWatts ?? house.capacityWatts,
      latitude: place.latitude,
      longitude: place.longitude,
      ...arraysOf(hours),
      timeZone: place.timeZone,
      ...(profile?.tiltDegrees != null && { tiltDegrees: profile.tiltDegrees }),
      ...(profile?.azimuthDegrees != null && { azimuthDegrees: profile.azimuthDegrees }),
    };
    series.timeZone = wholeHourZone(place.timeZone, series.startSeconds);
    const kept: KeptHome = {
      revision,
      epoch,
      ownerSince: house.ownerSince,
      hours,
      series,
      wallZone: place.timeZone,
      hasProfile: profile !== null,
    };
    this.#homes.delete(house.id);
    for (const oldest of this.#homes.keys()) {
      if (this.#homes.size < MOST_HOMES) break;
      this.#homes.delete(oldest);
    }
    this.#homes.set(house.id, kept);
    return { ...kept };
  }

  /** Reads the hours that have changed since a revision: all of them for -1. */
  async #readHours(house: House, since: number, hours: Map<number, Hour>): Promise<void> {
    const hour = sql.raw(`start - start % ${HOUR_SECONDS}`);
    const changed =
      since < 0
        ? sql``
        : sql`AND ${hour} IN (SELECT ${hour} FROM reading WHERE house = ${house.id} AND revision > ${since})`;
    const { rows } = hourRows.parse(
      await this.#db.execute(sql`
        SELECT ${hour} AS hour, sum(production_wh) AS production_wh, sum(consumption_wh) AS consumption_wh,
          sum(length_seconds) AS seconds
        FROM reading WHERE house = ${house.id} AND start >= ${house.ownerSince} ${changed}
        GROUP BY 1
      `),
    );
    for (const row of rows) {
      if (row.seconds !== HOUR_SECONDS) hours.delete(row.hour);
      else hours.set(row.hour, { productionWh: row.production_wh, consumptionWh: row.consumption_wh });
    }
  }

  /**
   * The community's hours, of what has been published alone: so no forecast of it can give more away than that. Each is the
   * mean of the homes that contributed times the homes of the newest hour. Hours never change: they are read again when there are more.
   */
  async community(newest: CommunityHour & { published: number }): Promise<HouseSeries> {
    const before = this.#community;
    if (before && before.published === newest.published) return before.series;
    const series = await this.#readCommunity(newest);
    this.#community = { published: newest.published, series };
    return series;
  }

  async #readCommunity(newest: CommunityHour): Promise<HouseSeries> {
    const from = newest.start - KEPT_HOURS * HOUR_SECONDS;
    const rows = await readCommunityHours(this.#db, "all", from, newest.start + 1, KEPT_HOURS + 1);
    const hours = new Map(
      rows.map(({ start, homes, productionWh, consumptionWh }) => {
        const scale = newest.homes / homes;
        return [start, { productionWh: productionWh * scale, consumptionWh: consumptionWh * scale }];
      }),
    );
    const arrays = arraysOf(hours);
    const { latitude, longitude } = this.place;
    const timeZone = wholeHourZone(this.place.timeZone, arrays.startSeconds);
    return { id: "community", capacityWatts: newest.capacityWatts, latitude, longitude, timeZone, ...arrays };
  }
}

/** Hours in a row from the first to the last, NaN where one is not known. */
function arraysOf(hours: ReadonlyMap<number, Hour>) {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const hour of hours.keys()) [first, last] = [Math.min(first, hour), Math.max(last, hour)];
  if (hours.size === 0) return { startSeconds: 0, loadWh: new Float64Array(), pvWh: new Float64Array() };
  const length = Math.min(KEPT_HOURS, (last - first) / HOUR_SECONDS + 1);
  const startSeconds = last - (length - 1) * HOUR_SECONDS;
  const [loadWh, pvWh] = [new Float64Array(length).fill(Number.NaN), new Float64Array(length).fill(Number.NaN)];
  for (const [hour, { productionWh, consumptionWh }] of hours) {
    const index = (hour - startSeconds) / HOUR_SECONDS;
    if (index < 0) continue;
    loadWh[index] = consumptionWh;
    pvWh[index] = productionWh;
  }
  return { startSeconds, loadWh, pvWh };
}
