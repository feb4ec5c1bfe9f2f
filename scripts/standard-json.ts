// The standard-JSON input that makes GridX again, from the build's metadata and the sources on disk.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { keccak256, toBytes } from "viem";
import { z } from "zod";
import { ROOT } from "./checks.ts";

export const solc = createRequire(import.meta.url)("solc") as { version(): string; compile(input: string): string };

const code = z.object({ object: z.string().regex(/^0x[0-9a-f]+$/) });
const artifactSchema = z.object({
  bytecode: code,
  deployedBytecode: code.extend({
    immutableReferences: z.record(z.string(), z.array(z.object({ start: z.number(), length: z.number() }))),
  }),
  metadata: z.object({
    compiler: z.object({ version: z.string() }),
    language: z.string(),
    settings: z.looseObject({ compilationTarget: z.record(z.string(), z.string()) }),
    sources: z.record(z.string(), z.looseObject({ keccak256: z.string() })),
  }),
});
export type GridXArtifact = z.output<typeof artifactSchema>;

/** What forge made of GridX, with the compiler's metadata. */
export function readGridX(): GridXArtifact {
  const out = resolve(ROOT, process.env.FOUNDRY_OUT ?? "contracts/out");
  return artifactSchema.parse(JSON.parse(readFileSync(join(out, "GridX.sol/GridX.json"), "utf8")));
}

/** What the compiler was given, asked for `outputs`; throws where a source is no longer what was built. */
export function standardInput({ metadata }: GridXArtifact, outputs: string[]): string {
  const sources = Object.entries(metadata.sources).map(([path, { keccak256: wanted }]) => {
    const content = readFileSync(join(ROOT, path), "utf8");
    if (keccak256(toBytes(content)) !== wanted)
      throw new Error(`${path} is not what was built; run npm run forge -- build`);
    return [path, { content }] as const;
  });
  const { compilationTarget, ...settings } = metadata.settings;
  const outputSelection = Object.fromEntries(
    Object.entries(compilationTarget).map(([file, contract]) => [file, { [contract]: outputs }]),
  );
  return JSON.stringify({
    language: metadata.language,
    sources: Object.fromEntries(sources),
    settings: { ...settings, outputSelection },
  });
}
