// Every table, as it is served, beside a replay of the logs.
import { gridxAbi, rejectionReasons } from "@gridx/contracts";
import { expect } from "vitest";
import { z } from "zod";
import type { PageQuery } from "../../client/index.ts";
import type { RunningIndexer } from "./indexer.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import { type Replayed, readLogs, replay } from "./replay.ts";

/** All rows of a list, by small pages. */
export async function all<T>(list: (query: PageQuery) => Promise<{ items: T[]; nextCursor: string | null }>) {
  const items: T[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await list({ limit: 7, cursor });
    items.push(...page.items);
    if (page.nextCursor === null) return items;
    cursor = page.nextCursor;
  }
}

type Row = Record<string, unknown>;

const graphqlAnswer = z.object({
  data: z.record(z.string(), z.object({ items: z.array(z.record(z.string(), z.unknown())) })),
});

/** Tables that REST does not show. */
async function tables(url: string) {
  const totals = "volumeWh turnover fees high low trades carbonGrams";
  const lists = {
    slotMarkets: `slot ${totals}`,
    dayMarkets: `day ${totals}`,
    quotes: "seller pricePerKwh fromSlot previousPricePerKwh",
    readingRejecteds: "meter slot exportWh reason",
    parameterChanges: "kind",
    ledgerFacts: "index",
    meters: "meter house",
  };
  const query = Object.entries(lists).map(([name, fields]) => `${name}(limit: 1000) { items { ${fields} } }`);
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: `{ ${query.join(" ")} }` }),
  });
  const answer: unknown = await response.json();
  const parsed = graphqlAnswer.safeParse(answer);
  if (!parsed.success) throw new Error(`GraphQL answered ${JSON.stringify(answer)}`);
  const { data } = parsed.data;
  return (name: keyof typeof lists) => data[name]?.items ?? [];
}

/** With every integer and address as comparable text, in an order of its own. */
function plain(rows: Iterable<object>) {
  const text = (value: unknown) =>
    typeof value === "bigint" || typeof value === "number"
      ? String(value)
      : typeof value === "string" && value.startsWith("0x")
        ? value.toLowerCase()
        : value;
  return [...rows]
    .map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, text(value)])))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

const newestFirst = (rows: readonly { blockNumber: number; logIndex: number }[]) =>
  [...rows].sort((a, b) => b.blockNumber - a.blockNumber || b.logIndex - a.logIndex);

function expectedLots({ lots, rules }: Replayed, currentSlot: number) {
  const cheapest = (a: { ask: bigint; seller: string; slot: number }, b: typeof a) => {
    if (a.ask !== b.ask) return a.ask < b.ask ? -1 : 1;
    if (a.slot !== b.slot) return b.slot - a.slot;
    return a.seller.toLowerCase() < b.seller.toLowerCase() ? -1 : 1;
  };
  const live = (slot: number) =>
    slot < currentSlot - Number(rules.shelfDelaySlots) && currentSlot - slot <= Number(rules.tradingWindow);
  return [...lots.values()]
    .filter((lot) => live(lot.slot) && lot.ask > 0n && lot.soldWh < lot.attestedWh)
    .sort(cheapest);
}

/** Waits for the chain's latest block and compares all that the indexer serves with the logs up to it. */
export async function expectReplayed(place: Neighbourhood, indexer: RunningIndexer): Promise<Replayed> {
  const { client, deployment } = place;
  const block = await client.getBlock();
  await indexer.reaches(block.number);
  const expected = replay(await readLogs(client, deployment.address, block.number), deployment.slotDuration);
  const { client: api } = indexer;

  const market = await api.market();
  expect(market).toMatchObject({ blockNumber: Number(block.number), blockTimestamp: Number(block.timestamp) });
  expect(market).toMatchObject(expected.rules);

  expect(plain(await all(api.users))).toEqual(plain(expected.users.values()));
  for (const { address, balance } of expected.users.values()) {
    const onChain = await client.readContract({
      abi: gridxAbi,
      address: deployment.address,
      functionName: "accountOf",
      args: [address],
    });
    const carbon = expected.wallets.get(address);
    expect({ balance, carbon: carbon?.balanceGrams ?? 0n }).toEqual({
      balance: onChain.balance,
      carbon: onChain.carbonGrams,
    });
    expect(await api.user(address)).toEqual(expected.users.get(address));
    expect((await api.carbonWallet(address)).earnedGrams).toBe(expected.earned.get(address) ?? 0n);
    const mine = (rows: { seller?: string; buyer?: string; address?: string }) =>
      [rows.seller, rows.buyer, rows.address].includes(address);
    expect(await all((query) => api.userTrades(address, query))).toEqual(newestFirst(expected.trades.filter(mine)));
    expect(await all((query) => api.carbonTransactions(address, query))).toEqual(
      newestFirst(expected.claims.filter(mine)),
    );
    const owned = [...expected.houses.values()].filter((house) => house.owner === address);
    expect(await all((query) => api.houses({ ...query, owner: address }))).toEqual(owned);
  }
  expect(await all(api.trades)).toEqual(newestFirst(expected.trades));
  expect(await all(api.houses)).toEqual([...expected.houses.values()]);
  for (const [meter, first] of expected.houseByMeter) {
    expect(await api.house(meter)).toEqual(expected.houses.get(first));
    const readings = expected.production.filter(({ house }) => house === first).sort((a, b) => b.slot - a.slot);
    expect(await all((query) => api.production(meter, query))).toEqual(readings);
  }
  const currentSlot = Math.floor(Number(block.timestamp) / deployment.slotDuration);
  const lots = expectedLots(expected, currentSlot);
  expect(await all(api.lots)).toEqual(lots);
  const [seller] = place.owners;
  expect(await all((query) => api.lots({ ...query, seller }))).toEqual(lots.filter((lot) => lot.seller === seller));

  const leaders = [...expected.wallets.values()]
    .sort((a, b) =>
      a.earnedGrams !== b.earnedGrams
        ? a.earnedGrams > b.earnedGrams
          ? -1
          : 1
        : a.address.toLowerCase() < b.address.toLowerCase()
          ? -1
          : 1,
    )
    .map((wallet, place) => ({ ...wallet, rank: place + 1, boughtWh: expected.users.get(wallet.address)?.boughtWh }));
  expect(await all((query) => api.leaderboard({ ...query, limit: 2 }))).toEqual(leaders);

  const table = await tables(indexer.url);
  const keyed = (name: string, rows: ReadonlyMap<unknown, object>) =>
    plain([...rows].map(([key, row]) => ({ [name]: key, ...row })));
  expect(plain(table("slotMarkets"))).toEqual(keyed("slot", expected.slots));
  expect(plain(table("dayMarkets"))).toEqual(keyed("day", expected.days));
  const quotes = [...expected.users.values()].filter((user) => user.askFromSlot > 0);
  expect(plain(table("quotes"))).toEqual(
    plain(
      quotes.map(({ address, ask, askFromSlot }) => ({
        seller: address,
        pricePerKwh: ask,
        fromSlot: askFromSlot,
        previousPricePerKwh: expected.previousAsk.get(address) ?? 0n,
      })),
    ),
  );
  const rejected = expected.rejected.map((row): Row => ({ ...row, reason: rejectionReasons[row.reason] }));
  expect(plain(table("readingRejecteds"))).toEqual(plain(rejected));
  expect(plain(table("parameterChanges"))).toEqual(plain(expected.changes.map((kind) => ({ kind }))));
  expect(plain(table("meters"))).toEqual(plain([...expected.houseByMeter].map(([meter, house]) => ({ meter, house }))));
  expect(table("ledgerFacts")).toHaveLength(expected.facts);

  const audit = await api.audit();
  expect(audit).toMatchObject({ equal: true, firstMismatch: null, facts: expected.facts });
  expect(audit.blockNumber).toBe(Number(block.number));
  return expected;
}
