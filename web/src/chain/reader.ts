import { createPublicClient, http, type PublicClient } from "viem";
import type { Site } from "../config/loadSite.ts";

const LOCAL_POLLING_MS = 400;
const POLLING_MS = 2_000;
export const POLLING = __CHAIN_ID__ === 31337 ? LOCAL_POLLING_MS : POLLING_MS;

const readers = new WeakMap<Site, PublicClient>();

/** The configured RPC. */
export function readerOf(site: Site): PublicClient {
  const { chain, config } = site;
  const transport = http(config.rpcUrl, { retryCount: 3 });
  const reader = readers.get(site) ?? createPublicClient({ chain, transport, pollingInterval: POLLING });
  readers.set(site, reader);
  return reader;
}
