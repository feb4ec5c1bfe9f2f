import { compileContracts } from "@gridx/contracts/node";
import type { Address } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterEach, beforeAll, expect, test } from "vitest";
import { audit } from "../src/audit/audit.ts";
import { clearSlots } from "../src/clear/clear-slots.ts";
import { KEY, type MarketChain, marketChain } from "./support/market-chain.ts";

let chain: MarketChain;
beforeAll(() => compileContracts());
afterEach(() => chain.anvil.stop());

const check = () => audit({ rpcUrl: chain.anvil.rpcUrl, deployment: chain.deployment });
const fill = (participant: Address, energyWh: bigint) => ({ participant, energyWh });

async function market() {
  chain = await marketChain();
  const [cheap, dear] = [await chain.sells("cheap", 3_000_000n), await chain.sells("dear", 5_000_000n)];
  const [eager, thrifty] = [await chain.bids("eager", 9_000_000n, 700n), await chain.bids("thrifty", 6_000_000n, 900n)];
  const slot = await chain.slot();
  await chain.goTo(slot + 1);
  await chain.attest(slot, { cheap: 1_000n, dear: 400n });
  return { slot, cheap, dear, eager, thrifty };
}

test("what the operator clears, in one call or several, could not have been better", async () => {
  for (const mostPairs of [300, 1]) {
    const { slot } = await market();
    await clearSlots({
      deployment: chain.deployment,
      chain: { rpcUrls: [chain.anvil.rpcUrl], quorum: 1 },
      account: privateKeyToAccount(KEY),
      once: true,
      grace: 0,
      mostPairs,
      emit: () => {},
      signal: new AbortController().signal,
    });
    expect((await chain.trades()).every((trade) => trade.slot === slot)).toBe(true);
    expect((await chain.trades()).length).toBeGreaterThan(1);
    const { ok, clearings } = await check();
    expect({ ok, clearings }).toMatchObject({ ok: true, clearings: { slots: 1, better: 0, worst: null } });
    await chain.anvil.stop();
  }
});

test("a bid left out, within all limits: no failure, but said, with what was missed", async () => {
  const { slot, cheap, dear, thrifty } = await market();
  const price = 5_000_000n;
  await chain.write("clearSlot", [slot, price, [fill(dear, 400n), fill(cheap, 300n)], [fill(thrifty, 700n)], 1n]);
  const { ok, clearings } = await check();
  // Best: cheap 1,000 and dear 400 to eager 700 (net limit 8,910,891) and thrifty 700 (5,940,594).
  const [eagerNet, thriftyNet] = [(9_000_000n * 10_000n) / 10_100n, (6_000_000n * 10_000n) / 10_100n];
  const best = 700n * eagerNet + 700n * thriftyNet - 1_000n * 3_000_000n - 400n * 5_000_000n;
  const done = 700n * thriftyNet - 300n * 3_000_000n - 400n * 5_000_000n;
  const missed = { welfareMissed: best - done, energyMissedWh: 700n };
  expect({ ok, clearings }).toEqual({
    ok: true,
    clearings: { slots: 1, better: 1, ...missed, worst: { slot, ...missed } },
  });
});

test("an emergency's cap and allowances count for what was possible", async () => {
  const { slot, cheap, eager } = await market();
  await chain.write("setTier", [eager, 1]);
  const { timestamp } = await chain.client.getBlock();
  await chain.write("declareEmergency", [4_000_000n, 500n, 0n, Number(timestamp) + 3_600, "storm"]);
  await chain.write("clearSlot", [slot, 4_000_000n, [fill(cheap, 500n)], [fill(eager, 500n)], 500n]);
  expect(await check()).toMatchObject({ ok: true, clearings: { slots: 1, better: 0 } });
});
