import { z } from "zod";
import { asOfSchema } from "../../../client/index.ts";
import { type Operation, operations, type Parameter } from "./operations.ts";

/** What travels, before the client turns texts into integers. */
const jsonOf = (schema: z.core.$ZodType) => {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return json;
};

const errorSchema = z.object({ code: z.string(), message: z.string() });
const envelopeOf = (data: z.core.$ZodType, error: z.core.$ZodType) =>
  z.object({ data, error, timestamp: z.iso.datetime(), asOf: z.nullable(asOfSchema) });

const parameterOf = ({ name, in: place, schema, description }: Parameter) => ({
  name,
  in: place,
  required: place === "path",
  description,
  schema: jsonOf(schema),
});

const failure = (description: string) => ({
  description,
  content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
});

function answerOf({ answers }: Operation) {
  if (!(answers instanceof z.core.$ZodType)) return { [answers.type]: {} };
  return { "application/json": { schema: jsonOf(envelopeOf(answers, z.null())) } };
}

const operationOf = (operation: Operation) => ({
  summary: operation.summary,
  ...(operation.parameters && { parameters: operation.parameters.map(parameterOf) }),
  ...(operation.body && {
    requestBody: { required: true, content: { "application/json": { schema: jsonOf(operation.body) } } },
  }),
  responses: {
    200: { description: "The answer", content: answerOf(operation) },
    ...((operation.parameters || operation.body) &&
      !operation.lenient && { 400: failure("Bad input; the message names the field") }),
    ...(operation.missing && { 404: failure(operation.missing) }),
    ...(operation.body && { 413: failure("The body is too long") }),
    ...(operation.limited && { 429: failure("Too many requests; Retry-After says when to come back") }),
    503: failure("Not indexed yet, or the chain's RPC does not answer"),
  },
});

const paths: Record<string, Record<string, ReturnType<typeof operationOf>>> = {};
for (const operation of operations) {
  const path = `/api${operation.path}`;
  paths[path] = { ...paths[path], [operation.method]: operationOf(operation) };
}

export const openApiDocument = {
  openapi: "3.1.0",
  info: {
    title: "GridX indexer",
    version: "1",
    description:
      "Energy in Wh, money in token base units, carbon in grams; integers that can outgrow a double are text.",
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
  },
  paths,
  components: { schemas: { Error: jsonOf(envelopeOf(z.null(), errorSchema)) } },
};
