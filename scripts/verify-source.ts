// Shows that the published source is what runs: compiles it anew and compares, byte by byte; `--help` says how.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { compileContracts, readDeployment } from "@gridx/contracts/node";
import { createPublicClient, type Hex, http, keccak256 } from "viem";
import { z } from "zod";
import { type GridXArtifact, readGridX, solc, standardInput } from "./standard-json.ts";

const HELP = `npm run verify:source -- [options]

Makes the standard-JSON input of GridX from the build's metadata and the sources on disk, compiles it in one plain
call of the compiler from npm, and compares the code with the build's; given an endpoint, the build's with the
chain's first. Ends with 1 where anything differs.

  --deployment FILE  a deployment file (contracts/deployments/<chain id>.json)
  --rpc-url URL      the chain's endpoint, or GRIDX_RPC_URL; needs --deployment
  --write FILE       writes the standard-JSON input, which explorers take as it is
  --help
`;

let different = 0;

function compare(name: string, one: string, other: string): void {
  const equal = one === other;
  if (!equal) different += 1;
  process.stdout.write(`${equal ? "equal    " : "DIFFERENT"} ${name}: ${(one.length - 2) / 2} bytes, ${hash(one)}\n`);
  if (!equal) process.stdout.write(`          the other one: ${(other.length - 2) / 2} bytes, ${hash(other)}\n`);
}

const hash = (text: string) => keccak256(text as Hex);

const outputSchema = z.object({
  contracts: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        evm: z.object({
          bytecode: z.object({ object: z.string() }),
          deployedBytecode: z.object({ object: z.string() }),
        }),
      }),
    ),
  ),
});

/** Zeroes where the constructor wrote its immutables, as in the compiler's output. */
function masked(runtime: string, { deployedBytecode }: GridXArtifact): string {
  let text = runtime;
  for (const { start, length } of Object.values(deployedBytecode.immutableReferences).flat()) {
    const from = 2 + 2 * start;
    text = text.slice(0, from) + "0".repeat(2 * length) + text.slice(from + 2 * length);
  }
  return text.length === runtime.length ? text : runtime;
}

async function compareWithChain(artifact: GridXArtifact, path: string, rpcUrl: string): Promise<void> {
  const { address, chainId } = readDeployment(path);
  const client = createPublicClient({ transport: http(rpcUrl) });
  const found = await client.getChainId();
  if (found !== chainId) throw new Error(`the endpoint is of chain ${found}, the deployment of ${chainId}`);
  const runtime = await client.getCode({ address });
  if (!runtime) throw new Error(`${address} has no code on chain ${chainId}`);
  const name = `code of ${address} on chain ${chainId}, its immutables aside`;
  compare(name, masked(runtime, artifact), artifact.deployedBytecode.object);
  const record = z
    .object({ transaction: z.custom<Hex>().optional(), constructorArguments: z.string().optional() })
    .parse(JSON.parse(readFileSync(path, "utf8")));
  if (!record.transaction || !record.constructorArguments) return;
  const { input } = await client.getTransaction({ hash: record.transaction });
  compare("its creation, with its arguments", input, artifact.bytecode.object + record.constructorArguments.slice(2));
}

function compareWithCompiler({ bytecode, deployedBytecode, metadata }: GridXArtifact, input: string): void {
  const { contracts } = outputSchema.parse(JSON.parse(solc.compile(input)));
  const [file = "", contract = ""] = Object.entries(metadata.settings.compilationTarget)[0] ?? [];
  const evm = contracts[file]?.[contract]?.evm;
  if (!evm) throw new Error(`the compiler gave no ${contract}`);
  const by = `of ${file}, compiled anew by ${metadata.compiler.version}`;
  compare(`creation code ${by}`, bytecode.object, `0x${evm.bytecode.object}`);
  compare(`runtime code ${by}`, deployedBytecode.object, `0x${evm.deployedBytecode.object}`);
}

async function main(): Promise<void> {
  const text = { type: "string" } as const;
  const options = { deployment: text, "rpc-url": text, write: text, help: { type: "boolean" } } as const;
  const { values } = parseArgs({ options });
  if (values.help) return void process.stdout.write(HELP);
  const rpcUrl = values["rpc-url"] ?? (values.deployment ? process.env.GRIDX_RPC_URL : undefined);
  if (rpcUrl && !values.deployment) throw new Error("--rpc-url needs --deployment, which has the address");
  compileContracts();
  const artifact = readGridX();
  const { compiler } = artifact.metadata;
  if (!solc.version().startsWith(compiler.version)) {
    throw new Error(`the build is by ${compiler.version}, the compiler here is ${solc.version()}`);
  }
  const input = standardInput(artifact, ["abi", "evm.bytecode.object", "evm.deployedBytecode.object", "metadata"]);
  if (values.write) writeFileSync(values.write, input);
  if (rpcUrl && values.deployment) await compareWithChain(artifact, values.deployment, rpcUrl);
  // The slow part, and pointless where the build is not what runs there.
  if (different === 0) compareWithCompiler(artifact, input);
  if (different > 0) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
