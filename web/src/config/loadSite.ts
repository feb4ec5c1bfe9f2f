// What the page is told when it starts: /gridx.json, checked before anything is shown.
import { chainOf, chains, type Deployment, type SiteConfig, siteConfigSchema } from "@gridx/contracts";
import { createIndexerClient, type IndexerClient } from "@gridx/indexer/client";
import type { Chain } from "viem";
import { createFormat, type Format } from "../ui/format.ts";
import { createRun, guardIndexer, type Run } from "./run.ts";

export interface Site {
  config: SiteConfig;
  deployment: SiteConfig["deployment"];
  chain: Chain;
  /** Answers for this run of the chain only. */
  indexer: IndexerClient;
  run: Run;
  format: Format;
}

/** Why the page can't start, in words for whoever runs it. */
export class SiteConfigError extends Error {
  override name = "SiteConfigError";
}

/** Checks a parsed /gridx.json against the chain that the page was built for. */
export function parseSite(json: unknown, buildChainId: number): Site {
  const parsed = siteConfigSchema.safeParse(json);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.join(".") || "it"}: ${issue.message}`);
    throw new SiteConfigError(`/gridx.json is not a GridX site configuration. ${issues.join("; ")}.`);
  }
  const { deployment, rpcUrl } = parsed.data;
  if (deployment.chainId !== buildChainId) {
    throw new SiteConfigError(
      `This page was built for ${nameOf(buildChainId)}, but /gridx.json describes a contract on ${nameOf(deployment.chainId)}. Build it with VITE_CHAIN_ID=${deployment.chainId}, or serve the other configuration.`,
    );
  }
  // Only the configured RPC: the chain's public default must never be asked.
  const chain = { ...chainOf(deployment.chainId), rpcUrls: { default: { http: [rpcUrl] } } };
  const indexer = createIndexerClient(parsed.data.indexerUrl);
  const run = createRun(deployment, { market: indexer.market, deployment: servedDeployment });
  return {
    config: parsed.data,
    deployment,
    chain,
    indexer: guardIndexer(indexer, run),
    run,
    format: createFormat(deployment),
  };
}

function nameOf(chainId: number): string {
  return `${chains[chainId]?.name ?? "an unknown chain"} (${chainId})`;
}

const fetchConfig = (init: RequestInit = {}): Promise<Response | null> => fetch("/gridx.json", init).catch(() => null);

/** The deployment that is served now, or null where that can't be read. */
async function servedDeployment(signal: AbortSignal): Promise<Deployment | null> {
  const response = await fetchConfig({ cache: "no-store", signal });
  const parsed = siteConfigSchema.safeParse(response?.ok ? await response.json() : null);
  return parsed.success ? parsed.data.deployment : null;
}

/** Fetches and checks the configuration. */
export async function loadSite(): Promise<Site> {
  // As the page's head asks for it already: served so that nobody keeps it.
  const response = await fetchConfig();
  if (!response?.ok) {
    throw new SiteConfigError(
      `/gridx.json could not be read${response ? ` (HTTP ${response.status})` : ""}. It must lie beside the page and say which contract, RPC and indexer to use.`,
    );
  }
  const json: unknown = await response.json().catch(() => null);
  return parseSite(json, __CHAIN_ID__);
}
