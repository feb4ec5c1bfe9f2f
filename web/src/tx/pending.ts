// The transaction under way, kept in the browser so that a reload or a closed tab does not lose it.
import type { Deployment } from "@gridx/contracts";
import type { Hex } from "viem";
import { z } from "zod/mini";
import type { Intent } from "./intent.ts";
import type { Sent } from "./run.ts";

/** What is kept of it. */
export interface Pending extends Sent {
  intent: Intent;
}

const hexOf = (bytes: number) =>
  z.pipe(
    z.string().check(z.regex(new RegExp(`^0x[0-9a-fA-F]{${bytes * 2}}$`))),
    z.transform((text) => text as Hex),
  );
const recordSchema = z.object({
  account: hexOf(20),
  known: z.union([z.object({ hash: hexOf(32) }), z.object({ batch: z.string().check(z.minLength(1)) })]),
  steps: z.array(z.string()),
  step: z.number(),
  // Written by this page alone, and only ever shown or carried out after everything is checked on the chain again.
  intent: z.custom<Intent>((value) => typeof value === "object" && value !== null && "kind" in value),
});

const INTEGER = /^\$\d+n$/;
/** Integers as `$12n`; a text of somebody's that begins like one gets a `$` more. */
const write = (_: string, value: unknown) => {
  if (typeof value === "bigint") return `$${value}n`;
  return typeof value === "string" && value.startsWith("$") ? `$${value}` : value;
};
const read = (_: string, value: unknown) => {
  if (typeof value !== "string" || !value.startsWith("$")) return value;
  return INTEGER.test(value) ? BigInt(value.slice(1, -1)) : value.slice(1);
};

export interface PendingStore {
  load(): Pending | null;
  save(pending: Pending): void;
  forget(): void;
}

/** One run of one contract never takes up the transaction of another. */
export function pendingStore({ chainId, address, runId }: Deployment): PendingStore {
  const key = `gridx.pending.${chainId}.${address}.${runId ?? ""}`;
  // Without storage a reload forgets, as it does on most pages.
  const attempt = <T>(work: () => T): T | null => {
    try {
      return work();
    } catch {
      return null;
    }
  };
  return {
    load: () => attempt(() => recordSchema.parse(JSON.parse(localStorage.getItem(key) ?? "null", read))),
    save: (pending) => void attempt(() => localStorage.setItem(key, JSON.stringify(pending, write))),
    forget: () => void attempt(() => localStorage.removeItem(key)),
  };
}
