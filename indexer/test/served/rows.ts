// The rows are those of a replay of the chain, whatever happens on it.
import { gridxAbi } from "@gridx/contracts";
import { type Address, encodeFunctionData, type Hex, toFunctionSelector, toHex } from "viem";
import { describe, expect, it } from "vitest";
import { expectReplayed } from "../support/compare.ts";
import { pause, until } from "../support/indexer.ts";
import { fullSlot, type Neighbourhood, rareActs } from "../support/neighbourhood.ts";
import { caughtUp, getFrom, type Now, type Served } from "./served.ts";

export function describeRows(now: Now) {
  describe("the rows", () => {
    it("are those of a replay after the first reading of the chain", async () => {
      const { place, indexer } = now();
      const { trades, rejected } = await expectReplayed(place, indexer);
      expect(trades.length).toBeGreaterThan(5);
      expect(rejected.length).toBeGreaterThan(3);
    });

    it("are those of a replay after living through changed rules, meters and owners", async () => {
      const { place, indexer, live } = now();
      await rareActs(place);
      await live(100);
      await place.attempt(place.buyers[0] ?? place.admin, "collectFees", []);
      const { claims, houses, clearings, skipped, emergencies, trades } = await expectReplayed(place, indexer);
      expect(clearings.some((clearing) => clearing.trades > 1)).toBe(true);
      expect(trades.filter(({ cleared }) => cleared).length).toBeGreaterThan(3);
      expect(trades.filter(({ cleared }) => !cleared).length).toBeGreaterThan(3);
      expect(new Set(skipped.map(({ reason }) => reason)).size).toBeGreaterThan(4);
      expect(emergencies.length).toBeGreaterThan(2);
      expect(claims.some((claim) => claim.kind === "spent")).toBe(true);
      expect([...houses.values()].some((house) => !house.active)).toBe(true);
    });

    it("hold for several transactions in one block", async () => {
      const { place, indexer } = now();
      const [owner, buyer] = [place.owners[1], place.buyers[1]];
      if (!owner || !buyer) throw new Error("nobody is there");
      await place.client.setAutomine(false);
      for (const amount of [5n, 6n, 7n]) await place.send(buyer, "deposit", [amount], { gas: 200_000n });
      await place.send(owner, "setAsk", [3_000_000n], { gas: 200_000n });
      await place.client.mine({ blocks: 1 });
      await place.client.setAutomine(true);
      await expectReplayed(place, indexer);
    });

    it("tell what was bought from what was cleared, in one transaction, slot and at one price", async () => {
      const { place, indexer } = now();
      const { slot, asks, bids } = await fullSlot(place);
      const [seller] = place.owners;
      const { admin } = place;
      if (!seller) throw new Error("nobody is there");
      const purchase = { seller, slot, energyWh: 10n, pricePerKwh: 10n ** 9n };
      const calls = [
        encodeFunctionData({ abi: gridxAbi, functionName: "buyEnergy", args: [[purchase, purchase], 20n] }),
        encodeFunctionData({ abi: gridxAbi, functionName: "clearSlot", args: [slot, 2_000_000n, asks, bids, 100n] }),
        encodeFunctionData({ abi: gridxAbi, functionName: "clearSlot", args: [slot, 2_000_000n, asks, [], 0n] }),
      ];
      const hash = await place.send(admin, "multicall", [calls]);
      await expectReplayed(place, indexer);
      const { status, trades } = await indexer.client.transaction(hash);
      expect(status).toBe("indexed");
      const bought = trades.map(({ buyer, cleared }) => [buyer === admin, cleared]);
      expect(bought.slice(0, 3)).toEqual([
        [true, false],
        [true, false],
        [false, true],
      ]);
      expect(bought.slice(3).every(([, cleared]) => cleared)).toBe(true);
    });

    it("keep texts that are no text, and the ledger stays whole", async () => {
      const { place, indexer } = now();
      const expected = await expectReplayed(place, indexer);
      const rich = [...expected.wallets.values()].find((wallet) => wallet.balanceGrams > 0n);
      if (!rich) throw new Error("nobody has carbon");
      // spendCarbon(1, <ff 00 61>, <ef bb bf>): broken UTF-8 with a NUL, and a byte order mark.
      const selector = toFunctionSelector("spendCarbon(uint64,string,string)");
      const word = (hex: string) => hex.padStart(64, "0");
      const data: Hex = `${selector}${word("1")}${word("60")}${word("a0")}${word("3")}${"ff0061".padEnd(64, "0")}${word("3")}${"efbbbf".padEnd(64, "0")}`;
      await place.client.sendTransaction({ account: rich.address, to: place.deployment.address, data, chain: null });
      await expectAudit(now());
    });

    it("follow a reorganisation and a chain that is set back", async () => {
      const { place, indexer } = now();
      const buyer = place.buyers[2] ?? place.admin;
      for (const amount of [11n, 12n, 13n]) await place.send(buyer, "deposit", [amount]);
      await caughtUp(now());
      // Two of them for another one, in the last block: until it is there no ledger head is the chain's.
      const other = depositOf(place, buyer, 10n);
      await place.client.request({ method: "anvil_reorg" as never, params: [2, [[other, 1]]] as never });
      // Where the indexer was is still as high as the chain, and not the chain any more.
      await expectReplayed(place, indexer);
      await place.send(buyer, "deposit", [14n]);
      await expectReplayed(place, indexer);
      await expectFollowed(now(), buyer);

      const snapshot = await place.client.snapshot();
      for (const amount of [15n, 16n]) await place.send(buyer, "deposit", [amount]);
      await caughtUp(now());
      await place.client.revert({ id: snapshot });
      await pause(600);
      // So is an RPC whose node lags.
      expect(await getFrom(now(), "ready")).toMatchObject({ status: 200, body: { data: { behind: 0 } } });
      await expectAudit(now());
      // As many blocks as before.
      for (const amount of [17n, 18n]) await place.send(buyer, "deposit", [amount]);
      await expectReplayed(place, indexer);
    });
  });
}

const depositOf = (place: Neighbourhood, from: Address, amount: bigint) => {
  const data = encodeFunctionData({ abi: gridxAbi, functionName: "deposit", args: [amount] });
  return { from, to: place.deployment.address, data, gas: toHex(200_000) };
};

/** A transaction in a new block that is no higher than what was reached is not indexed before its rows are there. */
async function expectFollowed({ place, indexer }: Served, buyer: Address) {
  const transaction = depositOf(place, buyer, 1000n);
  await place.client.request({ method: "anvil_reorg" as never, params: [2, [[transaction, 0]]] as never });
  const [hash] = (await place.client.getBlock({ blockNumber: (await place.client.getBlock()).number - 1n }))
    .transactions;
  if (!hash) throw new Error("the new block is empty");
  const statuses = new Set<string>();
  await until("indexed", async () => {
    const { status } = await indexer.client.transaction(hash);
    statuses.add(status);
    return status === "indexed";
  });
  expect(await indexer.client.user(buyer)).toMatchObject({ balance: await balanceOf(place, buyer) });
  expect([...statuses].filter((status) => !["confirmed", "indexed"].includes(status))).toEqual([]);
  await expectReplayed(place, indexer);
}

const balanceOf = async (place: Neighbourhood, address: Address) =>
  (
    await place.client.readContract({
      abi: gridxAbi,
      address: place.deployment.address,
      functionName: "accountOf",
      args: [address],
    })
  ).balance;

async function expectAudit(served: Served) {
  await caughtUp(served);
  expect(await served.indexer.client.audit()).toMatchObject({ equal: true, firstMismatch: null });
}
