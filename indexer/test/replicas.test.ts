// Several replicas behind one address on one PostgreSQL, while indexers come, go and change.

import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Postgres, startPostgres } from "../../scripts/postgres.ts";
import { moveViews } from "../views.ts";
import { describeSql } from "./served/sql.ts";
import { type Balancer, balance } from "./support/balancer.ts";
import { expectReplayed } from "./support/compare.ts";
import {
  databaseOf,
  type Observed,
  observe,
  pause,
  type RunningIndexer,
  startIndexer,
  temporaryDirectory,
  until,
} from "./support/indexer.ts";
import {
  act,
  type Neighbourhood,
  openMarket,
  random,
  registerHouses,
  startNeighbourhood,
} from "./support/neighbourhood.ts";
import { keepReading, overstated } from "./support/reader.ts";

const directory = temporaryDirectory();
const dice = random(4711);
const VIEWS = "gridx";
const READER = "gridx_reader";
/** As docs/operations.md has it. */
const WRITES_NOTHING = `do $$ declare f regprocedure; begin
  for f in select oid from pg_proc where pronamespace = 'pg_catalog'::regnamespace
    and proname in ('pg_logical_emit_message', 'lo_creat', 'lo_create', 'lo_from_bytea')
  loop execute format('revoke execute on function %s from public', f); end loop; end $$`;
let postgres: Postgres;
let databaseUrl: string;
let place: Neighbourhood;
let first: RunningIndexer;
let replicas: RunningIndexer[] = [];
let careless: RunningIndexer;
let balancer: Balancer;
let behindOne: Observed;

const start = (more: { schema?: string; serveViews?: string; sqlDatabaseUrl?: string }) =>
  startIndexer({
    deployment: place.deployment,
    rpcUrl: place.anvil.rpcUrl,
    dataDirectory: directory.path,
    postgres,
    ...more,
  });

const move = (schema: string, patienceSeconds?: number) =>
  moveViews({ databaseUrl, schema, viewsSchema: VIEWS, reader: READER, patienceSeconds });

async function live(acts: number) {
  for (let n = 0; n < acts; n++) await act(place, dice);
}

async function administer(...statements: string[]) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

beforeAll(async () => {
  postgres = await startPostgres();
  place = await startNeighbourhood("replicas");
  await registerHouses(place);
  await openMarket(place, dice);
  await live(40);
  await place.client.mine({ blocks: 35 });
  await live(15);
  databaseUrl = await databaseOf(postgres, place.deployment);
  await administer(`create role ${READER} login`, "revoke create on schema public from public", WRITES_NOTHING);
  first = await start({ schema: "one" });
  await first.ready();
  await move("one");
  const sqlDatabaseUrl = databaseUrl.replace("//gridx@", `//${READER}@`);
  replicas = await Promise.all([1, 2].map(() => start({ serveViews: VIEWS, sqlDatabaseUrl })));
  careless = await start({ serveViews: VIEWS, sqlDatabaseUrl: databaseUrl });
  balancer = await balance(() => replicas.map(({ url }) => url));
  behindOne = observe(balancer.url, { deployment: place.deployment, chainUrl: place.anvil.rpcUrl });
  await Promise.all([...replicas, careless].map((replica) => replica.ready()));
});

afterAll(async () => {
  await balancer?.close();
  await Promise.all([...replicas, careless, first].map((indexer) => indexer?.stop()));
  await place?.stop();
  await postgres?.stop();
  directory.remove();
});

describeSql(() => ({ replica: behindOne, careless: careless.url, otherSchema: "one" }));

describe("replicas", () => {
  it("answer as the indexer does", async () => {
    const { trades } = await expectReplayed(place, behindOne);
    expect(trades.length).toBeGreaterThan(3);
  });

  it("ask again where PostgreSQL ends a deadlock at their cost", async () => {
    const holder = new pg.Client({ connectionString: databaseUrl });
    await holder.connect();
    // As the indexer does when it takes rows back: one table after the other, in an order of its own.
    await holder.query('begin; lock table "one".emergency in access exclusive mode');
    const asked = fetch(`${behindOne.url}/api/market`);
    await pause(300);
    await holder.query('lock table "one".market in access exclusive mode');
    await holder.query("rollback");
    await holder.end();
    expect((await asked).status).toBe(200);
  });

  it("answer while the indexer is stopped and started again, and say that they are late", async () => {
    const reader = keepReading(balancer.url);
    await first.stop();
    await live(10);
    await place.client.mine({ blocks: 12 });
    await until("late", async () => (await fetch(`${balancer.url}/api/ready`)).status === 503);
    await until("told", async () => reader.readings.some(({ behind }) => (behind ?? 0) > 12));
    const refused = await (await fetch(`${balancer.url}/api/ready`)).text();
    expect(refused).toMatch(/"code":"behind".*at most 10 count as current/);
    first = await start({ schema: "one" });
    await expectReplayed(place, behindOne);
    await reader.stop();
    expect(reader.failures).toEqual([]);
    expect(reader.readings.length).toBeGreaterThan(50);
    expect(await overstated(place, reader.readings)).toEqual([]);
  });

  it("go over to a new indexer without an error and without a step back", async () => {
    const reader = keepReading(balancer.url);
    const second = await start({ schema: "two" });
    await expect(move("three")).rejects.toThrow("there is no indexer's schema three");
    await second.ready();
    let moving = true;
    const busy = (async () => {
      for (; moving; await pause(30)) await live(1);
    })();
    await pause(500);
    await move("two");
    await pause(500);
    await first.stop();
    moving = false;
    await busy;
    await live(10);
    await place.latestBlock();
    await expectReplayed(place, behindOne);
    // The old one stands still.
    await expect(move("one", 1)).rejects.toThrow("one did not reach the block of gridx within 1 s; nothing was moved");
    await expectReplayed(place, behindOne);
    await expect(moveViews({ databaseUrl, schema: "two", viewsSchema: "one" })).rejects.toThrow("one holds tables");
    first = second;
    await reader.stop();
    expect(reader.failures).toEqual([]);
    const blocks = reader.readings.map(({ blockNumber }) => blockNumber);
    expect(blocks).toEqual([...blocks].sort((a, b) => a - b));
    expect(await overstated(place, reader.readings)).toEqual([]);
  });
});
