import { readFileSync } from "node:fs";
import type { Hex, LocalAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import { requirePrivate } from "../keys/secrets.ts";

const metersSchema = z.record(
  z.string().min(1),
  z
    .string()
    .regex(/^0x[0-9a-fA-F]{64}$/, "is no private key (0x and 64 hex digits)")
    .transform((text) => text as Hex),
);

/** Meters by house, from a JSON file `{"house": "0x…"}`. No error shows anything of the file but names of houses. */
export function readMeters(path: string, { isLocal = true } = {}): Map<string, LocalAccount> {
  // On a local chain the keys are worth nothing.
  if (!isLocal) requirePrivate("--meters", path);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    throw new Error(`${path} cannot be read as JSON; it should be {"house": "0x<private key of its meter>", ...}`);
  }
  const parsed = metersSchema.safeParse(json);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path: [house], message }) => `${String(house ?? "file")} ${message}`);
    throw new Error(`${path}: ${issues.join("; ")}`);
  }
  return new Map(Object.entries(parsed.data).map(([house, key]) => [house, accountOf(path, house, key)]));
}

function accountOf(path: string, house: string, key: Hex): LocalAccount {
  try {
    return privateKeyToAccount(key);
  } catch {
    throw new Error(`${path}: ${house} is no private key of secp256k1`);
  }
}
