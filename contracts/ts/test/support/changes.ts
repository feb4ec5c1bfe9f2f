import { type Hex, isAddress, isHex } from "viem";
import { type Fact, factEvents } from "../../src/index.ts";

/** Another value of the same type, as near as can be. */
function other(value: unknown, type: string): unknown {
  if (typeof value === "bigint") return value === 0n ? 1n : value - 1n;
  if (typeof value === "number") return value === 0 ? 1 : value - 1;
  if (typeof value === "boolean") return !value;
  if (type === "string" && typeof value === "string") return `${value} `;
  if (typeof value === "string" && (isAddress(value) || isHex(value))) {
    const last = value.at(-1)?.toLowerCase() === "0" ? "1" : "0";
    return `${value.toLowerCase().slice(0, -1)}${last}`;
  }
  if (typeof value === "object" && value !== null && "bytes" in value) return { bytes: `${value.bytes as Hex}00` };
  throw new Error(`no other value for ${String(value)}`);
}

/** Every fact that differs from this one in its time or in one field (a field of a struct, too). */
export function changesOf(fact: Fact): { what: string; changed: Fact }[] {
  const changes = [{ what: "timestamp", changed: { ...fact, timestamp: fact.timestamp + 1n } }];
  for (const field of factEvents.get(fact.eventName)?.fields ?? []) {
    const value = fact.args[field.name];
    const change = (what: string, changedValue: unknown) =>
      changes.push({ what, changed: { ...fact, args: { ...fact.args, [field.name]: changedValue } } });
    if (field.type !== "tuple") {
      change(field.name, other(value, field.type));
      continue;
    }
    const struct = value as Record<string, unknown>;
    for (const [key, inner] of Object.entries(struct)) {
      change(`${field.name}.${key}`, { ...struct, [key]: other(inner, "") });
    }
  }
  return changes;
}
