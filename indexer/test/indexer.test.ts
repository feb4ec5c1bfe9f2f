// A real chain, a real indexer on PGlite or PostgreSQL, and a history drawn at random from a seed.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Postgres, startPostgres } from "../../scripts/postgres.ts";
import { describeAnswers } from "./served/answers.ts";
import { describeDocument } from "./served/document.ts";
import { describeEvents, MAX_STREAMS, MAX_STREAMS_OF_ONE } from "./served/events.ts";
import { describeFreshness } from "./served/freshness.ts";
import { describeLists } from "./served/lists.ts";
import { describeRows } from "./served/rows.ts";
import { caughtUp, getFrom } from "./served/served.ts";
import { describePostedHash, describeTransactions, post } from "./served/transactions.ts";
import { all, expectReplayed } from "./support/compare.ts";
import { type Place, pause, type RunningIndexer, startIndexer, temporaryDirectory, until } from "./support/indexer.ts";
import {
  act,
  type Neighbourhood,
  openMarket,
  random,
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

const start = (more: Partial<Place> = {}) =>
  startIndexer({
    deployment: place.deployment,
    rpcUrl: place.anvil.rpcUrl,
    dataDirectory: directory.path,
    postgres,
    env: {
      MAX_EVENT_STREAMS: String(MAX_STREAMS),
      MAX_EVENT_STREAMS_PER_CALLER: String(MAX_STREAMS_OF_ONE),
      TRUSTED_PROXIES: "1",
    },
    ...more,
  });

beforeAll(async () => {
  if (inject("database") === "postgres") postgres = await startPostgres();
  place = await startNeighbourhood("one");
  await registerHouses(place);
  await openMarket(place, dice);
  await live(80);
  // Ponder reads what lies 30 blocks back in bulk and follows the rest block by block: the history has both.
  await place.client.mine({ blocks: 20 });
  indexer = await start();
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

describeRows(now);

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
describeTransactions(now);
if (once) {
  describePostedHash(now);
  describeAnswers(now);
}

describe("the pages", () => {
  it("go on without a gap or a double while rows arrive", async () => {
    const before = await all(indexer.client.trades);
    const first = await indexer.client.trades({ limit: 5 });
    await live(30);
    await caughtUp(now());
    const rest = await all(({ cursor, limit }) =>
      indexer.client.trades({ limit, cursor: cursor ?? first.nextCursor ?? undefined }),
    );
    expect([...first.items, ...rest]).toEqual(before);
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

  it("goes on with its rows after a restart, without a wait", async () => {
    await indexer.stop();
    const stopped = Date.now();
    indexer = await start();
    await indexer.ready();
    // Ponder waits 25 s for a lock that nobody gave back.
    expect(Date.now() - stopped).toBeLessThan(25_000);
    await expectReplayed(place, indexer);
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
    indexer = await start({ wsUrl: place.anvil.wsUrl, env: { RATE_LIMIT_PER_MINUTE: "60" } });
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
    const others = [events, get("audit"), get(`blockchain/tx/${hash}`), post(now, { transactionHash: hash })];
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
