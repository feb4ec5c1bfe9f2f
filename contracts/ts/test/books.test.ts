import { type AbiParameter, type Address, encodeAbiParameters, encodeEventTopics, type Hex } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BookLog, bookFields, foldLog, Keeper, type Problem } from "../src/books/index.ts";
import { factOf, foldFact, gridxAbi } from "../src/index.ts";
import { play } from "./support/history.ts";
import { startWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld({ slotDuration: 900, ringLength: 8, minPrice: 0n, maxPrice: 2n ** 96n - 1n });
  expect(await play(world, 77, 700)).toBeGreaterThan(50);
});
afterAll(() => world?.stop());

async function logs(): Promise<BookLog[]> {
  const { client, deployment } = world;
  const found = await client.getLogs({ address: deployment.address, fromBlock: 0n });
  const times = new Map<bigint, number>();
  for (const { blockNumber } of found) {
    if (!times.has(blockNumber)) times.set(blockNumber, Number((await client.getBlock({ blockNumber })).timestamp));
  }
  return found.map((log) => ({
    topics: log.topics as Hex[],
    data: log.data,
    blockNumber: Number(log.blockNumber),
    timestamp: times.get(log.blockNumber) ?? 0,
    transactionHash: log.transactionHash,
    logIndex: log.logIndex,
  }));
}

test("the fields of the books are those of the events", () => {
  for (const [name, fields] of Object.entries(bookFields)) {
    const event = gridxAbi.find((item) => item.type === "event" && item.name === name);
    const inputs: readonly AbiParameter[] = event?.type === "event" ? event.inputs : [];
    const flat = inputs.flatMap((input) => ("components" in input ? [...input.components] : [input]));
    expect(Object.keys(fields)).toEqual(flat.map((input) => input.name));
    const indexed = inputs.map((input) => "indexed" in input && input.indexed === true);
    expect(indexed).toEqual([...indexed].sort().reverse());
  }
});

test("a random history: the head of words is that of decoded facts, and the books are the contract's state", async () => {
  const { client, deployment } = world;
  const problems: Problem[] = [];
  const keeper = new Keeper(deployment, { problem: (problem) => void problems.push(problem) });
  let head = keeper.books.head;
  for (const log of await logs()) {
    const fact = factOf(log, BigInt(log.timestamp));
    const next = fact && foldFact(head, fact);
    expect(foldLog(head, log)).toBe(next);
    head = next ?? head;
    keeper.add(log);
  }
  keeper.flush();
  expect(problems.map(({ log, eventName, text }) => `${log.blockNumber} ${eventName} ${text}`)).toEqual([]);
  const { books } = keeper;
  const read = (functionName: string, ...args: unknown[]) =>
    client.readContract({
      abi: gridxAbi,
      address: deployment.address,
      functionName,
      args,
    } as never) as Promise<unknown>;
  expect(books.head).toBe(await read("head"));
  expect(books.fees).toBe(await read("accruedFees"));
  expect(books.accounts.size).toBeGreaterThan(5);
  for (const [address, { balance, carbonGrams, carbonEarnedGrams }] of books.accounts)
    expect(await read("accountOf", address)).toEqual({ balance, carbonGrams, carbonEarnedGrams });
  for (const [address, { fromSlot: _, ...bid }] of books.bids) expect(await read("bidOf", address)).toEqual(bid);
  for (const [address, seller] of books.sellers) expect(await read("sellerOf", address)).toEqual(seller);
  for (const [address, participant] of books.participants)
    expect(await read("participantOf", address)).toEqual(participant);
  for (const [address, ring] of books.lots) {
    for (const { slot, attestedWh, soldWh, ceiling, offSale } of ring.values())
      expect(await read("lotOf", address, slot)).toEqual({ slot, attestedWh, soldWh, ask: offSale ? 0n : ceiling });
  }
  for (const [key, { owner, capacityWatts, newestSlot, bitmap }] of books.meters) {
    const house = (await read("houseOf", key)) as { owner: Address };
    const expected = { owner: owner ?? "0x0000000000000000000000000000000000000000", capacityWatts, newestSlot };
    expect({ ...house, owner: house.owner.toLowerCase() }).toEqual({ ...expected, attestedBitmap: bitmap });
  }
});

test("a log too short, one of no house, one out of order: each is named", () => {
  const problems: string[] = [];
  const problem = ({ text }: Problem) => void problems.push(text);
  const keeper = new Keeper(world.deployment, { problem });
  const meter: Address = "0x00000000000000000000000000000000000000aa";
  const args = { meter, seller: meter, slot: 7 };
  const topics = encodeEventTopics({ abi: gridxAbi, eventName: "EnergyAttested", args }) as Hex[];
  const data = encodeAbiParameters([{ type: "uint64" }, { type: "uint96" }], [0n, 0n]);
  const at = { blockNumber: 9, timestamp: 900 * 9, transactionHash: "0x01", logIndex: 3 } as const;
  keeper.add({ ...at, topics, data });
  keeper.add({ ...at, topics, data: "0x" });
  expect(problems[0]).toContain("was never registered");
  expect(problems).toContain("it is not after the one before it");
  expect(problems).toContain("the log has not the words of its event");
});
