// Somebody changes rows in the database, under an indexer that runs.
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Postgres, startPostgres } from "../../scripts/postgres.ts";
import { all, expectReplayed } from "./support/compare.ts";
import { databaseOf, type RunningIndexer, startIndexer, temporaryDirectory, until } from "./support/indexer.ts";
import {
  act,
  type Neighbourhood,
  openMarket,
  random,
  registerHouses,
  startNeighbourhood,
} from "./support/neighbourhood.ts";

const SCHEMA = "rows";
const directory = temporaryDirectory();
let postgres: Postgres;
let place: Neighbourhood;
let indexer: RunningIndexer;
let database: pg.Client;
let altered: string;

beforeAll(async () => {
  [postgres, place] = await Promise.all([startPostgres(), startNeighbourhood("altered")]);
  await registerHouses(place);
  const dice = random(7);
  await openMarket(place, dice);
  // Blocks of one second, however slow the machine is.
  await place.client.setBlockTimestampInterval({ interval: 0 });
  for (let n = 0; n < 60; n++) await act(place, dice);
  await place.client.removeBlockTimestampInterval();
  // Older than what Ponder reads again when it starts.
  await place.client.mine({ blocks: 40 });
  const { deployment, anvil } = place;
  const where = { dataDirectory: directory.path, postgres, schema: SCHEMA };
  indexer = await startIndexer({ deployment, rpcUrl: anvil.rpcUrl, ...where });
  await indexer.ready();
  database = new pg.Client({ connectionString: await databaseOf(postgres, deployment) });
  await database.connect();
  // Ponder's triggers speak to tables that only it makes.
  await database.query(`set session_replication_role = replica; set search_path to "${SCHEMA}"`);
});

afterAll(async () => {
  await database?.end();
  await indexer?.stop();
  await place?.stop();
  await postgres?.stop();
  directory.remove();
});

describe("rows that lie in another order", () => {
  it("are narrowed to the same times, where several blocks have the same second", async () => {
    const trades = await all(indexer.client.trades);
    const blocks = new Map(trades.map(({ blockNumber, blockTimestamp }) => [blockNumber, blockTimestamp]));
    const times = [...blocks.values()];
    const shared = new Set(times.filter((time, n) => times.indexOf(time) !== n));
    expect(shared.size).toBeGreaterThan(0);
    await database.query(`create temp table kept as select * from ledger_fact; delete from ledger_fact;
      insert into ledger_fact select * from kept order by "index" desc; drop table kept`);
    for (const time of shared) {
      const since = await all((page) => indexer.client.trades({ from: time, ...page }));
      expect(since).toEqual(trades.filter(({ blockTimestamp }) => blockTimestamp >= time));
      const until = await all((page) => indexer.client.trades({ to: time + 1, ...page }));
      expect(until).toEqual(trades.filter(({ blockTimestamp }) => blockTimestamp <= time));
    }
  });
});

const inMetric = (text: string, name: string) => Number(new RegExp(`^indexer_${name} (\\S+)$`, "m").exec(text)?.[1]);

describe("a database that somebody altered", () => {
  it("is found out by a fact's fields", async () => {
    await expectReplayed(place, indexer);
    const { rows } = await database.query(`select min("index") as index from ledger_fact where kind = 'Deposited'`);
    const index = Number(rows[0]?.index);
    await database.query(`alter table ledger_fact add column kept json;
      update ledger_fact set kept = fields, fields = jsonb_set(fields::jsonb, '{amount}', '"1"')::json
      where "index" = ${index}`);
    const audit = await indexer.client.audit();
    expect(audit).toMatchObject({ equal: false, firstMismatch: { index, eventName: "Deposited" } });
    expect(audit.headRecomputed).not.toBe(audit.headOnChain);
  });

  it("is found out by a trade's row, where every other row came through", async () => {
    const [trade] = (await indexer.client.trades({ limit: 1 })).items;
    if (!trade) throw new Error("no trade");
    altered = trade.tradeId;
    const served = () => Promise.all([all(indexer.client.users), all(indexer.client.houses), all(indexer.client.lots)]);
    const before = await served();
    await database.query(`update ledger_fact set fields = kept where kept is not null;
      alter table ledger_fact drop column kept; update energy_trade set fee_paid = fee_paid + 1 where trade_id = '${altered}'`);
    const told = async () => (await fetch(`${indexer.url}/api/metrics`)).text();
    // The first look at the metrics asks for an audit too, and shares this one.
    const [audit] = await Promise.all([indexer.client.audit(), told()]);
    // The facts are still what the chain committed to; the row is not.
    expect(audit.headRecomputed).toBe(audit.headOnChain);
    expect(audit).toMatchObject({
      equal: false,
      firstMismatch: { eventName: "EnergyTradeLogged", computed: trade.tradeId },
    });
    expect(await served()).toEqual(before);
    // Whoever watches is told of it without asking for an audit.
    await until("the audit that the metrics tell of", async () => (await told()).includes("indexer_audit_equal 0"));
    expect(await told()).toContain("indexer_ledger_head_equal 1");
    expect(inMetric(await told(), "trades")).toBe((await all(indexer.client.trades)).length);
    expect(inMetric(await told(), "readings_rejected")).toBeGreaterThan(0);
  });

  it("is found out by a row that no fact is behind", async () => {
    await database.query(`update energy_trade set fee_paid = fee_paid - 1 where trade_id = '${altered}';
      insert into slot_clearing (slot, price_per_kwh, energy_wh, trades, block_number, block_timestamp, transaction_hash, log_index)
      values (1, 1, 1, 0, 1, 1, '0x00', 99)`);
    const audit = await indexer.client.audit();
    expect(audit).toMatchObject({ equal: false, firstMismatch: { eventName: "SlotCleared", index: audit.facts } });
  });
});
