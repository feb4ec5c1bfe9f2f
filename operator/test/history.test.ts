import { describe, expect, test } from "vitest";
import { createRpc, latestBlock } from "../src/chain/rpc.ts";
import { playHistory } from "../src/simulate/history.ts";
import { openNeighbourhood } from "../src/simulate/plan.ts";
import { registerAll } from "../src/simulate/register.ts";
import { replayChain } from "../src/simulate/replay-chain.ts";
import { Checks, checkClearing, checkOwn, checkState } from "../src/simulate/verify.ts";
import { createWorld } from "../src/simulate/world.ts";
import { freshChain, KEY, NOW } from "./support/simulation.ts";

describe("history and its checks", () => {
  test("the same seed signs the same readings; readings lie in time before the purchases of their slot", async () => {
    const [one, two, other] = [await freshChain(), await freshChain(), await freshChain()];
    const readings = [];
    for (const [chain, seed] of [
      [one, 1],
      [two, 1],
      [other, 2],
    ] as const) {
      const neighbourhood = openNeighbourhood({ days: 1, now: NOW, seed });
      const { signal } = new AbortController();
      const rpc = createRpc(chain.rpcUrl);
      const { plan, deployment } = chain;
      const world = await createWorld({
        rpc,
        deployment,
        neighbourhood,
        plan: { ...plan, seed },
        operatorKey: KEY,
        emit: () => {},
        signal,
      });
      await registerAll(world);
      await playHistory(world);
      const block = await latestBlock(rpc);
      const replay = await replayChain(rpc, deployment, block.number);
      readings.push([...replay.readings].map(([key, wh]) => [key, wh.toString()]));
      expect(block.timestamp).toBeGreaterThanOrEqual(NOW);
      if (chain !== one) continue;
      // The checks notice whatever is changed on either side.
      const outcome = async (change: (tally: typeof world.tally, logs: typeof replay) => void) => {
        const checks = new Checks();
        const [tally, logs] = [structuredCloneTally(world.tally), structuredClone(replay)];
        change(tally, logs);
        await checkState(world, logs, block.number, checks);
        await checkClearing(world, logs, block.number, checks);
        await checkOwn({ ...world, tally }, logs, block.number, checks);
        return checks.list.filter(({ ok }) => !ok).map(({ name }) => name);
      };
      expect(await outcome(() => {})).toEqual([]);
      expect(await outcome((tally) => tally.attested.set("0x/1", 1n))).toHaveLength(2);
      expect((await outcome((tally) => tally.trades.pop())).length).toBeGreaterThan(0);
      expect(
        await outcome((tally) => {
          if (tally.trades[0]) tally.trades[0].fee += 1n;
        }),
      ).toHaveLength(2);
      expect(
        (
          await outcome((_, logs) => {
            for (const lot of logs.lots.values()) lot.soldWh += 1n;
          })
        ).length,
      ).toBeGreaterThan(0);
      expect(
        await outcome((_, logs) => {
          logs.head = "0x";
        }),
      ).toHaveLength(1);
      expect(
        await outcome((_, logs) => {
          logs.fees += 1n;
        }),
      ).toHaveLength(1);
      expect(
        await outcome((_, logs) => {
          for (const account of logs.accounts.values()) account.carbonGrams += 1n;
        }),
      ).toHaveLength(1);
      expect(replay.trades.some(({ cleared }) => cleared)).toBe(true);
      expect(
        await outcome((tally) => {
          const cleared = tally.trades.find((trade) => trade.cleared);
          if (cleared) cleared.cleared = false;
        }),
      ).toHaveLength(1);
      expect(
        await outcome((_, logs) => {
          for (const bid of logs.bids.values()) bid.filledWh += 1n;
        }),
      ).toHaveLength(1);
      expect(
        await outcome((_, logs) => {
          logs.lastClearing.pricePerKwh += 1n;
        }),
      ).toHaveLength(1);
      expect(replay.clearingProblems).toEqual([]);
    }
    expect(readings[0]).toEqual(readings[1]);
    expect(readings[0]).not.toEqual(readings[2]);
  });
});

type WorldTally = Awaited<ReturnType<typeof createWorld>>["tally"];

function structuredCloneTally(tally: WorldTally): WorldTally {
  const { attested, trades, minted, gas, rejected } = tally;
  return Object.assign(
    Object.create(Object.getPrototypeOf(tally)),
    structuredClone({ attested, trades, minted, gas, rejected }),
  );
}
