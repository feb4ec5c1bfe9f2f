import { createRoute, z } from "@hono/zod-openapi";
import { errorEnvelopeSchema } from "./envelope.ts";
import { answers, jsonContent } from "./http/router.ts";
import { MAX_DEMAND_KWH } from "./price.ts";

const LIMITS = `expected a number of kWh from 0 to ${MAX_DEMAND_KWH}`;

export const priceRequestSchema = z
  .object({ demandKwh: z.number({ error: LIMITS }).min(0, LIMITS).max(MAX_DEMAND_KWH, LIMITS).openapi({ example: 3 }) })
  .openapi("PriceRequest");

const amount = z.string().regex(/^-?\d+\.\d{2}$/);

export const priceSchema = z
  .object({
    demandKwh: z.number(),
    pricePerKwh: amount.openapi({ example: "5.00", description: "In `currency` per kWh" }),
    currency: z.string().openapi({ example: "INR" }),
    tier: z.enum(["low", "base", "high"]),
    base: amount.openapi({ example: "5.00" }),
    step: amount.openapi({ example: "0.00", description: "What the tier adds to the base" }),
    rule: z.string().openapi({ example: "demand from 2 to 4 kWh: base 5.00" }),
  })
  .openapi("Price");

const state = <T extends string>(status: T) => z.object({ status: z.literal(status) });

export const healthRoute = createRoute({
  method: "get",
  path: "/health",
  summary: "Whether the process runs",
  responses: { 200: jsonContent(state("ok"), "The process runs") },
});

export const readyRoute = createRoute({
  method: "get",
  path: "/ready",
  summary: "Whether requests are answered",
  responses: {
    200: jsonContent(state("ready"), "Requests are answered"),
    503: jsonContent(errorEnvelopeSchema, "Database or chain can't be asked"),
  },
});

const DESCRIPTION = "Price per kWh for a demand: a base, lowered below one threshold and raised above another.";

export const priceRoute = createRoute({
  method: "post",
  path: "/price",
  summary: "Price of a demand",
  description: DESCRIPTION,
  request: { body: { ...jsonContent(priceRequestSchema, "Demand to price"), required: true } },
  responses: answers(priceSchema, "The price", 400, 413, 429),
});

export const getPriceRoute = createRoute({
  method: "get",
  path: "/price",
  summary: "Price of a demand",
  description: DESCRIPTION,
  request: {
    query: z.object({
      demandKwh: z
        .string({ error: LIMITS })
        .regex(/^\d+(\.\d+)?$/, LIMITS)
        .transform(Number)
        .pipe(z.number().max(MAX_DEMAND_KWH, LIMITS))
        .openapi({ type: "number", example: 3 }),
    }),
  },
  responses: answers(priceSchema, "The price", 400, 429),
});
