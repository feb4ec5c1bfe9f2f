// One chain, one PostgreSQL, and everything that can go wrong; afterwards each row is that of a replay.

import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Postgres, startPostgres } from "../../scripts/postgres.ts";
import { expectReplayed } from "./support/compare.ts";
import { type FaultyRpc, faultyRpc } from "./support/faulty-rpc.ts";
import {
  databaseOf,
  type Place,
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
import { reorganise } from "./support/reorg.ts";

/** Many moments instead of a few. */
const LONG = process.env.GRIDX_LONG === "1";
const SEED = Number(process.env.GRIDX_SEED ?? 20_261);
const RUN = "faults";
const directory = temporaryDirectory();
/** Of each test its own: how often one was thrown depends on how long things took. */
let dice = random(SEED);
let tests = 0;
let postgres: Postgres;
let place: Neighbourhood;
let rpc: FaultyRpc;
let indexer: RunningIndexer;
let second: RunningIndexer;

async function live(acts: number) {
  for (let n = 0; n < acts; n++) await act(place, dice);
}

/** The chain goes on while something else happens. */
async function meanwhile<T>(work: () => Promise<T>): Promise<T> {
  let going = true;
  const living = (async () => {
    for (; going; await pause(100)) await live(1);
  })();
  try {
    return await work();
  } finally {
    going = false;
    await living;
  }
}

const started: RunningIndexer[] = [];

async function start(more: Partial<Place> = {}) {
  const one = await startIndexer({
    deployment: place.deployment,
    rpcUrl: rpc.url,
    chainUrl: place.anvil.rpcUrl,
    dataDirectory: directory.path,
    postgres,
    schema: "rows",
    ...more,
  });
  started.push(one);
  return one;
}

async function query(text: string) {
  const client = new pg.Client({ connectionString: await databaseOf(postgres, place.deployment) });
  await client.connect();
  return (await client.query(text).finally(() => client.end())).rows;
}

/** Who was killed gave nothing back, and the next one would wait 25 s for it. */
const unlock = (schema: string) =>
  query(`update "${schema}"."_ponder_meta" set value = jsonb_set(value, '{is_locked}', '0')`).catch(() => null);

// What a failed test leaves behind would slow the others down.
afterEach(() => Promise.all(started.filter((one) => one !== indexer && one !== second).map((one) => one.kill())));

beforeEach(() => {
  tests += 1;
  dice = random(SEED + tests);
  Object.assign(rpc, { fails: () => null, stalls: 0, lag: 0, silent: false, faults: 0 });
});

/** A chain with some life on it, and an indexer that has read it. */
async function begin(run: string) {
  place = await startNeighbourhood(run);
  rpc = await faultyRpc(place.anvil.rpcUrl);
  await registerHouses(place);
  await openMarket(place, dice);
  await live(60);
  await place.client.mine({ blocks: 32 });
  indexer = await start();
  await indexer.ready();
}

beforeAll(async () => {
  postgres = await startPostgres();
  await begin(RUN);
  // It waits for the first one to give up, through the next tests.
  second = await start();
});

afterAll(async () => {
  await Promise.all(started.map((one) => one.kill()));
  await rpc?.close();
  await place?.stop();
  await postgres?.stop();
  directory.remove();
});

/** Reorganises the chain again and again under a reader; the rows are those of a replay each time. */
async function afterReorganisations(depths: readonly number[]) {
  const reader = keepReading(indexer.url);
  const seen = { dropped: 0, kept: 0 };
  for (const depth of depths) {
    await live(12);
    await place.client.mine({ blocks: Math.max(1, depth - 12) });
    // Some that are sure to be among the last.
    for (let n = 0; n < 8; n++) await place.send(dice.pick(place.buyers), "deposit", [BigInt(1 + dice.below(9))]);
    if (dice.chance(0.7)) await indexer.reaches((await place.latestBlock()).number);
    const { dropped, kept } = await reorganise(place, dice, depth);
    seen.dropped += dropped;
    seen.kept += kept;
    if (dice.chance(0.5)) await live(3);
    await expectReplayed(place, indexer);
  }
  await reader.stop();
  expect(seen.dropped).toBeGreaterThan(2);
  expect(seen.kept).toBeGreaterThan(2);
  const said = indexer.output().match(/.*(?:rror|imeout).*/g);
  expect(reader.failures, said?.join("\n")).toEqual([]);
}

const kinds = ["drop", "lose", "status", "refuse"] as const;
const oftenFailing = () => (dice.chance(0.3) ? dice.pick(kinds) : null);

describe("the rows are those of a replay", () => {
  /** What the process has got to when it is killed. */
  const moments = {
    starting: () => pause(dice.below(3000)),
    filling: (victim: RunningIndexer) =>
      until("backfill", async () => /Started|Created database tables/.test(victim.output())).then(() =>
        pause(dice.below(600)),
      ),
    live: (victim: RunningIndexer) => victim.ready().then(() => pause(dice.below(800))),
  };
  type Moment = keyof typeof moments;
  const rounds: Moment[][] = LONG
    ? Array.from({ length: 12 }, () => ["filling", dice.pick(["starting", "filling", "live"]), "live", "live"])
    : [["filling", "live", "starting"]];

  it.each(rounds.map((kills, round) => ({ round, kills })))(
    "after kill -9: $kills ($round)",
    async ({ round, kills }) => {
      const schema = `killed_${round}`;
      for (const moment of kills) {
        const victim = await start({ schema });
        const reader = keepReading(victim.url);
        await meanwhile(() => moments[moment](victim));
        await victim.kill();
        await reader.stop();
        expect(await overstated(place, reader.readings)).toEqual([]);
        await unlock(schema);
        if (dice.chance(0.5)) await place.client.mine({ blocks: dice.below(20) });
      }
      const survivor = await start({ schema });
      await expectReplayed(place, survivor);
      await survivor.stop();
    },
  );

  it("after reorganisations of up to 25 blocks, which clients read through", () =>
    afterReorganisations([1, 25, 9 + dice.below(16)]));

  it("where a second indexer starts on the same schema, which ends and says so", async () => {
    await until("its end", async () => second.process.exitCode !== null, 60);
    expect(second.process.exitCode).not.toBe(0);
    expect(second.output()).toMatch(/Failed to acquire lock on schema/);
    await live(5);
    await expectReplayed(place, indexer);
  });

  it("where PostgreSQL is restarted in the middle", async () => {
    for (const how of ["orderly", "crash"] as const) {
      await meanwhile(async () => {
        await pause(dice.below(500));
        await postgres.restart(how);
        await pause(1500);
      });
      if (indexer.process.exitCode !== null) throw new Error(`ended at ${how}: ${indexer.output().slice(-3000)}`);
      await expectReplayed(place, indexer);
    }
  });

  it("where the RPC fails, stalls, lags and is shorter for a while", async () => {
    rpc.fails = oftenFailing;
    await meanwhile(() => pause(LONG ? 20_000 : 2500));
    expect(rpc.faults).toBeGreaterThan(5);
    rpc.fails = () => null;
    await expectReplayed(place, indexer);

    rpc.stalls = 2000;
    await meanwhile(() => pause(2500));
    rpc.stalls = 0;
    await expectReplayed(place, indexer);

    rpc.lag = 3;
    await meanwhile(() => pause(1500));
    rpc.lag = 0;
    await expectReplayed(place, indexer);

    // As if blocks that were there had never been; more than may be missing.
    await live(12);
    await place.client.mine({ blocks: 12 });
    await indexer.reaches((await place.latestBlock()).number);
    rpc.lag = 20;
    await pause(1500);
    // Ponder may have followed it back; what counts as current is what the RPC has.
    const ready = await fetch(`${indexer.url}/api/ready`);
    const reached = (await indexer.client.market()).blockNumber;
    const shown = Number(await place.client.getBlockNumber({ cacheTime: 0 })) - rpc.lag;
    expect({ status: ready.status, ahead: reached - shown > 10 }).toMatchObject(
      ready.status === 200 ? { ahead: false } : { status: 503 },
    );
    rpc.lag = 0;
    await live(2);
    await expectReplayed(place, indexer);
    await indexer.ready();
  });

  const afterFaultyBackfill = async () => {
    rpc.fails = oftenFailing;
    // Nothing that was fetched before is at hand.
    const afresh = await start({ database: "afresh", schema: "afresh" });
    await afresh.ready();
    rpc.fails = () => null;
    await expectReplayed(place, afresh);
    await afresh.stop();
  };
  // Ponder backs off for minutes.
  if (LONG) it("after a backfill from an RPC that fails 30 % of requests", afterFaultyBackfill, 600_000);
});

describe("rows that can't be trusted", () => {
  it("because the RPC left out events are found by the ledger head", async () => {
    const misleading = { database: "silent", schema: "silent" };
    const honest = await start(misleading);
    await honest.ready();
    await honest.stop();
    const buyer = place.buyers[0] ?? place.admin;
    for (const amount of [1n, 2n, 3n]) await place.send(buyer, "deposit", [amount]);
    // Old enough to be asked for as a range.
    await place.client.mine({ blocks: 35 });
    rpc.silent = true;
    const misled = await start(misleading);
    await until("live", async () => (await misled.client.audit()).facts >= 0).catch((error: Error) => {
      throw new Error(`${error.message}\n${misled.output()}`);
    });
    expect(rpc.faults).toBeGreaterThan(0);
    expect(await misled.client.audit()).toMatchObject({ equal: false });
    const ready = await fetch(`${misled.url}/api/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.text()).toMatch(/left out events.*empty database from another RPC/);
    await misled.stop();
  });

  it("because the chain began anew are never shown", async () => {
    const { port } = place.anvil;
    await place.stop();
    place = await startNeighbourhood(RUN, port);
    await registerHouses(place);
    await place.client.mine({ blocks: 400 });
    const readAll = async (url: string) => {
      const paths = [
        "api/market",
        "api/energy-trades",
        "api/users",
        "api/events",
        "graphql?query={ledgerFacts{items{index}}}",
      ];
      return Promise.all(
        paths.map(async (path) => {
          const response = await fetch(`${url}/${path}`, { signal: AbortSignal.timeout(5000) }).catch(() => null);
          return response && { status: response.status, text: await response.text() };
        }),
      );
    };
    type Answers = Awaited<ReturnType<typeof readAll>>;
    const shown = (answers: Answers) =>
      answers.filter((answer) => answer && !(answer.status === 503 && /another chain/.test(answer.text)));
    await until("noticed", async () => shown(await readAll(indexer.url)).length === 0, 20);
    await indexer.kill();
    await unlock("rows");
    // With the rows that were kept.
    indexer = await start();
    // Ponder ends by itself where the new chain is shorter than what counted as final.
    const [seen, wrong]: [number[], unknown[]] = [[], []];
    await until("refused", async () => {
      const answers = await readAll(indexer.url);
      wrong.push(...shown(answers));
      seen.push(...answers.flatMap((answer) => (answer ? [answer.status] : [])));
      return seen.length > 40 || indexer.process.exitCode !== null;
    });
    expect(wrong).toEqual([]);
  });
});

// After some 1,300 blocks anvil forgets the contract's code when it goes back, so each of these has a chain of its own.
describe.runIf(LONG)("the rows are those of a replay, reorganisation upon reorganisation", () => {
  it.each([0, 1, 2, 3])("chain %i", async (round) => {
    await indexer.kill();
    await rpc.close();
    await place.stop();
    await begin(`${RUN}${round}`);
    await afterReorganisations(Array.from({ length: 10 }, () => 1 + dice.below(25)));
  });
});
