import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Abi, Hex } from "viem";
import { z } from "zod";
import { foundryBinary } from "../../../scripts/foundry.mjs";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

const artifactSchema = z.object({
  abi: z.array(z.looseObject({ type: z.string() })),
  bytecode: z.object({ object: z.string().regex(/^0x[0-9a-f]+$/) }),
});

/** What forge made of one of our contracts. */
export interface Artifact {
  abi: Abi;
  bytecode: Hex;
}

/** Compiles the contracts; quick when nothing changed. */
export function compileContracts(): void {
  const forge = spawnSync(foundryBinary("forge"), ["build", "contracts/src"], { cwd: ROOT, encoding: "utf8" });
  if (forge.status !== 0) throw new Error(`forge build failed:\n${forge.stdout}${forge.stderr}`);
}

/** Reads a compiled contract; call `compileContracts` before. */
export function artifactOf(contract: "GridX" | "DemoRupee"): Artifact {
  const path = `${ROOT}${process.env.FOUNDRY_OUT ?? "contracts/out"}/${contract}.sol/${contract}.json`;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new Error(`${path} is missing; run \`npm run forge -- build\` first`);
  }
  const { abi, bytecode } = artifactSchema.parse(JSON.parse(text));
  return { abi: abi as unknown as Abi, bytecode: bytecode.object as Hex };
}
