// What the page is told when it starts: /gridx.json, checked before anything is shown.
import { chainOf, chains, type Deployment, type SiteConfig, siteConfigSchema } from "@gridx/contracts";
import { createIndexerClient, type IndexerClient } from "@gridx/indexer/client";
import type { Chain } from "viem";
import { tracedFetch } from "../data/tracedFetch.ts";
import { presentLocale } from "../i18n/locale.ts";
import { t } from "../i18n/t.ts";
import { configAtStart } from "../start/config.ts";
import { createFormat, type Format } from "../ui/format.ts";
import { createRun, guardIndexer, type Run } from "./run.ts";

export interface Site {
  config: SiteConfig;
  deployment: SiteConfig["deployment"];
  chain: Chain;
  /** Answers for this run of the chain only. */
  indexer: IndexerClient;
  run: Run;
  /** In the present locale. */
  readonly format: Format;
}

/** Why the page can't start, in words for whoever runs it. */
export class SiteConfigError extends Error {
  override name = "SiteConfigError";
}

/** Nothing answers where the page came from: there is no network, and what runs was kept by the service worker. */
export class UnreachableError extends SiteConfigError {
  override name = "UnreachableError";
}

/** Checks a parsed /gridx.json against the chain that the page was built for. */
export function parseSite(json: unknown, buildChainId: number): Site {
  const parsed = siteConfigSchema.safeParse(json);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(
      (issue) => `${issue.path.join(".") || t("app.config.all")}: ${issue.message}`,
    );
    throw new SiteConfigError(t("app.config.invalid", { issues: issues.join("; ") }));
  }
  const { deployment, rpcUrl } = parsed.data;
  if (deployment.chainId !== buildChainId) {
    const [built, served] = [nameOf(buildChainId), nameOf(deployment.chainId)];
    throw new SiteConfigError(t("app.config.otherChain", { built, served, chainId: `${deployment.chainId}` }));
  }
  // Only the configured RPC: the chain's public default must never be asked.
  const chain = { ...chainOf(deployment.chainId), rpcUrls: { default: { http: [rpcUrl] } } };
  const indexer = createIndexerClient(parsed.data.indexerUrl, tracedFetch);
  const format = formatInPresentLocale(deployment);
  const run = createRun(deployment, { market: indexer.market, deployment: servedDeployment });
  return {
    config: parsed.data,
    deployment,
    chain,
    indexer: guardIndexer(indexer, run),
    run,
    get format() {
      return format();
    },
  };
}

function formatInPresentLocale(deployment: Deployment): () => Format {
  let made: { locale: string | undefined; format: Format } | null = null;
  return () => {
    const locale = presentLocale();
    if (made?.locale !== locale || !made) made = { locale, format: createFormat(deployment, locale) };
    return made.format;
  };
}

function nameOf(chainId: number): string {
  return `${chains[chainId]?.name ?? t("app.config.unknownChain")} (${chainId})`;
}

/** The deployment that is served now, or null where that can't be read. */
async function servedDeployment(signal: AbortSignal): Promise<Deployment | null> {
  const response = await fetch("/gridx.json", { cache: "no-store", signal }).catch(() => null);
  const parsed = siteConfigSchema.safeParse(response?.ok ? await response.json() : null);
  return parsed.success ? parsed.data.deployment : null;
}

/** Fetches and checks the configuration; `spoken` is when there are words for what is wrong with it. */
export async function loadSite(spoken: Promise<unknown>): Promise<Site> {
  const [response] = await Promise.all([configAtStart(), spoken]);
  if (!response) throw new UnreachableError(t("app.config.unread"));
  if (!response.ok) throw new SiteConfigError(t("app.config.unreadStatus", { status: response.status }));
  const json: unknown = await response.json().catch(() => null);
  return parseSite(json, __CHAIN_ID__);
}
