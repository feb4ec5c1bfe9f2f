import { readDeployment } from "@gridx/contracts/node";
import { Command, InvalidArgumentError, Option } from "commander";
import type { Hex } from "viem";
import { auditCommand } from "./audit/command.ts";
import { clearSlots } from "./clear/clear-slots.ts";
import { toClearLine } from "./clear/events.ts";
import { followMeters } from "./relay/follow.ts";
import { type SimulationEvent, toLine } from "./simulate/output.ts";
import { simulate } from "./simulate/simulate.ts";

const integer = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("expected a whole number.");
  return Number(text);
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
    "seconds after a slot's end to wait for missing readings (half the time until the shelf opens)",
    integer,
  )
  .option("--most-trades <n>", "trades in one transaction", integer, 300)
  .option(
    "--confirmations <n>",
    "blocks after which a clearing counts as settled (1 on a local chain, else 64)",
    integer,
  )
  .action(async (flags) => {
    const settled = await clearSlots({
      deployment: readDeployment(flags.deployment),
      rpcUrl: flags.rpcUrl,
      operatorKey: operatorKey(),
      once: flags.once,
      dryRun: flags.dryRun,
      grace: flags.grace,
      mostPairs: flags.mostTrades,
      confirmations: flags.confirmations,
      emit: (event) => void process.stdout.write(toClearLine(event)),
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
