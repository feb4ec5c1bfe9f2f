// What every group of routes is made of.
import { OpenAPIHono, z } from "@hono/zod-openapi";
import type { RequestIdVariables } from "hono/request-id";
import { envelopeOf, errorEnvelopeSchema, failure } from "../envelope.ts";

export type AppEnv = { Variables: RequestIdVariables };

/** A router that answers wrong input with 400, the field and its limit. */
export function newRouter() {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result, c) => {
      if (result.success) return;
      const issue = result.error.issues[0];
      const field = issue?.path.join(".") || "body";
      return c.json(failure("bad_request", `${field}: ${issue?.message ?? "wrong"}`, field), 400);
    },
  });
}

export const jsonContent = <T extends z.ZodType>(schema: T, description: string) => ({
  content: { "application/json": { schema } },
  description,
});

const ERRORS = {
  400: "What of the request is wrong, and its limits",
  401: "Nobody is signed in",
  403: "Another wallet's home",
  404: "There is no such thing",
  413: "The body is too large",
  422: "Nothing of it was taken in, or nothing can be made of it",
  429: "Too many requests; `Retry-After` says when to come back",
  503: "The chain can't be asked now",
} as const;

/** The answers of a route: its data in the envelope, and the errors that it can give. */
export function answers<T extends z.ZodType, E extends keyof typeof ERRORS>(
  data: T,
  description: string,
  ...errors: readonly E[]
) {
  const failures = Object.fromEntries(
    errors.map((status) => [status, jsonContent(errorEnvelopeSchema, ERRORS[status])]),
  );
  return {
    200: jsonContent(envelopeOf(data), description),
    ...(failures as Record<E, ReturnType<typeof jsonContent<typeof errorEnvelopeSchema>>>),
  };
}

/** Address in any case; lower case from here on. */
export const addressSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "expected an address: 0x and 40 hex digits")
  .transform((text) => text.toLowerCase());

export const hexSchema = (bytes: string) =>
  z
    .string()
    .regex(/^0x([0-9a-fA-F]{2})+$/, `expected ${bytes} in hex with 0x`)
    .max(20_000, "expected at most 20,000 characters")
    .transform((text) => text as `0x${string}`);
