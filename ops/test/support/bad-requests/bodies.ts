// Bodies: none, nonsense, and what a route takes with one fault or without a signature.
import fc from "fast-check";
import type { Sent } from "../http.ts";
import type { Api, Operation } from "../openapi.ts";
import { spoilt, valid } from "./schema.ts";
import { anything, type Known } from "./values.ts";

export const RAW_BODIES: (string | Buffer)[] = [
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
export const JSON_TYPE = "application/json";
const TYPES = [
  ...[
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-16",
  ],
  ...["application/JSON ;", "", "application/json, text/plain", "application/xml", "\u00ff", "a".repeat(2_000)],
];

export function bodyOf(
  operation: Operation | null,
  api: Api,
  known: Known,
): fc.Arbitrary<Pick<Sent, "body" | "headers">> {
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
