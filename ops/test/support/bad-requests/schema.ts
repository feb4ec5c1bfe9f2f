// Values that a schema allows, and the same with one fault.
import fc from "fast-check";
import type { Api, Schema } from "../openapi.ts";
import { type Known, text } from "./values.ts";

const numberOf = (schema: Schema, name: string) => {
  const value = schema[name];
  return typeof value === "number" ? value : undefined;
};
const listOf = (value: unknown): Schema[] => (Array.isArray(value) ? (value as Schema[]) : []);

/** Values that a schema allows, so that a request gets as far as its one fault. */
export function valid(schema: Schema, api: Api, known: Known, depth = 0): fc.Arbitrary<unknown> {
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
export function spoilt(value: unknown, choices: readonly number[], instead: unknown): unknown {
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
