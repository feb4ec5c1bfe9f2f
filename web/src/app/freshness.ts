// How old what the page shows is, in the reader's seconds.
import { t } from "../i18n/t.ts";

interface Point {
  number: number;
  timestamp: number;
}

export interface FreshnessInput {
  chain: Point | undefined;
  chainFailed: boolean;
  indexer: Point | undefined;
  indexerFailed: boolean;
  clockSpeed: number;
  /** The browser has no network. */
  offline?: boolean;
  /** When the chain was read last, as the reader writes it; null before the first time. */
  readAt?: string | null;
}

export interface Freshness {
  state: "starting" | "live" | "stale";
  text: string;
  /** Said loudly. */
  warning: string | null;
}

/** Behind by more than this, the lists are called stale. */
const STALE_SECONDS = 15;

export function freshnessOf(input: FreshnessInput): Freshness {
  const { chain, chainFailed, indexer, indexerFailed, clockSpeed, offline = false, readAt = null } = input;
  if (offline && chainFailed) {
    const warning = readAt === null ? t("app.offline.text") : t("app.fresh.offline.warning", { time: readAt });
    return { state: "stale", text: t("app.fresh.offline"), warning };
  }
  if (chainFailed) {
    return { state: "stale", text: t("app.fresh.noChain"), warning: t("app.fresh.noChain.warning") };
  }
  if (indexerFailed) {
    return { state: "stale", text: t("app.fresh.noIndexer"), warning: t("app.fresh.noIndexer.warning") };
  }
  if (!indexer || !chain) return { state: "starting", text: t("app.fresh.starting"), warning: null };
  const seconds = Math.max(0, Math.round((chain.timestamp - indexer.timestamp) / clockSpeed));
  const blocks = chain.number - indexer.number;
  // Reading the two is not one moment: a block or two is no lag.
  const text = blocks <= 1 ? t("app.fresh.live") : t("app.fresh.behind", { seconds });
  if (blocks > 1 && seconds > STALE_SECONDS) {
    return { state: "stale", text, warning: t("app.fresh.behind.warning", { seconds }) };
  }
  return { state: "live", text, warning: null };
}
