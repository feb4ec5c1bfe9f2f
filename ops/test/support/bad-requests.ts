// Bad requests, generated: whatever a parameter, a header, a body or a path can be that it should not.
import fc from "fast-check";
import type { Sent } from "./http.ts";
import type { Api, Operation, Schema } from "./openapi.ts";

/** What a caller may know: real addresses, and a session of one of them. */
export interface Known {
  values: string[];
  meters: string[];
  /** A good session; calls with it get past the door. */
  token: string;
  host: string;
}

export interface BadRequest extends Sent {
  /** Whose route it is; null where it is nobody's. */
  operation: Operation | null;
}

const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const ADDRESS = `0x${"f".repeat(40)}`;
const STRINGS = [
  ...["", " ", "\0", "a\0b", "%00", "%", "%zz", "../../../etc/passwd", "..", ".", "/", "\\", "\r\nx: y", "\t"],
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "prototype", "null", "undefined", "true", "[]", "{}"],
  ...["' OR '1'='1", "'; DROP TABLE reading; --", '"', "$1", "#{7*7}", "{{7*7}}", "<script>alert(1)</script>"],
  ...["0", "-1", "-0", "1.5", "1e309", "1e-400", "NaN", "Infinity", "0x", "0b1", "١٢", "9".repeat(400), "00000000001"],
  ...["2147483648", "4294967296", "9007199254740993", "9223372036854775808", "10000000000", "999999999"],
  ...["2024-13-45T99:99:99Z", "+275760-09-13T00:00:00.000Z", "-271821-04-20T00:00:00Z", "0000-01-01T00:00:00Z"],
  ...["1969-12-31T23:59:59+23:59", "9999-12-31T23:59:59Z", "2024-02-30T00:00:00Z"],
  ...[
    ADDRESS,
    ADDRESS.toUpperCase(),
    `${ADDRESS}0`,
    `0x${"F".repeat(64)}`,
    `0x${"0".repeat(64)}`,
    `0x${"g".repeat(40)}`,
  ],
  ...["\ud83d\ude00", "\u202e", "\ufeff", "\ud800", "e\u0301".repeat(50), "a".repeat(3_000), "Ω".repeat(1_000)],
  ...[cursor([1e308, 1]), cursor([2 ** 53, 2 ** 31 - 1]), cursor(["9".repeat(78), ADDRESS, 0]), cursor([ADDRESS])],
  ...[cursor(["0", ADDRESS]), cursor({}), cursor(null), cursor([0]), cursor([[]]), cursor(["9".repeat(78), ADDRESS])],
];

const SCALARS: unknown[] = [
  ...[null, true, false, 0, -0, -1, 1.5, 1e21, 1e308, -1e308, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 63, 5e-324],
  ...[[], {}, [[]], [null], { length: 1 }, { toString: "x" }],
];

const text = (known: Known) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...STRINGS) },
    { weight: 2, arbitrary: fc.constantFrom(...known.values) },
    { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
    { weight: 1, arbitrary: fc.nat().map(String) },
    { weight: 1, arbitrary: fc.json({ maxDepth: 2 }).map((json) => Buffer.from(json).toString("base64url")) },
  );

const anything = (known: Known) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...SCALARS) },
    { weight: 3, arbitrary: text(known) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  );

const numberOf = (schema: Schema, name: string) => {
  const value = schema[name];
  return typeof value === "number" ? value : undefined;
};
const listOf = (value: unknown): Schema[] => (Array.isArray(value) ? (value as Schema[]) : []);

/** Values that a schema allows, so that a request gets as far as its one fault. */
function valid(schema: Schema, api: Api, known: Known, depth = 0): fc.Arbitrary<unknown> {
  if (depth > 14) return fc.constant(null);
  const inner = (one: Schema) => valid(one, api, known, depth + 1);
  const reference = typeof schema.$ref === "string" ? api.named[schema.$ref.split("/").at(-1) ?? ""] : undefined;
  if (reference) return inner(reference);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  if ("const" in schema) return fc.constant(schema.const);
  const some = [...listOf(schema.anyOf), ...listOf(schema.oneOf)];
  if (some.length > 0) return fc.oneof(...some.map(inner));
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "object") {
    const properties = (schema.properties ?? {}) as Record<string, Schema>;
    const required = Array.isArray(schema.required) ? (schema.required as string[]) : [];
    const made = Object.entries(properties).map(([name, one]) => [name, inner(one)] as const);
    return fc.record(Object.fromEntries(made), { requiredKeys: required.filter((name) => name in properties) });
  }
  if (type === "array") return fc.array(inner((schema.items ?? {}) as Schema), { minLength: 1, maxLength: 3 });
  if (type === "integer" || type === "number") {
    const [min, max] = [numberOf(schema, "minimum") ?? 0, numberOf(schema, "maximum") ?? 10_000];
    if (type === "number") return fc.double({ min, max: Math.max(min, max), noNaN: true });
    const [least, most] = [Math.max(min, -(2 ** 53) + 1), Math.min(max, 2 ** 53 - 1)];
    return fc.oneof(fc.constantFrom(least, most), fc.integer({ min: least, max: Math.min(most, least + 1_000) }));
  }
  if (type === "boolean") return fc.boolean();
  if (schema.format === "date-time")
    return fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString());
  if (typeof schema.pattern === "string" && schema.pattern.length < 60) {
    const pattern = schema.pattern;
    return fc.oneof(fc.constantFrom(...known.values), fc.stringMatching(new RegExp(pattern)));
  }
  return fc.oneof(fc.constantFrom(...known.values), text(known));
}

/** One place of a value made wrong: replaced, left out, or with what nobody asked for beside it. */
function spoilt(value: unknown, choices: readonly number[], instead: unknown): unknown {
  const [choice = 0, ...rest] = choices;
  if (value === null || typeof value !== "object" || rest.length === 0) return instead;
  const keys = Object.keys(value);
  const key = keys[choice % Math.max(1, keys.length)];
  if (key === undefined || choice % 11 === 0)
    return Array.isArray(value) ? [...value, instead] : { ...value, extra: instead };
  if (Array.isArray(value)) return value.map((item, n) => (String(n) === key ? spoilt(item, rest, instead) : item));
  const copy: Record<string, unknown> = { ...value };
  if (choice % 7 === 0) delete copy[key];
  else copy[key] = spoilt(copy[key], rest, instead);
  return copy;
}

const RAW_BODIES: (string | Buffer)[] = [
  ...["", "{", "null", "[]", "1", '"x"', '{"a":}', "{}", "[".repeat(20_000), '{"a":'.repeat(8_000), "\ufeff{}", "\0"],
  ...['{"__proto__":{"polluted":true}}', '{"constructor":{"prototype":{"polluted":true}}}', '{"demandKwh":1e400}'],
  ...['{"demandKwh":-0}', `{"a":${"9".repeat(20_000)}}`, `{"${"k".repeat(30_000)}":1}`, `["${"x".repeat(60_000)}"]`],
  ...[
    Buffer.from([0xff, 0xfe, 0x7b, 0x7d]),
    Buffer.from('{"message":"\xff\xc0"}', "latin1"),
    Buffer.alloc(70_000, 0x20),
  ],
  "x".repeat(600_000),
];
const JSON_TYPE = "application/json";
const TYPES = [
  ...[
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-16",
  ],
  ...["application/JSON ;", "", "application/json, text/plain", "application/xml", "\u00ff", "a".repeat(2_000)],
];

function bodyOf(operation: Operation | null, api: Api, known: Known): fc.Arbitrary<Pick<Sent, "body" | "headers">> {
  const typed = (arbitrary: fc.Arbitrary<string | Buffer>) =>
    fc
      .record({
        body: arbitrary,
        type: fc.oneof(
          { weight: 8, arbitrary: fc.constant(JSON_TYPE) },
          { weight: 1, arbitrary: fc.constantFrom(...TYPES) },
        ),
      })
      .map(({ body, type }) => ({ body, headers: { "content-type": type } as Record<string, string> }));
  const raw = typed(fc.constantFrom(...RAW_BODIES));
  const json = typed(anything(known).map((value) => JSON.stringify(value)));
  const none = fc.constant({ headers: {} as Record<string, string> });
  if (!operation?.body)
    return fc.oneof({ weight: 8, arbitrary: none }, { weight: 1, arbitrary: raw }, { weight: 1, arbitrary: json });
  const good = valid(operation.body, api, known);
  const nearly = fc
    .tuple(good, fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), anything(known))
    .map(([value, choices, instead]) => JSON.stringify(spoilt(value, choices, instead)) ?? "");
  const signed = good.map((value) => JSON.stringify(withMeters(value, known)));
  return fc.oneof(
    { weight: 6, arbitrary: typed(nearly) },
    { weight: 3, arbitrary: typed(signed) },
    { weight: 2, arbitrary: raw },
    { weight: 1, arbitrary: json },
    { weight: 1, arbitrary: none },
  );
}

/** Readings of real meters, which they did not sign. */
function withMeters(value: unknown, known: Known): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => withMeters(item, known));
  const entries = Object.entries(value).map(([name, item]) => {
    if (name === "meter") return [name, known.meters[0]];
    if (name === "lengthSeconds") return [name, 900];
    if (name === "start") return [name, 1_750_000_500];
    if (name === "signature") return [name, `0x${"1b".repeat(65)}`];
    return [name, withMeters(item, known)];
  });
  return Object.fromEntries(entries);
}

/** Half a surrogate pair has no UTF-8. */
const wellFormed = (value: string) => Buffer.from(value).toString();
const encoded = (value: string) => encodeURIComponent(wellFormed(value));
/** Also as it is, which no browser would send. */
const wire = (value: string) =>
  [...Buffer.from(value)].map((byte) => (byte > 0x20 && byte !== 0x7f ? String.fromCharCode(byte) : "%00")).join("");
const place = (known: Known) =>
  fc.tuple(text(known), fc.nat(9)).map(([value, how]) => (how === 0 ? wire(value) : encoded(value)));

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
function toRoute(operation: Operation, api: Api, known: Known): fc.Arbitrary<BadRequest> {
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

const METHODS = ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "GET", "PROPFIND", "TRACE", "REPORT", "MKCOL"];
const PATHS = [
  ...[
    "/",
    "//",
    "/api",
    "/api/",
    "/api//",
    "/api/%00",
    "/api/../api/../../etc/passwd",
    "/api/%2e%2e%2f%2e%2e%2f",
    "/%zz",
  ],
  ...[
    "/api/%c0%ae%c0%ae/",
    "/api/users/%",
    "/api/users/%ff",
    "/.env",
    "/.git/config",
    "/api/__proto__",
    "/node_modules",
  ],
  ...[
    "/metrics/x",
    "/sql",
    "/sql/db?sql=x",
    "/sql/live",
    "/status",
    "/ready?x=%00",
    "/health?%",
    "*",
    "http://example.org/",
  ],
  ...[
    "/api/homes/%2f/profile",
    "/API/PRICE",
    "/api/price/",
    "/api;x=y",
    "/api/users/..;/houses",
    `/${"a".repeat(8_000)}`,
  ],
  ...[
    `/api/${"../".repeat(500)}etc/passwd`,
    `/api/users?${"limit=1&".repeat(900)}`,
    "/api/energy-trades.csv/x",
    "/?",
    "/#",
  ],
];

/** Where nothing is, or where something is for another method. */
function astray(api: Api, known: Known): fc.Arbitrary<BadRequest> {
  const real = api.operations.map(({ path }) => path.replace(/\{\w+\}/g, known.values[0] ?? "x"));
  return fc
    .tuple(fc.constantFrom(...METHODS), fc.constantFrom(...PATHS, ...real), bodyOf(null, api, known))
    .filter(([method, path]) => !(method === "DELETE" && path === "/api/session"))
    .map(([method, path, { body, headers }]) => {
      const carries = method !== "GET" && method !== "HEAD" && method !== "TRACE";
      return {
        operation: null,
        method,
        path,
        headers: carries ? headers : {},
        ...(carries && body !== undefined && { body }),
      };
    });
}

export const badRequest = (api: Api, known: Known): fc.Arbitrary<BadRequest> =>
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .constantFrom(...api.operations, ...api.operations.filter(({ body }) => body))
        .chain((operation) => toRoute(operation, api, known)),
    },
    { weight: 2, arbitrary: astray(api, known) },
  );

const DEEP = (depth: number) => `{ ${"energyTrades { items { ".repeat(depth)}${"} } ".repeat(depth)}}`;
const DOCUMENTS = [
  ...["", "{", "}", "query", "{ }", "{ __typename }", "subscription { x }", "mutation { a }", "\0", "#", "{ a(b: ) }"],
  ...[DEEP(3), DEEP(60), DEEP(2_000), `{ ${"a".repeat(20_000)} }`, "{ __schema { types { name fields { name } } } }"],
  `{ ${Array.from({ length: 200 }, (_, n) => `a${n}: energyTrades { totalCount }`).join(" ")} }`,
  `{ ${"energyTrades { totalCount } ".repeat(300)} }`,
  "query A { __typename } query B { __typename }",
  "{ ...F } fragment F on Query { ...F }",
  "{ energyTrades @include(if: 1) { totalCount } }",
];
const TABLES = [
  "energyTrades",
  "accounts",
  "houses",
  "lots",
  "carbonTransactions",
  "ledgerFacts",
  "slotMarkets",
  "energyTrade",
];
const FIELDS = ["limit", "orderBy", "orderDirection", "after", "before", "offset", "where", "tradeId"];

/** GraphQL, its queries wrong in their form, their names or their values. */
export function badGraphql(known: Known): fc.Arbitrary<BadRequest> {
  const literal = fc.oneof(
    anything(known).map((value) => JSON.stringify(value) ?? "null"),
    text(known).map((value) => `{ ${value}: ${JSON.stringify(value)} }`),
    fc.constantFrom(
      "asc",
      "$x",
      "1e400",
      "-99999999999999999999",
      "{ slot_gt: 99999999999 }",
      '{ energyWh_lt: "x" }',
      "{ OR: [{}] }",
    ),
  );
  const asked = fc
    .tuple(fc.constantFrom(...TABLES), fc.array(fc.tuple(fc.constantFrom(...FIELDS), literal), { maxLength: 2 }))
    .map(([table, given]) => {
      const list = given.map(([name, value]) => `${name}: ${value}`).join(", ");
      return `{ ${table}${list && `(${list})`} { ${table === "energyTrade" ? "tradeId" : "items { __typename } pageInfo { endCursor }"} } }`;
    });
  const query = fc.oneof(fc.constantFrom(...DOCUMENTS), asked, asked);
  const body = fc.oneof(
    { weight: 5, arbitrary: query.map((one) => JSON.stringify({ query: one })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(query, anything(known))
        .map(([one, variables]) => JSON.stringify({ query: one, variables, operationName: variables })),
    },
    { weight: 1, arbitrary: anything(known).map((value) => JSON.stringify({ query: value }) ?? "") },
    { weight: 1, arbitrary: fc.constantFrom(...RAW_BODIES) },
  );
  const posted = body.map((one) => ({
    operation: null,
    method: "POST",
    path: "/graphql",
    headers: { "content-type": JSON_TYPE },
    body: one,
  }));
  const got = query.map((one) => ({
    operation: null,
    method: "GET",
    path: `/graphql?query=${encoded(one).slice(0, 6_000)}`,
    headers: {},
  }));
  return fc.oneof({ weight: 4, arbitrary: posted }, { weight: 1, arbitrary: got });
}
