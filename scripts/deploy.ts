// Deploys a community's contract; `--help` says how.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { artifactOf, compileContracts } from "@gridx/contracts/node";
import { ROOT } from "./checks.ts";
import { type DeployOptions, HELP, readOptions } from "./deploy/options.ts";
import { outcomeOf } from "./deploy/outcome.ts";
import { foundryBinary } from "./foundry.mjs";

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** Runs the Solidity script. The endpoint may hold a secret, so it is not put on the command line. */
function runScript(options: DeployOptions): void {
  const args = ["script", "contracts/script/Deploy.s.sol:Deploy", "--slow"];
  if (!options.dryRun) args.push("--broadcast");
  if (options.account) args.push("--account", options.account);
  const env: NodeJS.ProcessEnv = { ...process.env, FOUNDRY_ETH_RPC_URL: options.rpcUrl };
  env.GRIDX_PARAMETERS = readFileSync(options.parameters, "utf8");
  if (options.tokenHolder) env.GRIDX_TOKEN_HOLDER = options.tokenHolder;
  if (options.key) env.DEPLOYER_PRIVATE_KEY = options.key;
  else delete env.DEPLOYER_PRIVATE_KEY;
  const forge = spawnSync(foundryBinary("forge"), args, { cwd: ROOT, env, stdio: "inherit" });
  if (forge.status !== 0) throw new Error("nothing was written; forge says above what is wrong");
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (!options) return say(HELP);
  compileContracts();
  if (!options.record) runScript(options);
  if (options.dryRun && !options.record) return say("Nothing was sent.");
  const { remaining, deployment, ...record } = await outcomeOf(options, artifactOf("GridX").bytecode);
  mkdirSync(dirname(options.out), { recursive: true });
  writeFileSync(options.out, `${JSON.stringify({ ...deployment, ...record }, null, 2)}\n`);
  say(`\nGridX ${deployment.address} in block ${deployment.startBlock} of chain ${deployment.chainId}: ${options.out}`);
  for (const line of remaining) say(line);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
