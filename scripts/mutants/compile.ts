// Compiles in memory: no file of the repository is ever changed.
import { createRequire } from "node:module";
import { z } from "zod";
import type { Node } from "./mutate.ts";

const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string };

export const TARGET = { file: "contracts/src/GridX.sol", contract: "GridX" } as const;

/** What compiles fastest comes first; not every source gets by without the slower one. */
const FAST = [
  { viaIR: false, optimizer: { enabled: false } },
  { viaIR: true, optimizer: { enabled: true, runs: 1, details: { yul: false } } },
];

export type Sources = Record<string, { content: string }>;
export interface Code {
  bytecode: string;
  runtime: string;
}

const code = z.object({ object: z.string() });
const outputSchema = z.object({
  errors: z.array(z.object({ severity: z.string(), formattedMessage: z.string() })).optional(),
  sources: z.record(z.string(), z.object({ ast: z.custom<Node>().optional() })).optional(),
  contracts: z
    .record(z.string(), z.record(z.string(), z.object({ evm: z.object({ bytecode: code, deployedBytecode: code }) })))
    .optional(),
});

function compile(sources: Sources, settings: object) {
  // Without a hash of the sources in it, equal code means an equal program.
  const metadata = { bytecodeHash: "none", appendCBOR: false };
  const all = { evmVersion: "cancun", metadata, ...settings };
  return outputSchema.parse(JSON.parse(solc.compile(JSON.stringify({ language: "Solidity", sources, settings: all }))));
}

const firstError = (output: z.output<typeof outputSchema>) =>
  output.errors?.find(({ severity }) => severity === "error")?.formattedMessage;

/** The trees of all sources. */
export function treesOf(sources: Sources, remappings: string[]): Record<string, Node> {
  const output = compile(sources, { remappings, outputSelection: { "*": { "": ["ast"] } } });
  const error = firstError(output);
  if (error) throw new Error(error);
  return Object.fromEntries(
    Object.entries(output.sources ?? {}).flatMap(([path, { ast }]) => (ast ? [[path, ast]] : [])),
  );
}

/** The code, or the compiler's first error. */
export function compileTarget(sources: Sources, remappings: string[], pipeline: number): Code | string {
  const outputSelection = {
    [TARGET.file]: { [TARGET.contract]: ["evm.bytecode.object", "evm.deployedBytecode.object"] },
  };
  const output = compile(sources, { ...FAST[pipeline], remappings, outputSelection });
  const evm = output.contracts?.[TARGET.file]?.[TARGET.contract]?.evm;
  const error = firstError(output) ?? (evm ? undefined : "the compiler gave no code");
  if (error !== undefined || !evm) return error ?? "";
  return { bytecode: `0x${evm.bytecode.object}`, runtime: `0x${evm.deployedBytecode.object}` };
}

/** The first pipeline that compiles the sources as they are. */
export function fastestPipeline(sources: Sources, remappings: string[]): { pipeline: number; code: Code } {
  let error = "";
  for (const pipeline of FAST.keys()) {
    const compiled = compileTarget(sources, remappings, pipeline);
    if (typeof compiled !== "string") return { pipeline, code: compiled };
    error = compiled;
  }
  throw new Error(error);
}
