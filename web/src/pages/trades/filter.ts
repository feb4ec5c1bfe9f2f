// What the list of trades is narrowed by, as the page's address says it: a link shows the same rows to anybody.
import { slotOf } from "@gridx/contracts";
import type { FilterQuery } from "@gridx/indexer/client";
import type { Address } from "viem";

export interface TradeFilter {
  /** Those of the connected wallet, whichever that is. */
  mine: boolean;
  wallet?: Address;
  /** Unix seconds of the trade's block: from the first on, before the second. */
  from?: number;
  to?: number;
  /** Of the energy. */
  slot?: number;
}

const ADDRESS = /^0x[0-9a-f]{40}$/i;
const MOST = { seconds: 9_999_999_999, slot: 2 ** 31 - 1 };

export const addressIn = (text: string): Address | undefined =>
  ADDRESS.test(text.trim()) ? (text.trim() as Address) : undefined;

function wholeIn(text: string | null, most: number): number | undefined {
  if (text === null || !/^\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= most ? value : undefined;
}

/** What can't be read is left out. */
export function readFilter(search: string): TradeFilter {
  const query = new URLSearchParams(search);
  return {
    mine: query.get("whose") === "mine",
    wallet: addressIn(query.get("wallet") ?? ""),
    from: wholeIn(query.get("from"), MOST.seconds),
    to: wholeIn(query.get("to"), MOST.seconds),
    slot: wholeIn(query.get("slot"), MOST.slot),
  };
}

/** The page's address with that filter. */
export function tradesHref({ mine, wallet, from, to, slot }: TradeFilter): string {
  const query = new URLSearchParams();
  if (mine) query.set("whose", "mine");
  for (const [name, value] of Object.entries({ wallet, from, to, slot })) {
    if (value !== undefined) query.set(name, String(value));
  }
  const text = query.toString();
  return text === "" ? "/trades" : `/trades?${text}`;
}

export type TradeQuery = FilterQuery & { wallet?: Address };

/** As the indexer is asked; null where it takes a wallet and none is connected. */
export function queryOf(
  { mine, wallet, from, to, slot }: TradeFilter,
  connected: Address | undefined,
): TradeQuery | null {
  if (mine && !connected) return null;
  return { wallet: mine ? connected : wallet, from, to, slot };
}

export const isNarrowed = ({ wallet, from, to, slot }: TradeFilter): boolean =>
  [wallet, from, to, slot].some((value) => value !== undefined);

/** The same rows whole, for spreadsheets. */
export function csvUrl(indexerUrl: string, query: TradeQuery): string {
  const url = new URL("api/energy-trades.csv", indexerUrl.replace(/\/?$/, "/"));
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url.href;
}

/** A moment as the browser's own field for it has it, in the reader's time zone. */
export function momentText(unixSeconds: number | undefined): string {
  if (unixSeconds === undefined) return "";
  const date = new Date(unixSeconds * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The other way; undefined of an empty field. */
export function momentOf(text: string): number | undefined {
  const seconds = Math.floor(new Date(text).getTime() / 1000);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

/** The slot that a moment lies in. */
export const slotAt = (unixSeconds: number | undefined, slotDuration: number): number | undefined =>
  unixSeconds === undefined ? undefined : slotOf(unixSeconds, slotDuration);
