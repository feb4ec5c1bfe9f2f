import type { Deployment } from "@gridx/contracts";
import { readDeployment } from "@gridx/contracts/node";
import { Command, InvalidArgumentError, Option } from "commander";
import type { Address } from "viem";
import { auditCommand } from "./audit/command.ts";
import type { Depth } from "./chain/confirmations.ts";
import { clearSlots } from "./clear/clear-slots.ts";
import { MOST_PAIRS } from "./clear/clearer.ts";
import { type ChainConfig, chainConfig, metricsConfig } from "./config.ts";
import { forgetSecrets } from "./keys/secrets.ts";
import { homeOwnerKey, operatorAddress, operatorKey, readSigner } from "./keys/signer.ts";
import { toLine } from "./lines.ts";
import { OperatorMetrics } from "./metrics/metrics.ts";
import { serveMetrics } from "./metrics/serve.ts";
import { watchChain } from "./metrics/watch.ts";
import { followMeters } from "./relay/follow.ts";
import type { SimulationEvent } from "./simulate/output.ts";
import { simulate } from "./simulate/simulate.ts";

const integer = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("expected a whole number.");
  return Number(text);
};
const within = (option: string, lowest: number, highest: number) => (text: string) => {
  if (!/^\d+$/.test(text)) throw new Error(`${option}: expected a whole number, not ${text}`);
  const value = Number(text);
  if (value < lowest || value > highest) throw new Error(`${option}: ${lowest} to ${highest}, not ${text}`);
  return value;
};
const decimal = (text: string): number => {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError("expected a number.");
  return Number(text);
};

const depth = (text: string): Depth => (text === "finalized" ? text : within("--confirmations", 1, 1_000)(text));

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
// Whoever read the output is gone.
process.stdout.on("error", () => stop.abort(new Error("standard output is closed")));

const program = new Command("gridx-operator").description("What a community operator runs.");

program
  .command("simulate")
  .description(
    "plays a neighbourhood on a local anvil; tells what happens as JSON lines. The wallet of HOME_OWNER_PRIVATE_KEY, if " +
      "set, owns the first home with solar and trades by hand",
  )
  .requiredOption("--deployment <file>", "deployment file")
  .requiredOption("--rpc-url <url>", "RPC of the local chain")
  .requiredOption("--state-dir <dir>", "folder for what must survive a crash")
  .addOption(new Option("--data <dir>", "folder of CSV readings to replay instead of simulated homes"))
  .option("--days <n>", "days of history", integer, 7)
  .option("--speed <x>", "seconds of the chain's clock in one of the world", decimal, 360)
  .option("--block-time <s>", "seconds between blocks", integer, 2)
  .option("--seed <n>", "seed of weather, habits, keys and prices", integer, 1)
  .option("--slots <n>", "live slots after which everything is checked and the simulation ends", integer)
  .option("--indexer-url <url>", "indexer to compare with at the end")
  .option("--forecast-url <url>", "forecast service that gets the meters' production and consumption")
  .option("--page-url <url>", "page from which owners are said to sign in there", "http://127.0.0.1:3000")
  .option("--now <unix>", "Unix seconds at which the history ends, as planned", integer)
  .action(async (flags) => {
    const emit = (event: SimulationEvent) => void process.stdout.write(toLine(event));
    // Whoever asks for a number of slots waits for a verdict: an end without one is no success.
    if (flags.slots !== undefined) process.exitCode = 1;
    const summary = await simulate({
      deployment: readDeployment(flags.deployment),
      rpcUrl: flags.rpcUrl,
      operatorKey: operatorKey(process.env),
      ownerKey: homeOwnerKey(process.env),
      stateDir: flags.stateDir,
      dataDir: flags.data,
      days: flags.days,
      speed: flags.speed,
      blockTime: flags.blockTime,
      seed: flags.seed,
      slots: flags.slots,
      indexerUrl: flags.indexerUrl,
      forecast: flags.forecastUrl === undefined ? undefined : { url: flags.forecastUrl, origin: flags.pageUrl },
      now: flags.now,
      emit,
      signal: stop.signal,
    });
    if (!summary) return;
    emit(summary);
    process.exitCode = summary.ok ? 0 : 1;
  });

const RPC_OPTION = "RPC of the chain, or several by commas (default: RPC_URLS)";
const CONFIRMATIONS = [
  "--confirmations <n>",
  'blocks after which something counts as settled, or "finalized" (1 on a local chain, else finalized)',
  depth,
] as const;

program
  .command("relay")
  .description("signs the readings of meters' CSV files as they grow and puts them on the chain")
  .requiredOption("--deployment <file>", "deployment file")
  .option("--rpc-url <url>", RPC_OPTION)
  .requiredOption("--data <dir>", "folder with a file <house>.csv of each house")
  .requiredOption("--meters <file>", 'JSON file with the meters\' keys: {"house": "0x..."}')
  .requiredOption("--state-dir <dir>", "folder of the queue and of what was sent")
  .option("--forecast-url <url>", "forecast service that gets production and consumption too")
  .option("--once", "stop when everything that is due has been settled")
  .option("--dry-run", "tell what would be sent, tried by a node; send and keep nothing")
  .option("--slots-delay <n>", "slots to hold readings back", integer, 0)
  .option(...CONFIRMATIONS)
  .action(async (flags) => {
    const deployment = readDeployment(flags.deployment);
    const chain = chainConfig(process.env, deployment.chainId, flags.rpcUrl);
    const account = await readSigner(process.env, deployment);
    forgetSecrets(process.env);
    const { metrics, end } = await startMetrics(chain, deployment, account.address, flags.dryRun);
    const settled = await followMeters({
      deployment,
      chain,
      account,
      folder: flags.data,
      meters: flags.meters,
      stateDir: flags.stateDir,
      forecastUrl: flags.forecastUrl,
      once: flags.once,
      dryRun: flags.dryRun,
      slotsDelay: flags.slotsDelay,
      confirmations: flags.confirmations,
      observe: (event) => metrics?.sender(event),
      emit: (event) => {
        metrics?.relay(event);
        process.stdout.write(toLine(event));
      },
      signal: stop.signal,
    }).finally(end);
    if (!settled) process.exitCode = 1;
  });

program
  .command("clear")
  .description("matches asks and bids of each ended slot at one price, once its readings are on the chain")
  .requiredOption("--deployment <file>", "deployment file")
  .option("--rpc-url <url>", RPC_OPTION)
  .option("--state-dir <dir>", "folder of what was sent, so that a restart knows it", ".gridx-operator")
  .option("--once", "stop when all slots that are due have been dealt with")
  .option("--dry-run", "tell what would be done, tried by a node; send nothing")
  .option(
    "--grace <s>",
    "seconds to wait for missing readings, from a slot's end or the start (half the time until the shelf opens)",
    within("--grace", 0, 31_536_000),
  )
  .option("--most-trades <n>", "trades in one transaction", within("--most-trades", 1, 400), MOST_PAIRS)
  .option(...CONFIRMATIONS)
  .option("--interval <s>", "seconds between looks at the chain", within("--interval", 1, 600), 2)
  .action(async (flags) => {
    const deployment = readDeployment(flags.deployment);
    const chain = chainConfig(process.env, deployment.chainId, flags.rpcUrl);
    // A dry run needs no key: an address is enough to try its calls.
    const account = flags.dryRun ? undefined : await readSigner(process.env, deployment);
    const rehearseAs = flags.dryRun ? operatorAddress(process.env) : undefined;
    forgetSecrets(process.env);
    const operator = account?.address ?? rehearseAs ?? null;
    const { metrics, end } = await startMetrics(chain, deployment, operator, flags.dryRun);
    const settled = await clearSlots({
      deployment,
      chain,
      account,
      rehearseAs,
      stateDir: flags.stateDir,
      once: flags.once,
      dryRun: flags.dryRun,
      grace: flags.grace,
      mostPairs: flags.mostTrades,
      confirmations: flags.confirmations,
      restInterval: flags.interval * 1_000,
      observe: (event) => metrics?.sender(event),
      emit: (event) => {
        metrics?.clear(event);
        process.stdout.write(toLine(event));
      },
      signal: stop.signal,
    }).finally(end);
    if (!settled) process.exitCode = 1;
  });

/** Metrics where they are asked for; a dry run has none. */
async function startMetrics(chain: ChainConfig, deployment: Deployment, operator: Address | null, dryRun?: boolean) {
  const settings = dryRun ? null : metricsConfig(process.env);
  if (!settings) return { metrics: null, end: async () => {} };
  const metrics = new OperatorMetrics();
  const server = await serveMetrics(metrics.registry, settings);
  const { rpcUrls } = chain;
  const watching = new AbortController();
  const signal = AbortSignal.any([stop.signal, watching.signal]);
  const watch = watchChain({ rpcUrls, deployment, operator, metrics, signal });
  const end = async () => {
    watching.abort();
    await watch;
    await server.close();
  };
  return { metrics, end };
}

auditCommand(program, stop.signal);

try {
  await program.parseAsync();
} catch (error) {
  if (!stop.signal.aborted) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
// Timers and sockets of what was cut off must not hold the process.
process.stdout.write("", () => process.exit());
