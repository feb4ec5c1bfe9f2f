// Writes src/generated/abi.ts from the compiled contracts; `--check [FILE]` only compares.
import { readFileSync, writeFileSync } from "node:fs";
import { artifactOf } from "./artifacts.ts";

const TARGET = new URL("./generated/abi.ts", import.meta.url);

const source = `// Generated from the compiled contracts by \`pnpm --filter @gridx/contracts generate\`. Do not edit.
export const gridxAbi = ${JSON.stringify(artifactOf("GridX").abi, null, 2)} as const;

export const demoRupeeAbi = ${JSON.stringify(artifactOf("DemoRupee").abi, null, 2)} as const;
`;

const [option, file] = process.argv.slice(2);
if (option === "--check") {
  if (readFileSync(file ?? TARGET, "utf8") !== source) {
    console.error(
      "contracts/ts/src/generated/abi.ts is not what the contracts compile to; run `pnpm --filter @gridx/contracts generate`",
    );
    process.exitCode = 1;
  }
} else {
  writeFileSync(TARGET, source);
}
