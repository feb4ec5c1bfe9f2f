// `/sql/db`: one query, in the form in which `@ponder/client` asks.
import { type Context, Hono } from "hono";
import { z } from "zod";
import { ApiError, badRequest } from "../rest/errors.ts";
import { logger } from "../watch/logger.ts";
import { routeOf } from "../watch/requests.ts";
import { LIMITS, Reader } from "./reader.ts";

const parameter = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.unknown())]);
const queryText = z
  .string()
  .min(1, "sql: is empty")
  .max(LIMITS.queryCharacters, {
    error: `sql: a query has at most ${LIMITS.queryCharacters} characters`,
  });
const parameters = z.array(parameter).max(LIMITS.parameters, {
  error: `params: a query has at most ${LIMITS.parameters} parameters`,
});
/** As superjson writes it; what it says of types beside is not needed, PostgreSQL knows them. */
const asked = z.object({ json: z.object({ sql: queryText, params: parameters.default([]) }) });

const FORM = 'sql: expected {"json":{"sql":"select …","params":[…]}}';

function parse(text: string | undefined) {
  let json: unknown;
  try {
    json = JSON.parse(text ?? "");
  } catch {
    throw badRequest(FORM);
  }
  const parsed = asked.safeParse(json);
  if (parsed.success) return parsed.data.json;
  const message = parsed.error.issues[0]?.message ?? "";
  throw badRequest(/^(sql|params): /.test(message) ? message : FORM);
}

/** `@ponder/client` shows an error's text as it is. */
const tell = (error: Error, c: Context) => {
  const known = error instanceof ApiError ? error : new ApiError(500, "internal", "something went wrong here");
  if (known !== error) logger.error({ requestId: c.get("requestId"), path: routeOf(c), err: error });
  return c.text(known.message, known.status);
};

export function sqlRoutes(place: { connectionString: string; schema: string }) {
  const reader = new Reader(place);
  return new Hono()
    .get("/db", async (c) => {
      const { sql, params } = parse(c.req.query("sql"));
      return c.json(await reader.query(sql, params));
    })
    .onError(tell);
}
