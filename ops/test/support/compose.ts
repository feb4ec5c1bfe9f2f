// Reads ops/compose.yaml as a container engine would, for running its commands without one.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

export const OPS = join(import.meta.dirname, "..", "..");
export const ROOT = join(OPS, "..");

const value = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const serviceSchema = z.object({
  image: z.string(),
  user: z.string().optional(),
  command: z.array(value).default([]),
  environment: z.record(z.string(), value).default({}),
  secrets: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  read_only: z.boolean().optional(),
  mem_limit: z.string().optional(),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
});
export type Service = z.infer<typeof serviceSchema>;
const composeSchema = z.object({
  services: z.record(z.string(), serviceSchema),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
  volumes: z.record(z.string(), z.unknown()),
});

/** `${NAME}`, `${NAME:-default}` and `${NAME:?message}`. */
function interpolate(text: string, env: Readonly<Record<string, string | undefined>>): string {
  return text.replace(/\$\{(\w+)(?:(:[-?])([^}]*))?\}/g, (_, name: string, kind?: string, rest = "") => {
    const found = env[name];
    if (found) return found;
    if (kind === ":-") return rest;
    throw new Error(kind ? rest : `${name} is not set`);
  });
}

/** In texts alone, as Compose does it, so that an empty variable is an empty text. */
function interpolateAll(node: unknown, env: Readonly<Record<string, string | undefined>>): unknown {
  if (typeof node === "string") return interpolate(node, env);
  if (Array.isArray(node)) return node.map((item) => interpolateAll(item, env));
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, interpolateAll(item, env)]));
}

export function readCompose(env: Readonly<Record<string, string | undefined>>) {
  const text = readFileSync(join(OPS, "compose.yaml"), "utf8");
  return composeSchema.parse(interpolateAll(parse(text, { merge: true }), env));
}
