// What an OpenAPI document promises, read as far as bad requests are made from it.
import { z } from "zod";

export type Schema = Record<string, unknown>;

export interface Operation {
  method: string;
  /** With parameters in braces. */
  path: string;
  parameters: { name: string; in: string; schema: Schema }[];
  body: Schema | null;
  /** Documented statuses. */
  statuses: string[];
}

const schema = z.record(z.string(), z.unknown());
const documentSchema = z.object({
  openapi: z.literal("3.1.0"),
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        parameters: z.array(z.object({ name: z.string(), in: z.string(), schema })).default([]),
        requestBody: z.object({ content: z.record(z.string(), z.object({ schema })) }).optional(),
        responses: schema,
      }),
    ),
  ),
  components: z.object({ schemas: z.record(z.string(), schema).default({}) }).default({ schemas: {} }),
});

export interface Api {
  operations: Operation[];
  /** Of `$ref`. */
  named: Record<string, Schema>;
}

export async function readApi(origin: string): Promise<Api> {
  const document = documentSchema.parse(await (await fetch(`${origin}/api/openapi.json`)).json());
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters, requestBody, responses }]) => ({
      method: method.toUpperCase(),
      path,
      parameters,
      body: requestBody ? (Object.values(requestBody.content)[0]?.schema ?? null) : null,
      statuses: Object.keys(responses),
    })),
  );
  return { operations, named: document.components.schemas };
}
