import { createRoute, z } from "@hono/zod-openapi";
import { getAddress } from "viem";
import { failure, success } from "../envelope.ts";
import { addressSchema, answers, hexSchema, jsonContent, newRouter } from "../http/router.ts";
import { MAX_BATCHES, MAX_READINGS } from "./limits.ts";
import { type ReceiveContext, receiveBatches } from "./receive.ts";

const whole = (least: number, most: number) => {
  const limits = `expected a whole number from ${least} to ${most}`;
  return z.int(limits).min(least, limits).max(most, limits);
};
const UINT32 = 2 ** 32 - 1;

export const meteredReadingSchema = z
  .object({
    start: whole(0, UINT32).openapi({ description: "Unix seconds; a multiple of the length" }),
    lengthSeconds: whole(0, UINT32).openapi({ description: "A divisor of 3,600 from 60 on", example: 900 }),
    productionWh: whole(0, UINT32).openapi({ description: "Gross, before the home's own use" }),
    consumptionWh: whole(0, UINT32),
    temperatureCentiCelsius: whole(-32_767, 32_767).nullable().default(null),
    version: whole(0, UINT32).default(1).openapi({ description: "1 at first; a correction carries a higher one" }),
  })
  .openapi("MeteredReading");

const batchSchema = z
  .object({
    meter: addressSchema.transform((text) => getAddress(text)).openapi({ type: "string" }),
    readings: z.array(meteredReadingSchema).min(1, "expected at least one reading"),
    signature: hexSchema("the meter's signature").openapi({ type: "string" }),
  })
  .openapi("SignedBatch");

const requestSchema = z
  .object({ batches: z.array(batchSchema).min(1).max(MAX_BATCHES, `expected at most ${MAX_BATCHES} batches`) })
  .refine(({ batches }) => batches.reduce((sum, { readings }) => sum + readings.length, 0) <= MAX_READINGS, {
    path: ["batches"],
    message: `expected at most ${MAX_READINGS} readings in all`,
  })
  .openapi("SignedReadings");

const rejectionSchema = z
  .object({
    batch: z.number(),
    index: z.number().optional().openapi({ description: "Of the reading; absent where the whole batch is refused" }),
    field: z.string(),
    message: z.string().openapi({ description: "What is wrong, and the limit" }),
  })
  .openapi("RejectedReading");

const receivedSchema = z
  .object({
    accepted: z.number(),
    corrected: z.number(),
    unchanged: z.number().openapi({ description: "Known already, in this version or a later one" }),
    rejected: z.array(rejectionSchema),
  })
  .openapi("ReceivedReadings");

const readingsRoute = createRoute({
  method: "post",
  path: "/readings",
  summary: "Take in readings that meters signed",
  description:
    `At most ${MAX_READINGS} readings a request. Each batch is signed (EIP-712 \`MeteredBatch\`) by the present meter of a ` +
    "registered house. A bad reading is named and the others land; a batch that is sent again changes nothing. 422 where " +
    "nothing was taken in.",
  request: { body: { ...jsonContent(requestSchema, "The batches"), required: true } },
  responses: answers(receivedSchema, "What was taken in and what was not", 400, 413, 422, 429, 503),
});

export function readingRoutes(context: ReceiveContext) {
  return newRouter().openapi(readingsRoute, async (c) => {
    const received = await receiveBatches(context, c.req.valid("json").batches);
    const [first] = received.rejected;
    if (first && received.accepted + received.corrected + received.unchanged === 0) {
      const { batch, index, field, message } = first;
      const place = `batches.${batch}.${index === undefined ? "" : `readings.${index}.`}${field}`;
      const { error, ...rest } = failure("readings_rejected", `${place}: ${message}`, place);
      return c.json({ ...rest, error: { ...error, rejected: received.rejected.slice(0, 100) } }, 422);
    }
    return c.json(success(received), 200);
  });
}
