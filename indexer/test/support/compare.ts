// Every table, as it is served, beside a replay of the logs.
import { gridxAbi, rejectionReasons, skipReasons } from "@gridx/contracts";
import { expect } from "vitest";
import { z } from "zod";
import type { PageQuery } from "../../client/index.ts";
import type { Observed } from "./indexer.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import { readLogs } from "./replay/logs.ts";
import { type Replayed, replay } from "./replay.ts";

/** By the energy of the days from the first on and before the last. */
function leadersOf({ byDay }: Replayed, from: number, to: number) {
  const sums = new Map<string, { address: string; earnedGrams: bigint; boughtWh: bigint }>();
  for (const { period, address, carbonGrams, boughtWh, purchases } of byDay) {
    if (period < from || period >= to || purchases === 0) continue;
    const sum = sums.get(address) ?? { address, earnedGrams: 0n, boughtWh: 0n };
    sums.set(address, {
      address,
      earnedGrams: sum.earnedGrams + carbonGrams,
      boughtWh: sum.boughtWh + boughtWh,
    });
  }
  const before = (a: string, b: string) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1);
  return [...sums.values()]
    .sort((a, b) =>
      a.earnedGrams === b.earnedGrams ? before(a.address, b.address) : a.earnedGrams > b.earnedGrams ? -1 : 1,
    )
    .map((sum, place) => ({ ...sum, rank: place + 1 }));
}

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

/** Several at once: each alone waits for an answer most of its time. */
async function each<T>(items: Iterable<T>, look: (item: T) => Promise<void>) {
  const rest = [...items].values();
  const lookOn = async () => {
    for (const item of rest) await look(item);
  };
  await Promise.all(Array.from({ length: 6 }, lookOn));
}

type Row = Record<string, unknown>;

const graphqlAnswer = z.object({
  data: z.record(
    z.string(),
    z.object({
      items: z.array(z.record(z.string(), z.unknown())),
      pageInfo: z.object({ endCursor: z.string().nullable(), hasNextPage: z.boolean() }),
    }),
  ),
});

const totals =
  "volumeWh turnover fees high low trades carbonGrams buyers sellers clearedWh clearedTurnover clearingPrice";
const origin = "blockNumber blockTimestamp transactionHash logIndex";
/** Tables that REST does not show, or not whole. */
const lists = {
  slotMarkets: `slot ${totals}`,
  dayMarkets: `day ${totals}`,
  slotPurchases: "slot buyer boughtWh paid feesPaid carbonGrams trades",
  dayAccounts: "day address boughtWh soldWh paid feesPaid earned carbonGrams purchases sales",
  quotes: "address ask askFromSlot previousAsk bid bidWh bidFromSlot bidBlockNumber bidLogIndex bidTimestamp",
  slotClearings: `slot pricePerKwh energyWh trades ${origin}`,
  fillSkippeds: `slot participant reason ${origin}`,
  emergencys: `priceCap normalWhPerSlot essentialWhPerSlot endsAt reason ${origin} endedBlockNumber endedLogIndex endedTimestamp`,
  readingRejecteds: "meter slot exportWh reason",
  parameterChanges: "kind",
  ledgerFacts: "index head",
  meters: "meter house",
};
type TableName = keyof typeof lists;

async function tables(url: string) {
  const page = async (name: TableName, after: string | null) => {
    const range = after === null ? "limit: 1000" : `limit: 1000, after: "${after}"`;
    const query = `{ ${name}(${range}) { items { ${lists[name]} } pageInfo { endCursor hasNextPage } } }`;
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query }),
    });
    const answer: unknown = await response.json();
    const parsed = graphqlAnswer.safeParse(answer);
    if (!parsed.success) throw new Error(`GraphQL answered ${JSON.stringify(answer)}`);
    const found = parsed.data.data[name];
    if (!found) throw new Error(`GraphQL has no ${name}`);
    return found;
  };
  const read = async (name: TableName) => {
    const items: Row[] = [];
    for (let after: string | null = null; ; ) {
      const { items: some, pageInfo } = await page(name, after);
      items.push(...some);
      if (!pageInfo.hasNextPage) return items;
      after = pageInfo.endCursor;
    }
  };
  const names = Object.keys(lists) as TableName[];
  const rows = new Map(await Promise.all(names.map(async (name) => [name, await read(name)] as const)));
  return (name: TableName) => rows.get(name) ?? [];
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
export async function expectReplayed(place: Neighbourhood, indexer: Observed): Promise<Replayed> {
  const { client, deployment } = place;
  const block = await place.latestBlock();
  await indexer.reaches(block.number);
  const expected = replay(await readLogs(client, deployment.address, block.number), deployment.slotDuration);
  const { client: api } = indexer;

  const market = await api.market();
  expect(market).toMatchObject({ blockNumber: Number(block.number), blockTimestamp: Number(block.timestamp) });
  expect(market).toMatchObject(expected.rules);
  const declared = expected.emergencies.at(-1);
  const inForce = declared && declared.endedTimestamp === null && declared.endsAt > Number(block.timestamp);
  const { endedBlockNumber: _block, endedLogIndex: _log, endedTimestamp: _time, ...emergency } = declared ?? {};
  expect(market.emergency).toEqual(inForce ? emergency : null);

  expect(plain(await all(api.users))).toEqual(plain(expected.users.values()));
  await each(expected.users.values(), async (user) => {
    const { address, balance } = user;
    const contract = { abi: gridxAbi, address: deployment.address, args: [address] } as const;
    const onChain = await client.readContract({ ...contract, functionName: "accountOf" });
    const bid = await client.readContract({ ...contract, functionName: "bidOf" });
    const carbon = expected.wallets.get(address);
    expect({ balance, carbon: carbon?.balanceGrams ?? 0n }).toEqual({
      balance: onChain.balance,
      carbon: onChain.carbonGrams,
    });
    const served = await api.user(address);
    expect(served).toEqual(user);
    expect(served).toMatchObject({ bid: bid.pricePerKwh, bidWh: bid.maxWhPerSlot });
    expect((await api.carbonWallet(address)).earnedGrams).toBe(expected.earned.get(address) ?? 0n);
    const mine = (rows: { seller?: string; buyer?: string; address?: string }) =>
      [rows.seller, rows.buyer, rows.address].includes(address);
    expect(await all((query) => api.userTrades(address, query))).toEqual(newestFirst(expected.trades.filter(mine)));
    expect(await all((query) => api.carbonTransactions(address, query))).toEqual(
      newestFirst(expected.claims.filter(mine)),
    );
    const owned = [...expected.houses.values()].filter((house) => house.owner === address);
    expect(await all((query) => api.houses({ ...query, owner: address }))).toEqual(owned);
  });
  expect(await all(api.trades)).toEqual(newestFirst(expected.trades));
  expect(await all(api.houses)).toEqual([...expected.houses.values()]);
  await each(expected.houseByMeter, async ([meter, first]) => {
    expect(await api.house(meter)).toEqual(expected.houses.get(first));
    const readings = expected.production.filter(({ house }) => house === first).sort((a, b) => b.slot - a.slot);
    expect(await all((query) => api.production(meter, query))).toEqual(readings);
  });
  const currentSlot = Math.floor(Number(block.timestamp) / deployment.slotDuration);
  const lots = expectedLots(expected, currentSlot);
  expect(await all(api.lots)).toEqual(lots);
  const [seller] = place.owners;
  expect(await all((query) => api.lots({ ...query, seller }))).toEqual(lots.filter((lot) => lot.seller === seller));

  const book = [...expected.users.values()]
    .filter(({ bid, bidWh }) => bid > 0n && bidWh > 0n)
    .sort((a, b) =>
      a.bid !== b.bid ? (a.bid > b.bid ? -1 : 1) : a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1,
    );
  expect(await all((query) => api.bids({ ...query, limit: 2 }))).toEqual(
    book.map(({ address, bid, bidWh, bidFromSlot }) => ({
      buyer: address,
      pricePerKwh: bid,
      maxWhPerSlot: bidWh,
      fromSlot: bidFromSlot,
    })),
  );

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
  const tradingDays = expected.days.size > 0 ? [...expected.days.keys()] : [0];
  const [first, last] = [Math.min(...tradingDays), Math.max(...tradingDays)];
  for (const [from, to] of [
    [first, last + 1],
    [last, last + 1],
    [last + 1, last + 2],
  ] as const) {
    const period = { from: from * 86_400, to: to * 86_400 };
    expect(await all((query) => api.periodLeaders({ ...query, ...period, limit: 2 }))).toEqual(
      leadersOf(expected, from, to),
    );
  }

  const table = await tables(indexer.url);
  const keyed = (name: string, rows: ReadonlyMap<unknown, object>) =>
    plain([...rows].map(([key, row]) => ({ [name]: key, ...row })));
  expect(plain(table("slotMarkets"))).toEqual(keyed("slot", expected.slots));
  expect(plain(table("dayMarkets"))).toEqual(keyed("day", expected.days));
  const bought = expected.bySlot.filter(({ purchases }) => purchases > 0);
  expect(plain(table("slotPurchases"))).toEqual(
    plain(
      bought.map(({ period: slot, address: buyer, boughtWh, paid, feesPaid, carbonGrams, purchases: trades }) => {
        return { slot, buyer, boughtWh, paid, feesPaid, carbonGrams, trades };
      }),
    ),
  );
  expect(plain(table("dayAccounts"))).toEqual(
    plain(expected.byDay.map(({ period: day, ...row }) => ({ day, ...row }))),
  );
  const shownAs = (key: "slot" | "day", seconds: number, totals: Replayed["slots"]) =>
    [...totals]
      .sort(([a], [b]) => b - a)
      .map(([period, row]) => ({
        ...row,
        [key]: period,
        start: period * seconds,
        averagePerKwh: row.trades === 0 ? null : (row.turnover * 1000n) / row.volumeWh,
        high: row.trades === 0 ? null : row.high,
        low: row.trades === 0 ? null : row.low,
      }));
  expect(await all(api.slotMarkets)).toEqual(shownAs("slot", deployment.slotDuration, expected.slots));
  expect(await all((query) => api.dayMarkets({ ...query, limit: 1 }))).toEqual(shownAs("day", 86_400, expected.days));
  // Each fact's head is in the ledger; a trade's own is its id.
  const heads = new Map(table("ledgerFacts").map(({ index, head }) => [index, head]));
  await each(expected.trades, async (trade) => {
    const more = expected.behind.get(trade.tradeId);
    expect(await api.trade(trade.tradeId)).toEqual({ ...trade, ...more, headBefore: heads.get((more?.fact ?? 0) - 1) });
  });
  const quotes = [...expected.users.values()]
    .filter(({ address, askFromSlot }) => askFromSlot > 0 || expected.bidOrigins.has(address))
    .map(({ address, ask, askFromSlot, bid, bidWh, bidFromSlot }) => {
      const at = expected.bidOrigins.get(address);
      return {
        ...{ address, ask, askFromSlot, bid, bidWh, bidFromSlot },
        previousAsk: expected.previousAsk.get(address) ?? 0n,
        bidBlockNumber: at?.blockNumber ?? null,
        bidLogIndex: at?.logIndex ?? null,
        bidTimestamp: at?.blockTimestamp ?? null,
      };
    });
  expect(plain(table("quotes"))).toEqual(plain(quotes));
  expect(plain(table("slotClearings"))).toEqual(plain(expected.clearings));
  const skipped = expected.skipped.map((row): Row => ({ ...row, reason: skipReasons[row.reason] }));
  expect(plain(table("fillSkippeds"))).toEqual(plain(skipped));
  expect(plain(table("emergencys"))).toEqual(plain(expected.emergencies));
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
