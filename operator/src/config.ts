// What the environment says about chain, fees and metrics; keys are read in keys/.
import { withSecretFiles } from "@gridx/contracts/node";
import { z } from "zod";
import { type FeeRules, feeRules } from "./chain/fees.ts";
import { majority } from "./chain/quorum.ts";
import type { Environment } from "./keys/secrets.ts";

export interface ChainConfig {
  /** In the order in which they are asked. */
  rpcUrls: string[];
  /** Equal answers that decide. */
  quorum: number;
  fees: FeeRules;
  /** Milliseconds after which a transaction that hangs is sent again at a higher price. */
  bumpAfter: number;
}

export interface MetricsConfig {
  host: string;
  port: number;
}

const NAMES = ["RPC_URLS", "RPC_URL"];

/** Thrown for a wrong environment; the message names each wrong variable, one a line. */
export class ConfigError extends Error {}

const whole = (least: number, most: number) => {
  const advice = `expected a whole number from ${least} to ${most}`;
  return z.string().regex(/^\d+$/, advice).transform(Number).pipe(z.number().min(least, advice).max(most, advice));
};
const gwei = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,9})?$/, "expected gwei, such as 30 or 27.5")
  .refine((text) => Number(text) <= 100_000, "expected at most 100000 gwei");

const urls = z
  .string()
  .transform((text) =>
    text
      .split(",")
      .map((url) => url.trim())
      .filter(Boolean),
  )
  .pipe(
    z
      .array(z.string().refine((url) => URL.canParse(url) && /^https?:/.test(url), "expected http(s) URLs by commas"))
      .min(1, "expected at least one http(s) URL")
      .max(9, "expected at most 9 URLs")
      .refine((list) => new Set(list).size === list.length, "names one RPC twice: it would vote twice"),
  );

const schema = z.object({
  RPC_URLS: urls.optional(),
  RPC_QUORUM: whole(1, 9).optional(),
  MIN_PRIORITY_FEE_GWEI: gwei.optional(),
  MAX_FEE_GWEI: gwei.optional(),
  FEE_BUMP_SECONDS: whole(5, 3_600).default(30),
  METRICS_HOST: z.string().min(1).default("127.0.0.1"),
  METRICS_PORT: whole(0, 65_535).optional(),
});

function parse(environment: Environment) {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `${issue.path[0]?.toString()}: ${issue.message}`);
  throw new ConfigError(lines.join("\n"));
}

/**
 * `--rpc-url` comes before `RPC_URLS`, or `RPC_URL` as the other services call it; each may name several by commas, and the
 * variables may be in files. No message shows a URL: it may hold a secret.
 */
export function chainConfig(environment: Environment, chainId: number, rpcUrl?: string): ChainConfig {
  const { RPC_URL, RPC_URLS, ...rest } = rpcUrl === undefined ? withSecretFiles(environment, NAMES) : environment;
  if (rpcUrl === undefined && RPC_URL && RPC_URLS) throw new ConfigError("RPC_URLS and RPC_URL are both set; set one");
  const env = parse({ ...rest, RPC_URLS: rpcUrl ?? (RPC_URLS || RPC_URL) });
  const rpcUrls = env.RPC_URLS;
  if (!rpcUrls)
    throw new ConfigError("RPC_URLS: is not set; set it to the http(s) URLs of the chain's RPCs, by commas");
  const quorum = env.RPC_QUORUM ?? majority(rpcUrls.length);
  if (quorum > rpcUrls.length) {
    throw new ConfigError(
      `RPC_QUORUM: ${quorum} of ${rpcUrls.length} RPCs can't agree; expected 1 to ${rpcUrls.length}`,
    );
  }
  const fees = feeRules(chainId, { minTipGwei: env.MIN_PRIORITY_FEE_GWEI, maxFeeGwei: env.MAX_FEE_GWEI });
  if (fees.ceiling !== null && fees.ceiling < fees.leastTip) {
    throw new ConfigError("MAX_FEE_GWEI: lies below MIN_PRIORITY_FEE_GWEI, so nothing could be sent");
  }
  return { rpcUrls, quorum, fees, bumpAfter: env.FEE_BUMP_SECONDS * 1_000 };
}

/** Null where no metrics are asked for. */
export function metricsConfig(environment: Environment): MetricsConfig | null {
  const { METRICS_HOST: host, METRICS_PORT: port } = parse(environment);
  return port === undefined ? null : { host, port };
}
