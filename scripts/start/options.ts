import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";

export const HELP = `npm start -- [options]

  --data DIR        replay a folder of CSV readings instead of simulated homes
  --days N          days of history that end now (default 7)
  --now T           Unix seconds to take for now (default the present)
  --speed S         how much faster than the world the chain's clock runs (default 360)
  --block-time S    seconds between blocks (default 2)
  --seed N          seed of the simulated homes (default 1)
  --headless        no page; with --slots, ends with a summary and a verdict
  --slots N         stop after N live slots (needs --headless)
  --ports auto      free ports instead of 3000, 3001, 8000 and 8545
  --state-dir DIR   where logs and data of the run go (default .gridx)
  --ready-file F    write addresses as JSON once everything is up
  --help

Ports by environment: GRIDX_WEB_PORT, GRIDX_INDEXER_PORT, GRIDX_FORECAST_PORT, GRIDX_CHAIN_PORT.
`;

const number = () => z.coerce.number("expected a number");

const schema = z
  .object({
    data: z
      .string()
      .transform((path) => resolve(path))
      .optional(),
    days: number().int().min(1).max(366).default(7),
    now: number().int().min(1_000_000_000).max(4_000_000_000).optional(),
    speed: number().min(1).max(3600).default(360),
    blockTime: number().int().min(1).max(60).default(2),
    seed: number().int().min(0).max(4_294_967_295).default(1),
    headless: z.boolean().default(false),
    slots: number().int().min(1).optional(),
    ports: z.enum(["default", "auto"]).default("default"),
    stateDir: z
      .string()
      .default(".gridx")
      .transform((path) => resolve(path)),
    readyFile: z.string().optional(),
  })
  .refine((options) => options.slots === undefined || options.headless, {
    path: ["slots"],
    message: "needs --headless",
  });
export type StartOptions = z.output<typeof schema>;

/** Reads the command line; throws with each wrong option named. Null when help was asked for. */
export function readOptions(argv: string[]): StartOptions | null {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: argv,
    options: {
      data: text,
      days: text,
      now: text,
      speed: text,
      "block-time": text,
      seed: text,
      headless: { type: "boolean" },
      slots: text,
      ports: text,
      "state-dir": text,
      "ready-file": text,
      help: { type: "boolean" },
    },
  });
  if (values.help) return null;
  const parsed = schema.safeParse({
    ...values,
    blockTime: values["block-time"],
    stateDir: values["state-dir"],
    readyFile: values["ready-file"],
  });
  if (parsed.success) return parsed.data;
  const dashed = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new Error(parsed.error.issues.map((issue) => `--${dashed(issue.path.join("."))}: ${issue.message}`).join("\n"));
}
