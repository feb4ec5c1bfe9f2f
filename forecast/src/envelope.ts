import { z } from "@hono/zod-openapi";

const timestamp = z.iso.datetime().openapi({ description: "When the answer was given, ISO 8601" });

export const errorEnvelopeSchema = z
  .object({
    data: z.null(),
    error: z.object({ code: z.string(), message: z.string(), field: z.string().optional() }),
    timestamp,
  })
  .openapi("Error");

/** Schema of a good answer with this data. */
export const envelopeOf = <T extends z.ZodType>(data: T) => z.object({ data, error: z.null(), timestamp });

export function success<T>(data: T) {
  return { data, error: null, timestamp: new Date().toISOString() };
}

/** `field` names what of the request is wrong, where one thing is. */
export function failure(code: string, message: string, field?: string) {
  return { data: null, error: { code, message, ...(field && { field }) }, timestamp: new Date().toISOString() };
}
