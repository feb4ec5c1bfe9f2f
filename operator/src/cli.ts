import { readDeployment } from "@gridx/contracts/node";
import { Command, InvalidArgumentError, Option } from "commander";
import type { Hex } from "viem";
import { auditCommand } from "./audit/command.ts";
import { clearSlots } from "./clear/clear-slots.ts";
import { MOST_PAIRS } from "./clear/clearer.ts";
import { toLine } from "./lines.ts";
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

function operatorKey(): Hex {
  const key = process.env.OPERATOR_PRIVATE_KEY;
  if (!key || !/^0x[0-9a-fA-F]{64}$/.test(key)) {
    throw new Error("OPERATOR_PRIVATE_KEY must hold the operator's private key (0x and 64 hex digits)");
  }
  return key as Hex;
}

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
// Whoever read the output is gone.
process.stdout.on("error", () => stop.abort(new Error("standard output is closed")));

const program = new Command("gridx-operator").description("What a community operator runs.");

program
  .command("simulate")
  .description("plays a neighbourhood on a local anvil; tells what happens as JSON lines")
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
      operatorKey: operatorKey(),
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

program
  .command("relay")
  .description("signs the readings of meters' CSV files as they grow and puts them on the chain")
  .requiredOption("--deployment <file>", "deployment file")
  .requiredOption("--rpc-url <url>", "RPC of the chain")
  .requiredOption("--data <dir>", "folder with a file <house>.csv of each house")
  .requiredOption("--meters <file>", 'JSON file with the meters\' keys: {"house": "0x..."}')
  .requiredOption("--state-dir <dir>", "folder of the queue")
  .option("--forecast-url <url>", "forecast service that gets production and consumption too")
  .option("--once", "stop when everything that is due has been settled")
  .option("--slots-delay <n>", "slots to hold readings back", integer, 0)
  .option(
    "--confirmations <n>",
    "blocks after which a reading counts as settled (1 on a local chain, else 64)",
    integer,
  )
  .action(async (flags) => {
    const settled = await followMeters({
      deployment: readDeployment(flags.deployment),
      rpcUrl: flags.rpcUrl,
      folder: flags.data,
      meters: flags.meters,
      operatorKey: operatorKey(),
      stateDir: flags.stateDir,
      forecastUrl: flags.forecastUrl,
      once: flags.once,
      slotsDelay: flags.slotsDelay,
      confirmations: flags.confirmations,
      emit: (event) => void process.stdout.write(`${JSON.stringify(event)}\n`),
      signal: stop.signal,
    });
    if (!settled) process.exitCode = 1;
  });

program
  .command("clear")
  .description("matches asks and bids of each ended slot at one price, once its readings are on the chain")
  .requiredOption("--deployment <file>", "deployment file")
  .requiredOption("--rpc-url <url>", "RPC of the chain")
  .option("--once", "stop when all slots that are due have been dealt with")
  .option("--dry-run", "tell what would be done and send nothing")
  .option(
    "--grace <s>",
    "seconds to wait for missing readings, from a slot's end or the start (half the time until the shelf opens)",
    within("--grace", 0, 31_536_000),
  )
  .option("--most-trades <n>", "trades in one transaction", within("--most-trades", 1, 400), MOST_PAIRS)
  .option(
    "--confirmations <n>",
    "blocks after which a clearing counts as settled (1 on a local chain, else 64)",
    within("--confirmations", 1, 1_000),
  )
  .option("--interval <s>", "seconds between looks at the chain", within("--interval", 1, 600), 2)
  .action(async (flags) => {
    const settled = await clearSlots({
      deployment: readDeployment(flags.deployment),
      rpcUrl: flags.rpcUrl,
      operatorKey: flags.dryRun ? undefined : operatorKey(),
      once: flags.once,
      dryRun: flags.dryRun,
      grace: flags.grace,
      mostPairs: flags.mostTrades,
      confirmations: flags.confirmations,
      restInterval: flags.interval * 1_000,
      emit: (event) => void process.stdout.write(toLine(event)),
      signal: stop.signal,
    });
    if (!settled) process.exitCode = 1;
  });

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
