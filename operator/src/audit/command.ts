import { readDeployment } from "@gridx/contracts/node";
import { type Command, InvalidArgumentError } from "commander";
import { type Address, isAddress } from "viem";
import { z } from "zod";
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
    .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.agrees : EXIT.unknown))
    .action(async (flags) => {
      process.exitCode = EXIT.unknown;
      try {
        const { rpc, indexer, deployment, ...options } = optionsSchema.parse(flags);
        const result = await audit({
          ...options,
          rpcUrl: rpc,
          signal,
          say: (text) => void process.stderr.write(`${text}\n`),
          ...(indexer !== undefined && { indexerUrl: indexer }),
          ...(deployment !== undefined && { deployment: readDeployment(deployment) }),
        });
        for (const line of verdictLines(result)) process.stdout.write(`${line}\n`);
        process.exitCode = result.ok ? EXIT.agrees : EXIT.disagrees;
      } catch (error) {
        process.stderr.write(`could not check: ${error instanceof Error ? error.message : String(error)}\n`);
      }
    });
}
