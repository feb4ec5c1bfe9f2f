// What the allocation plan is asked with, and how it is answered.
import { z } from "@hono/zod-openapi";
import { type Island, SHED_REASONS, STATUSES, TIERS } from "./island.ts";

/** The models reach 48 hours from the hour that has begun, and a plan begins with the next one. */
export const MOST_HOURS = 47;
/** Of a plan that is given its slots. */
const MOST_SLOTS = 96;
const MOST_BATTERIES = 10;
const MOST_DECLARATIONS = 24;
/** A GWh, or a GW. */
const MOST = 1e9;

const amount = (what: string) => {
  const advice = `expected ${what} from 0 to ${MOST}`;
  return z.number({ error: advice }).min(0, advice).max(MOST, advice);
};
const whole = (least: number, most: number) => {
  const advice = `expected a whole number from ${least} to ${most}`;
  return z.number({ error: advice }).int(advice).min(least, advice).max(most, advice);
};
const wholeText = (least: number, most: number, usual: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, `expected a whole number from ${least} to ${most}`)
    .default(String(usual))
    .transform(Number)
    .pipe(whole(least, most));

const countOn = z.enum(["lower", "median"]).default("lower");
const options = { reserveHours: [0, 24, 4], declarations: [1, MOST_DECLARATIONS, 4] } as const;

export const planQuerySchema = z.object({
  hours: wholeText(1, MOST_HOURS, 24),
  countOn: countOn.openapi({
    description: "`lower`: solar that comes true nine times in ten; `median`: as often less as more",
  }),
  reserveHours: wholeText(...options.reserveHours).openapi({
    description: "Batteries keep what critical loads lack over so many hours to come",
  }),
  declarations: wholeText(...options.declarations).openapi({
    description: "How often the allowances may change, at most",
  }),
  storedWh: z
    .string()
    .regex(/^\d{1,9}(,\d{1,9})*$/, "expected whole numbers of Wh, by commas")
    .transform((text) => text.split(",").map(Number))
    .default([])
    .openapi({
      type: "string",
      description: "What each battery holds, in the order of `BATTERIES`; one that is not told counts as at its floor",
    }),
});
export type PlanQuery = z.output<typeof planQuerySchema>;

const batteryFields = {
  name: z.string().min(1).max(64),
  capacityWh: amount("Wh"),
  floorWh: amount("Wh").default(0).openapi({ description: "It is not discharged below this" }),
  chargeWatts: amount("W"),
  dischargeWatts: amount("W"),
  roundTripEfficiency: z.number().min(0.1, "expected 0.1 to 1").max(1, "expected 0.1 to 1"),
};
const aboveCapacity = "must not be above capacityWh";
const atMostTen = <T extends z.ZodType>(battery: T) =>
  z.array(battery).max(MOST_BATTERIES, `expected at most ${MOST_BATTERIES} batteries`);
const batterySchema = z
  .object({ ...batteryFields, storedWh: amount("Wh") })
  .refine(({ storedWh, capacityWh }) => storedWh <= capacityWh, { path: ["storedWh"], error: aboveCapacity })
  .refine(({ floorWh, capacityWh }) => floorWh <= capacityWh, { path: ["floorWh"], error: aboveCapacity });

/** The batteries of a community as its operator configures them: what they hold is told with each question. */
export const batteryKindsSchema = atMostTen(
  z
    .object(batteryFields)
    .refine(({ floorWh, capacityWh }) => floorWh <= capacityWh, { path: ["floorWh"], error: aboveCapacity }),
);
export type BatteryKind = z.output<typeof batteryKindsSchema>[number];

const tiersOf = <T extends z.ZodType>(schema: T) => z.object({ critical: schema, essential: schema, normal: schema });

export const planRequestSchema = z
  .object({
    startsAt: z.iso.datetime({ offset: true, error: "expected an ISO 8601 time with an offset" }),
    slotSeconds: whole(60, 86_400).default(3600),
    slots: z
      .array(
        z.object({
          solarWh: z.object({ lower: amount("Wh"), median: amount("Wh") }),
          loadWh: tiersOf(amount("Wh")),
        }),
      )
      .min(1, `expected 1 to ${MOST_SLOTS} slots`)
      .max(MOST_SLOTS, `expected 1 to ${MOST_SLOTS} slots`),
    households: tiersOf(whole(0, 1_000_000)),
    batteries: atMostTen(batterySchema).default([]),
    countOn,
    reserveHours: whole(0, 24).default(options.reserveHours[2]),
    declarations: whole(1, MOST_DECLARATIONS).default(options.declarations[2]),
  })
  .openapi("AllocationRequest");
export type PlanRequest = z.output<typeof planRequestSchema>;

export function islandOf({ startsAt, slots, declarations: _, ...rest }: PlanRequest): Island {
  const first = Math.floor(Date.parse(startsAt) / 1000);
  return { ...rest, slots: slots.map((slot, index) => ({ ...slot, startsAt: first + index * rest.slotSeconds })) };
}

const wh = z.number().min(0);
const moment = z.iso.datetime();

export const planSchema = z
  .object({
    status: z.enum(STATUSES),
    summary: z.string(),
    slotSeconds: z.number().int(),
    countOn: z.enum(["lower", "median"]),
    slots: z.array(
      z.object({
        startsAt: moment,
        solarWh: wh,
        servedWh: tiersOf(wh),
        shedWh: tiersOf(wh),
        curtailedWh: wh,
        chargedWh: wh,
        dischargedWh: wh,
        storedWh: wh.openapi({ description: "In all batteries at the slot's end" }),
        reserveWh: wh.openapi({ description: "What batteries should be able to give at the slot's end" }),
        reserveShortWh: wh,
      }),
    ),
    shed: z.array(
      z.object({
        startsAt: moment,
        tier: z.enum(TIERS),
        shedWh: wh,
        reason: z.enum(SHED_REASONS),
        explanation: z.string(),
      }),
    ),
    declarations: z
      .array(
        z.object({
          startsAt: moment.openapi({ description: "When to send it" }),
          normalWhPerSlot: z.string(),
          essentialWhPerSlot: z.string(),
          endsAt: z.number().int().openapi({ description: "Unix seconds" }),
          priceCap: z
            .string()
            .nullable()
            .openapi({ description: "Highest price that with the fee is within the retail price" }),
        }),
      )
      .openapi({ description: "Arguments of `declareEmergency`, per slot of the contract, but for its reason" }),
    degraded: z.boolean(),
    reason: z
      .string()
      .nullable()
      .openapi({ description: "Why the forecasts that it is made of are less than they could be" }),
  })
  .openapi("AllocationPlan");
