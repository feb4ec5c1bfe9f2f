// The tables as Drizzle sees them; `migrations/` makes them, and a test compares the two. A house is the lower-case address
// of its first meter; times are Unix seconds where they belong to readings, `timestamptz` where they belong to the service.
import { bigint, doublePrecision, integer, pgTable, primaryKey, smallint, text, timestamp } from "drizzle-orm/pg-core";

const seconds = (name: string) => bigint(name, { mode: "number" }).notNull();
const energy = seconds;
const moment = (name: string) => timestamp(name, { withTimezone: true }).notNull();

export const deployment = pgTable("deployment", { key: text().primaryKey() });

export const houseState = pgTable("house_state", {
  house: text().primaryKey(),
  revision: integer().notNull().default(0),
  epoch: integer().notNull().default(0),
  deletedBefore: seconds("deleted_before").default(0),
});

export const houseProfile = pgTable("house_profile", {
  house: text().primaryKey(),
  capacityWatts: integer("capacity_watts"),
  tiltDegrees: doublePrecision("tilt_degrees"),
  azimuthDegrees: doublePrecision("azimuth_degrees"),
  latitude: doublePrecision().notNull(),
  longitude: doublePrecision().notNull(),
  timeZone: text("time_zone").notNull(),
  updatedAt: moment("updated_at"),
});

const readingColumns = {
  house: text().notNull(),
  start: seconds("start"),
  lengthSeconds: integer("length_seconds").notNull(),
  productionWh: energy("production_wh"),
  consumptionWh: energy("consumption_wh"),
  temperatureCentiCelsius: smallint("temperature_centi_celsius"),
  version: integer().notNull(),
  revision: integer().notNull(),
  receivedAt: moment("received_at"),
};

export const reading = pgTable("reading", readingColumns, (table) => [
  primaryKey({ columns: [table.house, table.start] }),
]);

export const readingVersion = pgTable(
  "reading_version",
  { ...readingColumns, replacedAt: moment("replaced_at") },
  (table) => [primaryKey({ columns: [table.house, table.start, table.revision] })],
);

export const communityHour = pgTable(
  "community_hour",
  {
    start: seconds("start"),
    tier: text({ enum: ["all", "none", "normal", "essential", "critical"] }).notNull(),
    homes: integer().notNull(),
    productionWh: energy("production_wh"),
    consumptionWh: energy("consumption_wh"),
    capacityWatts: bigint("capacity_watts", { mode: "number" }).notNull(),
    publishedOrder: bigint("published_order", { mode: "number" }).generatedAlwaysAsIdentity(),
  },
  (table) => [primaryKey({ columns: [table.start, table.tier] })],
);

export const forecastIssued = pgTable("forecast_issued", {
  id: bigint({ mode: "number" }).generatedAlwaysAsIdentity().primaryKey(),
  subject: text().notNull(),
  target: text({ enum: ["load", "pv"] }).notNull(),
  model: text().notNull(),
  origin: seconds("origin"),
  issuedAt: moment("issued_at"),
  degraded: text(),
  pointWh: doublePrecision("point_wh").array().notNull(),
  lowerWh: doublePrecision("lower_wh").array().notNull(),
  upperWh: doublePrecision("upper_wh").array().notNull(),
});

export const score = pgTable("score", {
  forecastId: bigint("forecast_id", { mode: "number" }).primaryKey(),
  subject: text().notNull(),
  target: text({ enum: ["load", "pv"] }).notNull(),
  model: text().notNull(),
  origin: seconds("origin"),
  hours: integer().notNull(),
  intervalHours: integer("interval_hours").notNull(),
  coveredHours: integer("covered_hours").notNull(),
  absoluteErrorWh: doublePrecision("absolute_error_wh").notNull(),
  squareError: doublePrecision("square_error").notNull(),
  pinballWh: doublePrecision("pinball_wh").notNull(),
  actualWh: doublePrecision("actual_wh").notNull(),
});

export const trainedModel = pgTable("trained_model", {
  key: text().primaryKey(),
  format: text().notNull(),
  until: seconds("until"),
  trained: text().notNull(),
});

export const countedHome = pgTable("counted_home", { house: text().primaryKey(), series: text().notNull() });

export const session = pgTable("session", {
  tokenHash: text("token_hash").primaryKey(),
  address: text().notNull(),
  expiresAt: moment("expires_at"),
});

export const nonce = pgTable("nonce", { nonce: text().primaryKey(), expiresAt: moment("expires_at") });
