// A documented route with what it does not expect.
import fc from "fast-check";
import type { Api, Operation } from "../openapi.ts";
import { bodyOf } from "./bodies.ts";
import { valid } from "./schema.ts";
import { ADDRESS, type BadRequest, encoded, type Known, place } from "./values.ts";

function queryOf(operation: Operation, api: Api, known: Known): fc.Arbitrary<string> {
  const named = operation.parameters.filter((parameter) => parameter.in === "query");
  const name =
    named.length > 0 ? fc.constantFrom(...named.map((parameter) => parameter.name)) : fc.constantFrom("x", "__proto__");
  const good = named.map(({ name: its, schema }) =>
    fc.option(
      valid(schema, api, known).map((value) => `${its}=${encoded(String(value))}`),
      { freq: 2, nil: "" },
    ),
  );
  const forms = ["", "[]", "[0]", "[__proto__]", ".x", "%00"];
  const bad = fc
    .tuple(name, fc.constantFrom(...forms, "", "", ""), place(known), fc.nat(8))
    .map(([its, form, value, how]) => (how === 0 ? `${its}${form}` : `${its}${form}=${value}`));
  return fc
    .tuple(fc.tuple(...good), fc.array(bad, { maxLength: 3 }))
    .map(([goods, bads]) => [...goods, ...bads].filter((part) => part !== "").join("&"));
}

function headersOf(operation: Operation, known: Known): fc.Arbitrary<Record<string, string>> {
  const value = fc.constantFrom(
    "",
    "x",
    "*",
    "\u00ff",
    "a".repeat(4_000),
    "__proto__",
    "-1",
    "bytes=0-1",
    '"',
    `${ADDRESS}, ${ADDRESS}`,
  );
  const names = [
    "accept",
    "if-none-match",
    "origin",
    "cookie",
    "x-forwarded-for",
    "range",
    "accept-encoding",
    "last-event-id",
  ];
  const rest = [
    ...names,
    "x-request-id",
    "x-http-method-override",
    "expect-ct",
    "if-modified-since",
    "accept-language",
  ];
  // Ending the session would send all that follows away at the door.
  const isEnd = operation.method === "DELETE" && operation.path === "/api/session";
  const session = isEnd
    ? fc.constant("Bearer x")
    : fc.constantFrom(`Bearer ${known.token}`, `Bearer ${known.token}`, "Bearer x", "Basic Og==", "Bearer");
  return fc
    .tuple(
      fc.option(session, { freq: 3, nil: null }),
      fc.array(fc.tuple(fc.constantFrom(...rest), value), { maxLength: 2 }),
    )
    .map(([authorization, more]) => ({
      ...Object.fromEntries(more),
      ...(authorization !== null && { authorization }),
    }));
}

/** A documented route with what it does not expect. */
export function toRoute(operation: Operation, api: Api, known: Known): fc.Arbitrary<BadRequest> {
  const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
  const schemas = names.map(
    (name) => operation.parameters.find((one) => one.in === "path" && one.name === name)?.schema ?? {},
  );
  const values = schemas.map((schema) =>
    fc.oneof(
      place(known),
      valid(schema, api, known).map((value) => encoded(String(value))),
      fc.constantFrom(...known.values),
    ),
  );
  return fc
    .tuple(
      fc.tuple(...values),
      queryOf(operation, api, known),
      headersOf(operation, known),
      bodyOf(operation, api, known),
    )
    .map(([given, query, headers, { body, headers: typed }]) => {
      let n = 0;
      const path = operation.path.replace(/\{\w+\}/g, () => given[n++] ?? "");
      const carries = operation.method !== "GET" && operation.method !== "HEAD";
      return {
        operation,
        method: operation.method,
        path: query === "" ? path : `${path}?${query}`,
        headers: { ...headers, ...(carries && typed) },
        ...(carries && body !== undefined && { body }),
      };
    });
}
