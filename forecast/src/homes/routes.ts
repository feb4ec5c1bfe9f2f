import { createRoute, z } from "@hono/zod-openapi";
import { stream } from "hono/streaming";
import type { Clock } from "../chain/clock.ts";
import type { ChainRegistry, House } from "../chain/registry.ts";
import type { Database } from "../database/database.ts";
import { success } from "../envelope.ts";
import { ISSUED_DESCRIPTION, issuedAnswer, issuedQuery, issuedSchema } from "../forecasts/issued-answer.ts";
import type { NamedModel } from "../forecasts/model-set.ts";
import { badRequest } from "../http/api-error.ts";
import { addressSchema, answers, jsonContent, newRouter } from "../http/router.ts";
import { stretchOf } from "../http/stretch.ts";
import type { Guard } from "../session/guard.ts";
import { exportCsv, exportJson, presentReading } from "./export.ts";
import { countReadings, deleteHome, readProfile, readReadings, readVersions, writeProfile } from "./home-data.ts";

const MAX_ROWS = 3_000;
const LIMIT = `expected a whole number from 1 to ${MAX_ROWS}`;

export interface HomeContext {
  db: Database;
  registry: Pick<ChainRegistry, "read">;
  clock: Clock;
  guard: Guard;
  /** What the service runs, the best first. */
  models: readonly NamedModel[];
  /** Called when a home's data were deleted or its profile changed. */
  onChange: (house: string) => void;
}

const degrees = (least: number, most: number) => {
  const limits = `expected ${least} to ${most} degrees`;
  return z.number(limits).min(least, limits).max(most, limits);
};

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
};

export const profileSchema = z
  .object({
    capacityWatts: z
      .int("expected whole watts from 0 to 4,000,000")
      .min(0, "expected whole watts from 0 to 4,000,000")
      .max(4_000_000, "expected whole watts from 0 to 4,000,000")
      .nullable()
      .default(null)
      .openapi({ description: "Of the panels; null takes the contract's" }),
    tiltDegrees: degrees(0, 90).nullable().default(null).openapi({ description: "From horizontal" }),
    azimuthDegrees: degrees(0, 359.999).nullable().default(null).openapi({ description: "Clockwise from north" }),
    latitude: degrees(-90, 90),
    longitude: degrees(-180, 180),
    timeZone: z.string().max(64).refine(isTimeZone, "expected an IANA time zone, such as Asia/Kolkata"),
  })
  .openapi("HouseProfile");

const readingSchema = z
  .object({
    start: z.iso.datetime(),
    lengthSeconds: z.number(),
    productionWh: z.number(),
    consumptionWh: z.number(),
    temperatureCelsius: z.number().nullable(),
    version: z.number(),
  })
  .openapi("Reading");

const homeSchema = z
  .object({
    houseId: z.string().openapi({ description: "Address of its first meter" }),
    meter: z.string(),
    capacityWatts: z.number(),
    active: z.boolean(),
    tier: z.enum(["none", "normal", "essential", "critical"]),
    profile: profileSchema.nullable(),
    readings: z.number(),
    from: z.iso.datetime().nullable(),
    to: z.iso.datetime().nullable(),
  })
  .openapi("Home");

const params = z.object({ houseId: addressSchema.openapi({ type: "string" }) });
const time = z.iso.datetime({ offset: true, error: "expected an ISO 8601 time with an offset" });
const OWNER = [400, 401, 403, 404, 429, 503] as const;

const listRoute = createRoute({
  method: "get",
  path: "/homes",
  summary: "The caller's homes",
  responses: answers(z.array(homeSchema), "Homes that the wallet owns", 401, 429, 503),
});

const putProfileRoute = createRoute({
  method: "put",
  path: "/homes/{houseId}/profile",
  summary: "Say where a home is and how its panels lie",
  request: { params, body: { ...jsonContent(profileSchema, "The profile"), required: true } },
  responses: answers(profileSchema, "The profile as kept", ...OWNER),
});

const readingsRoute = createRoute({
  method: "get",
  path: "/homes/{houseId}/readings",
  summary: "A home's readings, oldest first",
  request: {
    params,
    query: z.object({
      from: time.optional(),
      to: time.optional().openapi({ description: "Exclusive" }),
      replaced: z
        .enum(["true", "false"])
        .default("false")
        .openapi({ description: "What corrections replaced instead" }),
      limit: z.coerce.number(LIMIT).int(LIMIT).min(1, LIMIT).max(MAX_ROWS, LIMIT).default(1_000),
    }),
  },
  responses: answers(
    z.object({ readings: z.array(readingSchema), more: z.boolean() }),
    "Readings; where there are more, ask from after the last one's start",
    ...OWNER,
  ),
});

const issuedRoute = createRoute({
  method: "get",
  path: "/homes/{houseId}/forecasts",
  summary: "What was forecast of a home before each hour began",
  description: ISSUED_DESCRIPTION,
  request: { params, query: issuedQuery },
  responses: answers(issuedSchema, "The hours that were forecast", ...OWNER),
});

const exportRoute = createRoute({
  method: "get",
  path: "/homes/{houseId}/export",
  summary: "Everything that is kept of a home, as a file",
  request: { params, query: z.object({ format: z.enum(["json", "csv"]).default("json") }) },
  responses: {
    ...answers(z.unknown(), "", ...OWNER),
    200: { description: "JSON of everything, or CSV of the readings", content: { "text/csv": { schema: z.string() } } },
  },
});

const deleteRoute = createRoute({
  method: "delete",
  path: "/homes/{houseId}/data",
  summary: "Delete everything that is kept of a home",
  description: "Readings, profile, forecasts and scores. Readings of the time before are not taken in again.",
  request: { params },
  responses: answers(z.object({ deletedReadings: z.number() }), "What is gone", ...OWNER),
});

const iso = (seconds: number | null) => (seconds === null ? null : new Date(seconds * 1000).toISOString());
const secondsOf = (text: string | undefined, otherwise: number) =>
  text === undefined ? otherwise : Date.parse(text) / 1000;

export function homeRoutes({ db, registry, clock, guard, models, onChange }: HomeContext) {
  const present = async (house: House) => {
    const [profile, counted] = await Promise.all([readProfile(db, house.id), countReadings(db, house)]);
    const { id: houseId, meter, capacityWatts, active, tier } = house;
    const { readings, from, to } = counted;
    return { houseId, meter, capacityWatts, active, tier, profile, readings, from: iso(from), to: iso(to) };
  };
  return newRouter()
    .openapi(listRoute, async (c) => {
      const { address } = await guard.session(c);
      const homes = (await registry.read()).ownedBy(address);
      return c.json(success(await Promise.all(homes.map(present))), 200);
    })
    .openapi(putProfileRoute, async (c) => {
      const house = await guard.ownHome(c, c.req.valid("param").houseId);
      const profile = c.req.valid("json");
      await writeProfile(db, house.id, profile);
      onChange(house.id);
      return c.json(success(profile), 200);
    })
    .openapi(readingsRoute, async (c) => {
      const house = await guard.ownHome(c, c.req.valid("param").houseId);
      const { from, to, replaced, limit } = c.req.valid("query");
      const range = { from: Math.ceil(secondsOf(from, 0)), to: Math.ceil(secondsOf(to, Number.MAX_SAFE_INTEGER)) };
      if (range.from > range.to) throw badRequest("from", "must not be after `to`");
      const rows = await (replaced === "true" ? readVersions : readReadings)(db, house, range, limit + 1);
      return c.json(success({ readings: rows.slice(0, limit).map(presentReading), more: rows.length > limit }), 200);
    })
    .openapi(issuedRoute, async (c) => {
      const house = await guard.ownHome(c, c.req.valid("param").houseId);
      const { target, ...asked } = c.req.valid("query");
      const { start, end } = await stretchOf(clock, asked);
      const stretch = { since: house.ownerSince, from: start, to: end };
      const answer = await issuedAnswer({ db, models, subject: house.id, scope: "home", target, ...stretch });
      return c.json(success(answer), 200);
    })
    .openapi(deleteRoute, async (c) => {
      const house = await guard.ownHome(c, c.req.valid("param").houseId);
      const { readings } = await deleteHome(db, house.id, await clock.now());
      onChange(house.id);
      return c.json(success({ deletedReadings: readings }), 200);
    })
    .openapi(exportRoute, async (c) => {
      const house = await guard.ownHome(c, c.req.valid("param").houseId);
      const { format } = c.req.valid("query");
      const [type, text] =
        format === "csv"
          ? ["text/csv; charset=utf-8", exportCsv(db, house)]
          : ["application/json", exportJson(db, house)];
      c.header("content-type", type);
      c.header("content-disposition", `attachment; filename="gridx-${house.id}.${format}"`);
      return stream(c, async (out) => {
        for await (const part of text) await out.write(part);
      });
    });
}
