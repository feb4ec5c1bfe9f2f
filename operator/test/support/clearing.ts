// `clear` on a market chain of its own for each test, behind an RPC that can be made to fail.
import { compileContracts } from "@gridx/contracts/node";
import { privateKeyToAccount } from "viem/accounts";
import { beforeAll, beforeEach } from "vitest";
import { type ClearSlotsOptions, clearSlots } from "../../src/clear/clear-slots.ts";
import type { ClearEvent } from "../../src/clear/events.ts";
import { type FlakyRpc, flakyRpc } from "./flaky-rpc.ts";
import { KEY, type MarketChain, marketChain } from "./market-chain.ts";

export let chain: MarketChain;
export let proxy: FlakyRpc;
export const events: ClearEvent[] = [];

async function open(options?: Parameters<typeof marketChain>[0]) {
  chain = await marketChain(options);
  proxy = await flakyRpc(chain.anvil.rpcUrl);
}
async function close() {
  await proxy.close();
  await chain.anvil.stop();
}

beforeAll(() => compileContracts());
beforeEach(async () => {
  await open();
  forget();
  return close;
});

/** Another chain in place of the one that the test began with. */
export async function anotherChain(options: Parameters<typeof marketChain>[0]): Promise<void> {
  await close();
  await open(options);
}

/** What was told so far. */
export const forget = (): void => {
  events.length = 0;
};

export const clear = (options: Partial<ClearSlotsOptions> = {}) =>
  clearSlots({
    deployment: chain.deployment,
    chain: { rpcUrls: [proxy.url], quorum: 1 },
    account: privateKeyToAccount(KEY),
    once: true,
    backoff: 5,
    pollInterval: 10,
    restInterval: 10,
    emit: (event) => events.push(event),
    signal: new AbortController().signal,
    ...options,
  });

export const told = <E extends ClearEvent["event"]>(name: E) =>
  events.filter((event): event is Extract<ClearEvent, { event: E }> => event.event === name);
