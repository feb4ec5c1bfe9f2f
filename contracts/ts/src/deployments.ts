import { type Address, getAddress, isAddress } from "viem";
import { anvil, type Chain, polygon, polygonAmoy } from "viem/chains";
import { z } from "zod/mini";

const address = z.pipe(
  z.string().check(z.refine((text) => isAddress(text, { strict: false }), "expected an address of 20 bytes in hex")),
  z.transform((text): Address => getAddress(text)),
);

/** One deployed contract: what every part of the system must agree on. */
export const deploymentSchema = z.object({
  chainId: z.int().check(z.positive()),
  /** The GridX contract. */
  address,
  /** Block of its deployment. */
  startBlock: z.int().check(z.nonnegative()),
  /** Settlement token. */
  token: address,
  tokenSymbol: z.string().check(z.minLength(1), z.maxLength(16)),
  /** `Intl.NumberFormat` shows at most 20 digits after the point, so a token with more can't be shown exactly. */
  tokenDecimals: z.int().check(z.minimum(0), z.maximum(20)),
  /** Seconds. */
  slotDuration: z.int().check(z.minimum(60), z.maximum(86_400)),
  ringLength: z.int().check(z.minimum(2), z.maximum(65_535)),
  /** Tells one run of a local chain from the next; two of them can have the same genesis. */
  runId: z.optional(z.string().check(z.regex(/^[a-z0-9]{1,32}$/))),
});
export type Deployment = z.infer<typeof deploymentSchema>;

/** What the page is told when it loads (`/gridx.json` beside it). */
export const siteConfigSchema = z.object({
  deployment: deploymentSchema,
  rpcUrl: z.url(),
  indexerUrl: z.url(),
  forecastUrl: z.url(),
  /** Where errors of the page are reported: a Sentry DSN, which is public. Without it they are in the console alone. */
  sentryDsn: z.optional(
    z
      .url()
      .check(
        z.refine((text) => new URL(text).username !== "", "expected a DSN, like https://key@errors.example.org/1"),
      ),
  ),
  /** Set where the chain's clock is not the world's. */
  demo: z.optional(
    z.object({
      clockSpeed: z.number().check(z.positive()),
      description: z.string(),
      /** Which of the page's own wallets, by number, owns one of the simulated homes. */
      homeWallet: z.optional(z.number()),
    }),
  ),
});
export type SiteConfig = z.infer<typeof siteConfigSchema>;

/** Chains that GridX can be deployed to. */
export const chains: Readonly<Record<number, Chain>> = {
  [anvil.id]: { ...anvil, name: "GridX local chain" },
  [polygonAmoy.id]: polygonAmoy,
  [polygon.id]: polygon,
};

/** The chain of an id, or an error that says which are known. */
export function chainOf(chainId: number): Chain {
  const chain = chains[chainId];
  if (!chain) throw new Error(`chain ${chainId} is not one of ${Object.keys(chains).join(", ")}`);
  return chain;
}

/** Link to a transaction on the chain's explorer, or null where it has none. */
export function transactionUrl(chainId: number, hash: string): string | null {
  const explorer = chains[chainId]?.blockExplorers?.default.url;
  return explorer ? `${explorer.replace(/\/$/, "")}/tx/${hash}` : null;
}
