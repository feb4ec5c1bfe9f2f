// Chains for simulations, and a simulation of one day and two slots on them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Deployment } from "@gridx/contracts";
import { type Anvil, compileContracts, deployLocal, localClient, startAnvil } from "@gridx/contracts/node";
import type { Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, afterEach, beforeAll } from "vitest";
import { planSimulation } from "../../src/index.ts";
import type { SimulationEvent } from "../../src/simulate/output.ts";
import { type SimulateOptions, simulate } from "../../src/simulate/simulate.ts";

export const KEY: Hex = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
/** Late morning in Pune, so that the live slots have sun. */
export const NOW = Date.UTC(2026, 2, 21, 5, 3) / 1000;
/** A folder that is there while the tests of a file run. */
export const root = mkdtempSync(join(tmpdir(), "gridx-simulate-"));
const chains: Anvil[] = [];

beforeAll(() => compileContracts());
afterEach(async () => {
  for (const chain of chains.splice(0)) await chain.stop();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

let runs = 0;
export async function freshChain(options: Parameters<typeof planSimulation>[0] = { days: 1, now: NOW }) {
  const plan = planSimulation(options);
  const anvil = await startAnvil({ timestamp: plan.genesisTimestamp });
  chains.push(anvil);
  const client = localClient(anvil.rpcUrl);
  runs += 1;
  const { slotDuration } = plan;
  // Blocks are a slot apart: readings and clearing of a slot take some.
  const market = { slotDuration, shelfDelaySlots: 4, runId: `r${runs}` };
  const deployment = await deployLocal(client, privateKeyToAccount(KEY), market);
  return { plan, client, deployment, rpcUrl: anvil.rpcUrl };
}

export async function play(chain: { deployment: Deployment; rpcUrl: string }, options: Partial<SimulateOptions> = {}) {
  const events: SimulationEvent[] = [];
  const summary = await simulate({
    deployment: chain.deployment,
    rpcUrl: chain.rpcUrl,
    operatorKey: KEY,
    stateDir: root,
    days: 1,
    now: NOW,
    blockTime: 1,
    speed: 900,
    slots: 2,
    signal: new AbortController().signal,
    ...options,
    emit: (event) => {
      events.push(event);
      options.emit?.(event);
    },
  });
  return { summary, events };
}
