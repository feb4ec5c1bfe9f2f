import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "../checks.ts";

export const HELP = `npm run deploy -- --network local|amoy|polygon [options]

Deploys a community's contract as contracts/script/config/<network>.json says, and writes
contracts/deployments/<chain id>.json. Everything is checked and simulated before anything is sent.

  --network NAME       local (31337), amoy (80002), polygon (137)
  --rpc-url URL        or GRIDX_RPC_URL; local: http://127.0.0.1:8545
  --account NAME       signs with an encrypted keystore of \`cast wallet import\`; asks for its password
  --parameters FILE    another parameter file
  --token-holder ADDR  someone who holds the token, for the simulated test transfer (default: the deployer)
  --out FILE           another deployment file
  --dry-run            checks and simulates only
  --record             sends nothing: writes the file for what was sent last, where that was broken off
  --force              replaces the deployment file of a live network
  --help

Without --account the key is read from DEPLOYER_PRIVATE_KEY. It is never printed or written. On the local chain it is
anvil's first one, where none is given.
Tested on local chains, one of them with Amoy's id. Never run against the live networks so far.
`;

/** Networks by the name of their parameter file. */
export const NETWORKS: Readonly<Record<string, { chainId: number; live: boolean }>> = {
  local: { chainId: 31337, live: false },
  amoy: { chainId: 80002, live: true },
  polygon: { chainId: 137, live: true },
};

/** Anvil's first key, known to everybody. */
const LOCAL_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

export interface DeployOptions {
  network: string;
  chainId: number;
  live: boolean;
  rpcUrl: string;
  account?: string;
  /** Undefined where an account signs. */
  key?: string;
  parameters: string;
  tokenHolder?: string;
  out: string;
  dryRun: boolean;
  record: boolean;
}

/** What is known of a network's name, or an error that helps. */
function networkOf(name: string | undefined) {
  const known = Object.entries(NETWORKS).map(([network, { chainId }]) => `${network} (${chainId})`);
  if (name === "mumbai" || name === "80001") {
    throw new Error("--network: Mumbai (80001) was shut down in April 2024; use amoy (80002)");
  }
  const network = Object.keys(NETWORKS).find((key) => key === name || String(NETWORKS[key]?.chainId) === name);
  const found = network === undefined ? undefined : NETWORKS[network];
  if (network === undefined || !found)
    throw new Error(`--network: ${name ?? "none"} is not one of ${known.join(", ")}`);
  return { network, ...found };
}

/** Reads the command line; throws with what is wrong. Null when help was asked for. */
export function readOptions(argv: string[], environment: NodeJS.ProcessEnv): DeployOptions | null {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const { values } = parseArgs({
    args: argv,
    options: {
      network: text,
      "rpc-url": text,
      account: text,
      parameters: text,
      "token-holder": text,
      out: text,
      "dry-run": flag,
      record: flag,
      force: flag,
      help: flag,
    },
  });
  if (values.help) return null;
  const { network, chainId, live } = networkOf(values.network);
  const rpcUrl = values["rpc-url"] ?? environment.GRIDX_RPC_URL ?? (live ? undefined : "http://127.0.0.1:8545");
  if (!rpcUrl) throw new Error(`--rpc-url or GRIDX_RPC_URL is needed for ${network}`);
  const key = values.account ? undefined : (environment.DEPLOYER_PRIVATE_KEY ?? (live ? undefined : LOCAL_KEY));
  if (!values.account && !key && !values.record) {
    throw new Error("no key: pass --account NAME (an encrypted keystore) or set DEPLOYER_PRIVATE_KEY");
  }
  const out = resolve(values.out ?? join(ROOT, `contracts/deployments/${chainId}.json`));
  const dryRun = values["dry-run"] ?? false;
  if (live && !dryRun && !values.force && existsSync(out)) {
    throw new Error(`${out} exists: ${network} has a deployment; --force replaces the file, not the contract`);
  }
  return {
    network,
    chainId,
    live,
    rpcUrl,
    account: values.account,
    key,
    parameters: resolve(values.parameters ?? join(ROOT, `contracts/script/config/${network}.json`)),
    tokenHolder: values["token-holder"],
    out,
    dryRun,
    record: values.record ?? false,
  };
}
