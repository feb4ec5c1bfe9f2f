// A real chain, a real indexer on PGlite or PostgreSQL, and a history drawn at random from a seed.
import { gridxAbi } from "@gridx/contracts";
import { type Address, encodeFunctionData, type Hex, toFunctionSelector, toHex } from "viem";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Postgres, startPostgres } from "../../scripts/postgres.ts";
import { IndexerError } from "../client/index.ts";
import { describeDocument } from "./served/document.ts";
import { describeEvents, MAX_STREAMS, MAX_STREAMS_OF_ONE } from "./served/events.ts";
import { describeFreshness } from "./served/freshness.ts";
import { describeLists } from "./served/lists.ts";
import { getFrom } from "./served/served.ts";
import { all, expectReplayed } from "./support/compare.ts";
import { pause, type RunningIndexer, startIndexer, temporaryDirectory, until } from "./support/indexer.ts";
import {
  act,
  fullSlot,
  meterKey,
  type Neighbourhood,
  openMarket,
  random,
  rareActs,
  registerHouses,
  startNeighbourhood,
} from "./support/neighbourhood.ts";
import { openStream } from "./support/stream.ts";

/** What is the same on every database is looked at on one. */
const once = inject("database") === "pglite";
const describeOnce = (name: string, tests: () => void) => {
  if (once) describe(name, tests);
};

const directory = temporaryDirectory();
const dice = random(20_260_720);
let place: Neighbourhood;
let indexer: RunningIndexer;
let postgres: Postgres | undefined;

async function live(acts: number) {
  for (let n = 0; n < acts; n++) await act(place, dice);
}

beforeAll(async () => {
  if (inject("database") === "postgres") postgres = await startPostgres();
  place = await startNeighbourhood("one");
  await registerHouses(place);
  await openMarket(place, dice);
  await live(80);
  // Ponder reads what lies 30 blocks back in bulk and follows the rest block by block: the history has both.
  await place.client.mine({ blocks: 20 });
  indexer = await startIndexer({
    deployment: place.deployment,
    rpcUrl: place.anvil.rpcUrl,
    dataDirectory: directory.path,
    postgres,
    env: {
      MAX_EVENT_STREAMS: String(MAX_STREAMS),
      MAX_EVENT_STREAMS_PER_CALLER: String(MAX_STREAMS_OF_ONE),
      TRUSTED_PROXIES: "1",
    },
  });
  await indexer.ready();
});

afterAll(async () => {
  await indexer?.stop();
  await place?.stop();
  await postgres?.stop();
  directory.remove();
});

const now = () => ({ place, indexer, live });
const get = (path: string) => getFrom(now(), path);

const post = (body: unknown) =>
  getFrom(now(), "energy-trades", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

describe("the rows", () => {
  it("are those of a replay after the first reading of the chain", async () => {
    const { trades, rejected } = await expectReplayed(place, indexer);
    expect(trades.length).toBeGreaterThan(5);
    expect(rejected.length).toBeGreaterThan(3);
  });

  it("are those of a replay after living through changed rules, meters and owners", async () => {
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
    const expected = await expectReplayed(place, indexer);
    const rich = [...expected.wallets.values()].find((wallet) => wallet.balanceGrams > 0n);
    if (!rich) throw new Error("nobody has carbon");
    // spendCarbon(1, <ff 00 61>, <ef bb bf>): broken UTF-8 with a NUL, and a byte order mark.
    const selector = toFunctionSelector("spendCarbon(uint64,string,string)");
    const word = (hex: string) => hex.padStart(64, "0");
    const data: Hex = `${selector}${word("1")}${word("60")}${word("a0")}${word("3")}${"ff0061".padEnd(64, "0")}${word("3")}${"efbbbf".padEnd(64, "0")}`;
    await place.client.sendTransaction({ account: rich.address, to: place.deployment.address, data, chain: null });
    await expectAudit();
  });

  it("follow a reorganisation and a chain that is set back", async () => {
    const buyer = place.buyers[2] ?? place.admin;
    for (const amount of [11n, 12n, 13n]) await place.send(buyer, "deposit", [amount]);
    await indexer.reaches((await place.latestBlock()).number);
    // Two of them for another one, in the last block: until it is there no ledger head is the chain's.
    const other = depositOf(buyer, 10n);
    await place.client.request({ method: "anvil_reorg" as never, params: [2, [[other, 1]]] as never });
    // Where the indexer was is still as high as the chain, and not the chain any more.
    await expectReplayed(place, indexer);
    await place.send(buyer, "deposit", [14n]);
    await expectReplayed(place, indexer);
    await expectFollowed(buyer);

    const snapshot = await place.client.snapshot();
    for (const amount of [15n, 16n]) await place.send(buyer, "deposit", [amount]);
    await indexer.reaches((await place.latestBlock()).number);
    await place.client.revert({ id: snapshot });
    await pause(600);
    // So is an RPC whose node lags.
    expect(await get("ready")).toMatchObject({ status: 200, body: { data: { behind: 0 } } });
    await expectAudit();
    // As many blocks as before.
    for (const amount of [17n, 18n]) await place.send(buyer, "deposit", [amount]);
    await expectReplayed(place, indexer);
  });
});

const depositOf = (from: Address, amount: bigint) => {
  const data = encodeFunctionData({ abi: gridxAbi, functionName: "deposit", args: [amount] });
  return { from, to: place.deployment.address, data, gas: toHex(200_000) };
};

/** A transaction in a new block that is no higher than what was reached is not indexed before its rows are there. */
async function expectFollowed(buyer: Address) {
  const transaction = depositOf(buyer, 1000n);
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
  expect(await indexer.client.user(buyer)).toMatchObject({ balance: await balanceOf(buyer) });
  expect([...statuses].filter((status) => !["confirmed", "indexed"].includes(status))).toEqual([]);
  await expectReplayed(place, indexer);
}

const balanceOf = async (address: Address) =>
  (
    await place.client.readContract({
      abi: gridxAbi,
      address: place.deployment.address,
      functionName: "accountOf",
      args: [address],
    })
  ).balance;

async function expectAudit() {
  await indexer.reaches((await place.latestBlock()).number);
  expect(await indexer.client.audit()).toMatchObject({ equal: true, firstMismatch: null });
}

describe("the position", () => {
  it("advances on a chain where nothing happens", async () => {
    const before = await indexer.client.market();
    await place.client.mine({ blocks: 4, interval: 2 });
    await indexer.reaches(before.blockNumber + 4);
    expect((await indexer.client.market()).blockTimestamp).toBeGreaterThan(before.blockTimestamp);
  });

  it("stays one while many audits are asked for at once", async () => {
    const audits = await Promise.all(Array.from({ length: 8 }, () => indexer.client.audit()));
    expect(audits.every(({ equal }) => equal)).toBe(true);
  });
});

describeFreshness(now);
describeEvents(now);
describeLists(now);
if (once) describeDocument(now);

describe("a transaction", () => {
  it("is pending, then indexed, with its trades; or reverted, or unknown", async () => {
    const [trade] = (await indexer.client.trades({ limit: 1 })).items;
    if (!trade) throw new Error("no trade");
    const found = await indexer.client.transaction(trade.transactionHash.toUpperCase().replace("0X", "0x"));
    expect(found).toMatchObject({ status: "indexed", blockNumber: trade.blockNumber });
    expect(found.trades.length).toBeGreaterThan(0);
    expect(found.trades.every(({ transactionHash }) => transactionHash === trade.transactionHash)).toBe(true);

    const posted = await post({ transactionHash: trade.transactionHash });
    expect(posted.body.data).toEqual((await get(`blockchain/tx/${trade.transactionHash}`)).body.data);

    const buyer = place.buyers[3] ?? place.admin;
    await place.client.setAutomine(false);
    const waiting = await place.send(buyer, "deposit", [1n], { gas: 200_000n });
    expect(await indexer.client.transaction(waiting)).toMatchObject({ status: "pending", blockNumber: null });
    const failing = await place.send(buyer, "deposit", [0n], { gas: 200_000n });
    await place.client.mine({ blocks: 1 });
    await place.client.setAutomine(true);
    const soon = await indexer.client.transaction(waiting);
    expect(["confirmed", "indexed"]).toContain(soon.status);
    await indexer.reaches((await place.latestBlock()).number);
    expect(await indexer.client.transaction(waiting)).toMatchObject({ status: "indexed", trades: [] });
    expect((await indexer.client.transaction(failing)).status).toBe("reverted");
    expect((await indexer.client.transaction(`0x${"1".repeat(64)}`)).status).toBe("unknown");
  });
});

describeOnce("a posted transaction hash", () => {
  it.each([
    [{ transactionHash: "0x12" }, 400, "transactionHash: expected a hash"],
    [{ hash: `0x${"1".repeat(64)}` }, 400, "transactionHash: expected a JSON body"],
    [null, 400, "transactionHash:"],
    [{ transactionHash: "0".repeat(2000) }, 413, "the body has at most 1024 bytes"],
  ])("like %j is refused", async (body, status, message) => {
    const refused = await post(body);
    expect(refused.status).toBe(status);
    expect(refused.body.error?.message).toContain(message);
  });

  it("that nobody knows is unknown", async () => {
    const { body } = await post({ transactionHash: `0x${"2".repeat(64)}` });
    expect(body.data).toMatchObject({ status: "unknown", trades: [] });
  });
});

describe("the pages", () => {
  it("go on without a gap or a double while rows arrive", async () => {
    const before = await all(indexer.client.trades);
    const first = await indexer.client.trades({ limit: 5 });
    await live(30);
    await indexer.reaches((await place.latestBlock()).number);
    const rest = await all(({ cursor, limit }) =>
      indexer.client.trades({ limit, cursor: cursor ?? first.nextCursor ?? undefined }),
    );
    expect([...first.items, ...rest]).toEqual(before);
  });
});

describeOnce("the answers", () => {
  const nobody = meterKey("nobody").address;

  it("are zeros for a wallet that nothing happened to, and 404 for a meter that never was", async () => {
    expect(await indexer.client.user(nobody)).toMatchObject({ address: nobody, balance: 0n, purchases: 0, ask: 0n });
    expect(await indexer.client.carbonWallet(nobody)).toMatchObject({ balanceGrams: 0n, spentGrams: 0n });
    expect((await indexer.client.userTrades(nobody)).items).toEqual([]);
    for (const path of [`houses/${nobody}`, `energy-production/${nobody}`, "nothing", "lots/x"]) {
      expect(await get(path)).toMatchObject({ status: 404, body: { data: null, error: { code: "not_found" } } });
    }
  });

  it.each([
    ["energy-trades?limit=0", "limit: expected an integer from 1 to 200"],
    ["energy-trades?limit=201", "limit:"],
    ["users?limit=1e2", "limit:"],
    ["lots?limit=-1", "limit:"],
    ["houses?limit=", "limit:"],
    ["energy-trades?cursor=abc", "cursor:"],
    [`leaderboard?cursor=${Buffer.from('["1"]').toString("base64url")}`, "cursor:"],
    [`lots?cursor=${Buffer.from('["x","0x",1]').toString("base64url")}`, "cursor:"],
    [`energy-trades?cursor=${Buffer.from("[1e300,0]").toString("base64url")}`, "cursor:"],
    [`energy-trades?cursor=${Buffer.from("[1,99999999999]").toString("base64url")}`, "cursor:"],
    ["users/0x12", "address:"],
    ["energy-trades/user/bob", "address:"],
    ["carbon-wallet/0x/transactions", "address:"],
    ["lots?seller=0x1", "seller:"],
    ["houses?owner='", "owner:"],
    ["houses/12", "meter:"],
    ["energy-production/zz", "meter:"],
    ["blockchain/tx/0x12", "hash:"],
  ])("to %s say 400 and name the field", async (path, message) => {
    const { status, body } = await get(path);
    expect({ status, code: body.error?.code }).toEqual({ status: 400, code: "bad_request" });
    expect(body.error?.message).toContain(message);
  });

  it("come to the client as an error with code and status", async () => {
    const error = await indexer.client.house(nobody).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(IndexerError);
    expect(error).toMatchObject({ status: 404, code: "not_found" });
  });
});

describeOnce("the process", () => {
  it("has no SQL endpoint unless it is given a reader, and serves GraphQL", async () => {
    expect((await fetch(`${indexer.url}/sql/db?sql=1`)).status).toBe(404);
    const response = await fetch(`${indexer.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: "{ energyTrades(limit: 1) { items { buyerAccount { balance } lot { ask } } } }" }),
    });
    expect(await response.json()).toMatchObject({ data: { energyTrades: { items: [{ lot: {}, buyerAccount: {} }] } } });
  });

  it("refuses a query that is too long, and has no lists within lists", async () => {
    const ask = (query: string) =>
      fetch(`${indexer.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query }),
      });
    expect((await ask(`{ ${"a".repeat(40_000)} }`)).status).toBe(413);
    const nested = "{ accounts { items { sold { items { buyerAccount { purchased { items { tradeId } } } } } } } }";
    expect(JSON.stringify(await (await ask(nested)).json())).toContain("Cannot query field");
    const aliases = Array.from({ length: 6 }, (_, n) => `a${n}: ledgerFacts(limit: 1000) { items { head } }`);
    expect(JSON.stringify(await (await ask(`{ ${aliases.join(" ")} }`)).json())).toContain("errors");
  });

  it("is not ready beside another chain or none, and ends at once", async () => {
    const { port } = place.anvil;
    await place.stop();
    // Its answer is shared for a second.
    await until("noticed", async () => (await get("ready")).body.error?.code === "chain_unavailable", 3);
    await pause(1000);
    expect((await get("users")).body).toMatchObject({ error: null, asOf: { behind: null } });
    expect((await get("audit")).status).toBe(503);
    place = await startNeighbourhood("other", port);
    await registerHouses(place);
    await place.client.mine({ blocks: 150 });
    const answered = await get("ready").catch(() => null);
    // Ponder itself may have noticed and ended.
    if (answered) expect(answered).toMatchObject({ status: 503 });
    const stream = await openStream(indexer.url).catch(() => null);
    expect(await indexer.stop()).toBeLessThan(3000);
    if (stream) await until("the stream's end", async () => stream.ended());
  });

  it("never shows an earlier chain's rows", async () => {
    // Same chain id, same contract address, same directory; another run.
    await place.client.setAutomine(true);
    indexer = await startIndexer({
      deployment: place.deployment,
      rpcUrl: place.anvil.rpcUrl,
      wsUrl: place.anvil.wsUrl,
      dataDirectory: directory.path,
      postgres,
      env: { RATE_LIMIT_PER_MINUTE: "60" },
    });
    // Over a websocket Ponder learns of the latest blocks with the next one, so there has to be one.
    const mining = setInterval(() => place.client.mine({ blocks: 1 }), 500);
    await indexer.ready().finally(() => clearInterval(mining));
    const { trades, houses } = await expectReplayed(place, indexer);
    expect({ trades: trades.length, houses: houses.size }).toEqual({ trades: 0, houses: 5 });
    expect((await indexer.client.market()).runId).toBe("other");
  });

  it("limits what is expensive, and nothing else", async () => {
    const answers = [];
    for (let n = 0; n < 61; n++) answers.push(await fetch(`${indexer.url}/api/energy-trades.csv`));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(Number(refused.at(-1)?.headers.get("retry-after"))).toBeGreaterThan(0);
    const hash = `0x${"3".repeat(64)}`;
    const events = getFrom(now(), "events", { signal: AbortSignal.timeout(5000) });
    const others = [events, get("audit"), get(`blockchain/tx/${hash}`), post({ transactionHash: hash })];
    for (const { status, body } of await Promise.all(others)) {
      expect({ status, code: body.error?.code }).toEqual({ status: 429, code: "too_many_requests" });
    }
    expect((await get("energy-trades")).status).toBe(200);
    const { status, headers } = await get("market");
    expect(status).toBe(200);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
  });
});
