import { existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { readDeployment } from "@gridx/contracts/node";
import { type Command, InvalidArgumentError } from "commander";
import { type Address, isAddress } from "viem";
import { z } from "zod";
import { metricsConfig } from "../config.ts";
import { OperatorMetrics } from "../metrics/metrics.ts";
import { serveMetrics } from "../metrics/serve.ts";
import { audit } from "./audit.ts";
import { verdictLines } from "./verdict.ts";

const integer = (text: string): number => {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("expected a whole number.");
  return Number(text);
};
const url = (text: string): string => {
  if (!z.url().safeParse(text).success) throw new InvalidArgumentError("expected a URL.");
  return text;
};
const address = (text: string): Address => {
  if (!isAddress(text, { strict: false })) throw new InvalidArgumentError("expected an address, 0x and 40 hex digits.");
  return text.toLowerCase() as Address;
};

/** Exit codes of the command. */
export const EXIT = { agrees: 0, disagrees: 1, unknown: 2 } as const;

const optionsSchema = z.object({
  rpc: z.string(),
  address: z
    .string()
    .transform((text) => text as Address)
    .optional(),
  deployment: z.string().optional(),
  indexer: z.string().optional(),
  from: z.string().optional(),
  dump: z.string().optional(),
  toBlock: z.number().optional(),
  startBlock: z.number().optional(),
  confirmations: z.number().optional(),
  every: z.number().optional(),
});

export function auditCommand(program: Command, signal: AbortSignal): void {
  program
    .command("audit")
    .description("checks a community from its events alone; exits 0 agrees, 1 disagrees, 2 could not check")
    .requiredOption("--rpc <url>", "RPC of the chain", url)
    .option("--address <address>", "the GridX contract", address)
    .option("--deployment <file>", "deployment file instead")
    .option("--indexer <url>", "indexer to compare with, row by row", url)
    .option("--from <file>", "dump of logs to begin with")
    .option("--dump <file>", "keep the logs in this file; the same as --from goes on with it")
    .option("--to-block <n>", "check at this block (default: the newest that is confirmed)", integer)
    .option("--start-block <n>", "block of the deployment (default: found)", integer)
    .option("--confirmations <n>", "blocks to stay behind the newest (default: 0 on a local chain, else 64)", integer)
    .option("--every <s>", "audit again and again, so many seconds apart; with METRICS_PORT for Prometheus", integer)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.agrees : EXIT.unknown))
    .action(async (flags) => {
      process.exitCode = EXIT.unknown;
      try {
        const { every, ...given } = optionsSchema.parse(flags);
        if (every === undefined) process.exitCode = await once(given, signal, null);
        else await again(given, signal, every);
      } catch (error) {
        process.stderr.write(`could not check: ${error instanceof Error ? error.message : String(error)}\n`);
      }
    });
}

type Given = Omit<z.output<typeof optionsSchema>, "every">;

/** Audits until the signal; the exit code is the last one's. */
async function again(given: Given, signal: AbortSignal, every: number): Promise<void> {
  const settings = metricsConfig(process.env);
  const metrics = new OperatorMetrics();
  const server = settings && (await serveMetrics(metrics.registry, settings));
  while (!signal.aborted) {
    const code = await once(given, signal, metrics);
    if (!signal.aborted) process.exitCode = code;
    await setTimeout(every * 1_000, undefined, { signal }).catch(() => {});
  }
  await server?.close();
}

/** One audit, told; its exit code. */
async function once(given: Given, signal: AbortSignal, metrics: OperatorMetrics | null): Promise<number> {
  try {
    const { rpc, indexer, deployment, ...options } = given;
    // With a dump that goes on in itself the first round makes it.
    if (options.from !== undefined && options.from === options.dump && !existsSync(options.from)) delete options.from;
    const result = await audit({
      ...options,
      rpcUrl: rpc,
      signal,
      say: (text) => void process.stderr.write(`${text}\n`),
      ...(indexer !== undefined && { indexerUrl: indexer }),
      ...(deployment !== undefined && { deployment: readDeployment(deployment) }),
    });
    for (const line of verdictLines(result)) process.stdout.write(`${line}\n`);
    const { findings, headOnChain, target } = result;
    const headEqual = headOnChain !== null && findings.countOf("head") === 0;
    metrics?.audit({ headEqual, findings: findings.count, block: target.block });
    return result.ok ? EXIT.agrees : EXIT.disagrees;
  } catch (error) {
    metrics?.audit(null);
    process.stderr.write(`could not check: ${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT.unknown;
  }
}
