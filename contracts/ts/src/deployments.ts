import { type Address, getAddress, isAddress } from "viem";
import { anvil, type Chain, polygon, polygonAmoy } from "viem/chains";
import { z } from "zod";

const address = z
  .string()
  .refine((text) => isAddress(text, { strict: false }), "expected an address of 20 bytes in hex")
  .transform((text): Address => getAddress(text));

/** One deployed contract: what every part of the system must agree on. */
export const deploymentSchema = z.object({
  chainId: z.number().int().positive(),
  /** The GridX contract. */
  address,
  /** Block of its deployment. */
  startBlock: z.number().int().nonnegative(),
  /** Settlement token. */
  token: address,
  tokenSymbol: z.string().min(1).max(16),
  /** `Intl.NumberFormat` shows at most 20 digits after the point, so a token with more can't be shown exactly. */
  tokenDecimals: z.number().int().min(0).max(20),
  /** Seconds. */
  slotDuration: z.number().int().min(60).max(86_400),
  ringLength: z.number().int().min(2).max(65_535),
  /** Tells one run of a local chain from the next; two of them can have the same genesis. */
  runId: z
    .string()
    .regex(/^[a-z0-9]{1,32}$/)
    .optional(),
});
export type Deployment = z.infer<typeof deploymentSchema>;

/** What the page is told when it loads (`/gridx.json` beside it). */
export const siteConfigSchema = z.object({
  deployment: deploymentSchema,
  rpcUrl: z.url(),
  indexerUrl: z.url(),
  forecastUrl: z.url(),
  /** Set where the chain's clock is not the world's. */
  demo: z.object({ clockSpeed: z.number().positive(), description: z.string() }).optional(),
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
