import { demoRupeeAbi, gridxAbi } from "@gridx/contracts";
import { bytesToHex, type Hex, parseEventLogs } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { describe, expect, test } from "vitest";
import { createRpc, latestBlock } from "../src/chain/rpc.ts";
import { sequence } from "../src/random.ts";
import type { SimulationEvent } from "../src/simulate/output.ts";
import { flakyRpc } from "./support/flaky-rpc.ts";
import { ownReplay } from "./support/own-replay.ts";
import { freshChain, NOW, play } from "./support/simulation.ts";

describe("simulate", () => {
  test("history and live slots agree with an independent replay, while the owner of one home trades by hand", async () => {
    const chain = await freshChain();
    const { client, deployment } = chain;
    const human = mnemonicToAccount("test test test test test test test test test test test junk", { addressIndex: 5 });
    const { privateKey } = human.getHdKey();
    const ownerKey = bytesToHex(privateKey ?? new Uint8Array());
    const humanBuys: Promise<Hex>[] = [];
    let setup: Promise<unknown> | null = null;
    const emit = (event: SimulationEvent) => {
      if (event.event === "registered") {
        const to = { account: human, chain: client.chain } as const;
        const token = { address: deployment.token, abi: demoRupeeAbi, ...to } as const;
        const gridx = { address: deployment.address, abi: gridxAbi, ...to } as const;
        const more = 10n ** 12n;
        // After the home's first ask, the one transaction that the simulation sent from this wallet.
        setup = (async () => {
          await client.writeContract({ ...token, functionName: "mint", args: [human.address, 2n * more], nonce: 1 });
          const approve = { functionName: "approve", args: [deployment.address, 2n * more], nonce: 2 } as const;
          await client.writeContract({ ...token, ...approve, gas: 100_000n });
          await client.writeContract({ ...gridx, functionName: "deposit", args: [more], nonce: 3, gas: 200_000n });
          const bid = { functionName: "setBid", args: [10n ** 8n, 70n], nonce: 4 } as const;
          await client.writeContract({ ...gridx, ...bid, gas: 200_000n });
        })();
      }
      if (event.event === "slot" && humanBuys.length === 0) {
        const sellers = new Set<`0x${string}`>();
        const buy = async () => {
          await setup;
          const logs = await client.getLogs({ address: deployment.address, fromBlock: 0n });
          for (const { args } of parseEventLogs({ abi: gridxAbi, logs, eventName: "EnergyAttested" }))
            if (args.seller !== human.address) sellers.add(args.seller);
          const purchases = [...sellers].map((seller) => ({
            seller,
            slot: event.slot,
            energyWh: 50n,
            pricePerKwh: 10n ** 9n,
          }));
          const request = { address: deployment.address, abi: gridxAbi, functionName: "buyEnergy" } as const;
          return client.writeContract({
            ...request,
            args: [purchases, 1n],
            account: human,
            chain: client.chain,
            gas: 3_000_000n,
          });
        };
        humanBuys.push(buy());
      }
    };
    const { summary, events } = await play(chain, { slots: 4, emit, ownerKey });
    expect(summary?.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(summary?.ok).toBe(true);
    expect(events.map(({ event }) => event).filter((event) => event !== "history" && event !== "slot")).toEqual([
      "registered",
      "live",
    ]);
    expect(events.filter(({ event }) => event === "slot")).toHaveLength(4);
    const own = await ownReplay(chain, BigInt(summary?.block ?? 0));
    expect(own.head).toBe(summary?.headOnChain);
    expect(own.head).toBe(summary?.headRecomputed);
    expect(summary).toMatchObject({
      ...own.sums,
      readingsAttested: 6 * 100,
      readingsRejected: 0,
      historySlots: 96,
      liveSlots: 4,
    });
    expect(own.readings.size).toBe(600);
    // Households trade by standing asks and bids first, in the history and live, and from the shelf what is left.
    const live = events.flatMap((event) => (event.event === "slot" ? [event] : []));
    expect(live.filter(({ clearedWh, pricePerKwh }) => clearedWh > 0n && pricePerKwh > 0n).length).toBeGreaterThan(0);
    expect(summary?.clearedSlots).toBeGreaterThan(30);
    expect(summary && summary.clearedWh + summary.boughtWh).toBe(own.sums.tradedWh);
    expect(summary && summary.clearedWh > 0n && summary.boughtWh > 0n && summary.aheadWh < summary.clearedWh).toBe(
      true,
    );
    const { clear } = summary?.gas ?? {};
    expect([clear?.reverted, (clear?.transactions ?? 0) >= 30]).toEqual([0, true]);
    const bought = await client.readContract({
      abi: gridxAbi,
      address: deployment.address,
      functionName: "accountOf",
      args: [human.address],
    });
    expect((await client.waitForTransactionReceipt({ hash: await (humanBuys[0] ?? Promise.reject()) })).status).toBe(
      "success",
    );
    expect(bought.carbonEarnedGrams > 0n).toBe(true);
    // Nobody else sent anything from that wallet: its home's meter spoke, its surplus was sold at its first ask, its bid was served.
    expect(await client.getTransactionCount({ address: human.address })).toBe(6);
    const logs = await client.getLogs({ address: deployment.address, fromBlock: 0n });
    const trades = parseEventLogs({ abi: gridxAbi, logs, eventName: "EnergyTradeLogged" });
    const byHand = (await humanBuys[0]) ?? "0x";
    const { address } = human;
    expect(trades.filter(({ args }) => args.seller === address).length).toBeGreaterThan(10);
    expect(
      trades.filter(({ args, transactionHash }) => args.buyer === address && transactionHash !== byHand),
    ).not.toEqual([]);
    // Blocks keep coming for whoever looks at the chain afterwards.
    expect((await latestBlock(createRpc(chain.rpcUrl))).timestamp).toBeGreaterThan(NOW + 4 * 900);
  });

  test("live play comes through lost requests and answers with nothing lost and nothing bought twice", async () => {
    const chain = await freshChain();
    const proxy = await flakyRpc(chain.rpcUrl);
    const next = sequence(11);
    let slots = 0;
    const emit = ({ event }: SimulationEvent) => {
      if (event === "live")
        proxy.fault = () => (next() < 0.2 ? ((["drop", "lose", "fail"] as const)[slots % 3] ?? null) : null);
      if (event === "slot") slots += 1;
      if (slots >= 2) proxy.fault = () => null;
    };
    const { summary } = await play({ ...chain, rpcUrl: proxy.url }, { slots: 3, emit });
    await proxy.close();
    expect(proxy.faults).toBeGreaterThan(3);
    expect(summary?.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(summary).toMatchObject({ readingsAttested: 6 * (96 + 3), readingsRejected: 0, liveSlots: 3 });
  });
});
