// No list reads much more than it shows: counted by PostgreSQL itself, over tables of 20,000 rows.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Postgres, startPostgres } from "../../scripts/postgres.ts";
import { type Loaded, loadedAddress, loadedTime, loadedTrade, openLoader } from "../bench/load.ts";
import { type PonderProcess, startPonder } from "../bench/ponder-process.ts";
import { pause, temporaryDirectory } from "./support/indexer.ts";
import { type Neighbourhood, openMarket, random, registerHouses, startNeighbourhood } from "./support/neighbourhood.ts";

const TRADES = 20_000;
const ACCOUNTS = 500;
/** Of one table, by all requests below together: a single scan of a table that grows reads more. */
const MOST_ROWS = 5_000;

const directory = temporaryDirectory();
let postgres: Postgres;
let place: Neighbourhood;
let indexer: PonderProcess;
let loader: Loaded;

beforeAll(async () => {
  const run = "91a5";
  postgres = await startPostgres();
  place = await startNeighbourhood(run);
  await registerHouses(place);
  await openMarket(place, random(3));
  await place.client.mine({ blocks: 40 });
  const databaseUrl = await postgres.createDatabase(`plans_${run}`);
  const history = { ...place.anvil, deployment: place.deployment, mine: () => place.client.mine({ blocks: 1 }) };
  indexer = await startPonder({ history, dataDirectory: directory.path, databaseUrl });
  const filling = await openLoader(databaseUrl, indexer.schema, ACCOUNTS);
  await filling.load(0, TRADES);
  // What a session read is told when it ends, or minutes later: the counts below are of the requests alone.
  await filling.close();
  loader = await openLoader(databaseUrl, indexer.schema, ACCOUNTS);
});

afterAll(async () => {
  await loader?.close();
  await indexer?.stop();
  await place?.stop();
  await postgres?.stop();
  directory.remove();
});

/** A session tells its counts once a second at most, after a query. */
async function settled() {
  await pause(1_200);
  await Promise.all(Array.from({ length: 40 }, () => fetch(`${indexer.url}/api/carbon-wallet/${loadedAddress(1)}`)));
  await pause(300);
  return loader.rowsRead();
}

it("reads little more rows than it shows, whatever is asked for", async () => {
  const n = TRADES / 2;
  const [wallet, slot] = [loadedAddress(7), Math.floor(loadedTime(n) / 900)];
  // Fifty slots, as the blocks have it and as the slots do.
  const time = `from=${loadedTime(n)}&to=${loadedTime(n) + 45_000}`;
  const narrowed = [
    "",
    `wallet=${wallet}`,
    `slot=${slot}`,
    `wallet=${wallet}&slot=${slot}`,
    time,
    `wallet=${wallet}&${time}`,
  ];
  const paths = [
    ...narrowed.map((query) => `energy-trades?${query}`),
    ...narrowed.map((query) => `carbon-transactions?${query}`),
    ...[`energy-trades/user/${wallet}?`, `energy-trades/${loadedTrade(n)}?`, `carbon-wallet/${wallet}/transactions?`],
    ...[
      "users?",
      `users/${wallet}?`,
      "leaderboard?",
      `leaderboard/days?from=${loadedTime(n) - 86_400}&to=${loadedTime(n)}`,
      "bids?",
      "houses?",
      `houses?owner=${wallet}`,
      `lots?seller=${wallet}`,
    ],
    ...["clearings?", `clearings/${slot}?`, "market?", "markets/slots?", `markets/slots?${time}`, "markets/days?"],
  ];
  const before = await settled();
  let pages = 0;
  for (const path of paths) {
    const ask = async (query: string) => {
      const response = await fetch(`${indexer.url}/api/${path}${query}`);
      expect(`${response.status} ${path}`).toBe(`200 ${path}`);
      return (await response.json()) as { data: { nextCursor?: string | null } };
    };
    const { data } = await ask("&limit=50");
    if (!data.nextCursor) continue;
    pages += 1;
    await ask(`&limit=50&cursor=${data.nextCursor}`);
  }
  expect(pages).toBeGreaterThan(10);
  const after = await settled();
  const read = [...after].map(([table, rows]) => [table, rows - (before.get(table) ?? 0)] as const);
  expect(read.length).toBeGreaterThan(15);
  expect(read.filter(([, rows]) => rows > MOST_ROWS)).toEqual([]);
  // The counts do come in.
  expect(new Map(read).get("energy_trade")).toBeGreaterThan(500);
});
