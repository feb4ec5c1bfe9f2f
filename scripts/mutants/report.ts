import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ROOT } from "../checks.ts";
import type { Mutant } from "./mutate.ts";
import type { Result } from "./worker.ts";

const EQUIVALENT = join(ROOT, "contracts/test/mutants-equivalent.json");

/** Survivors that no test can kill, each with the reason. */
export function readEquivalent(): Map<string, string> {
  const schema = z.array(z.strictObject({ key: z.string(), reason: z.string().min(10) }));
  return new Map(schema.parse(JSON.parse(readFileSync(EQUIVALENT, "utf8"))).map(({ key, reason }) => [key, reason]));
}

const indented = (sign: string, text: string) =>
  (text || "(nothing)")
    .split("\n")
    .map((line) => `    ${sign} ${line.trim()}`)
    .join("\n");

export const shown = ({ file, line, before, after }: Pick<Result, "file" | "line" | "before" | "after">) =>
  `${file}:${line}\n${indented("-", before)}\n${indented("+", after)}`;

/** The outcome in words. */
export function report(results: Result[], all: Mutant[], equivalent: Map<string, string>): string {
  const by = (status: Result["status"]) => results.filter((result) => result.status === status);
  const known = by("survived").filter(({ key }) => equivalent.has(key));
  const survivors = by("survived").filter(({ key }) => !equivalent.has(key));
  const killed = by("killed").length;
  const judged = killed + survivors.length;
  const lines = survivors.map((result) => `SURVIVED ${shown(result)}\n    key: ${JSON.stringify(result.key)}`);
  for (const { key } of known) lines.push(`equivalent ${key}: ${equivalent.get(key)}`);
  const keys = new Set(all.map(({ key }) => key));
  for (const key of equivalent.keys()) if (!keys.has(key)) lines.push(`no longer a mutant, take it out: ${key}`);
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0);
  const share = judged === 0 ? 0 : (100 * killed) / judged;
  lines.push(
    `${results.length} of ${all.length} mutants: ${by("invalid").length} do not compile, ${by("equal").length} are the same program, ` +
      `${known.length} known to be equivalent`,
    `${killed} of ${judged} killed, ${survivors.length} survived: ${share.toFixed(1)} % ` +
      `(${(seconds / Math.max(1, results.length)).toFixed(1)} s a mutant)`,
  );
  return lines.join("\n");
}
