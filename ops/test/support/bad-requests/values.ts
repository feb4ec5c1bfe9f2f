// Values that break things, and what a caller may know.
import fc from "fast-check";
import type { Sent } from "../http.ts";
import type { Operation } from "../openapi.ts";

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
export const ADDRESS = `0x${"f".repeat(40)}`;
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

export const text = (known: Known) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...STRINGS) },
    { weight: 2, arbitrary: fc.constantFrom(...known.values) },
    { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
    { weight: 1, arbitrary: fc.nat().map(String) },
    { weight: 1, arbitrary: fc.json({ maxDepth: 2 }).map((json) => Buffer.from(json).toString("base64url")) },
  );

export const anything = (known: Known) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...SCALARS) },
    { weight: 3, arbitrary: text(known) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  );

/** Half a surrogate pair has no UTF-8. */
const wellFormed = (value: string) => Buffer.from(value).toString();
export const encoded = (value: string) => encodeURIComponent(wellFormed(value));
/** Also as it is, which no browser would send. */
const wire = (value: string) =>
  [...Buffer.from(value)].map((byte) => (byte > 0x20 && byte !== 0x7f ? String.fromCharCode(byte) : "%00")).join("");
export const place = (known: Known) =>
  fc.tuple(text(known), fc.nat(9)).map(([value, how]) => (how === 0 ? wire(value) : encoded(value)));
