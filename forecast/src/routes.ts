import { createRoute, z } from "@hono/zod-openapi";
import { envelopeOf, errorEnvelopeSchema } from "./envelope.ts";
import { MAX_DEMAND_KWH } from "./price.ts";

const json = <T extends z.ZodType>(schema: T, description: string) => ({
  content: { "application/json": { schema } },
  description,
});

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
  responses: { 200: json(state("ok"), "The process runs") },
});

export const readyRoute = createRoute({
  method: "get",
  path: "/ready",
  responses: { 200: json(state("ready"), "Requests are answered") },
});

export const priceRoute = createRoute({
  method: "post",
  path: "/api/price",
  description: "Price per kWh for a demand: a base, lowered below one threshold and raised above another.",
  request: { body: { ...json(priceRequestSchema, "Demand to price"), required: true } },
  responses: {
    200: json(envelopeOf(priceSchema), "The price"),
    400: json(errorEnvelopeSchema, "What of the request is wrong, and its limits"),
    413: json(errorEnvelopeSchema, "The body is too large"),
  },
});
