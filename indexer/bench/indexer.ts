// `npm run bench indexer`: how fast the indexer reads a chain, shows a block and answers, each beside a named baseline of
// the same run. `--quick` takes less than three minutes.
import { randomBytes } from "node:crypto";
import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { startPostgres } from "../../scripts/postgres.ts";
import { type Backfill, backfill, type Kept, place, type Store } from "./backfill.ts";
import { type History, makeHistory } from "./history.ts";
import { openLoader } from "./load.ts";
import { startPonder } from "./ponder-process.ts";
import { note, say, table } from "./report.ts";
import { BASELINE, measure, pagesOf, type Served } from "./serve.ts";
import { type Visible, visible } from "./visible.ts";

const HELP = `npm run bench indexer [-- --quick]
  --events N       of the chain that is read                  (30000; quick 5000)
  --rounds N       of each backfill, medians of them          (3; quick 1)
  --blocks N       of which it is measured when they show     (200; quick 50)
  --trades A,B,…   loaded, growing                            (10000,100000,1000000; quick 10000,50000)
  --accounts N     whose trades these are                     (1000)
  --only PART      backfill (with blocks) or api           (both)
  --seconds N      of each measurement of the API             (5; quick 2)
`;

const text = { type: "string" } as const;
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    help: { type: "boolean" },
    ...{ events: text, rounds: text, blocks: text, trades: text, accounts: text, seconds: text, only: text },
  },
});
if (values.help) {
  say(HELP);
  process.exit();
}

type Name = "events" | "rounds" | "blocks" | "trades" | "accounts" | "seconds";

function numbers(name: Name, usual: string, quick: string): number[] {
  const given = values[name] ?? (values.quick ? quick : usual);
  const list = given.split(",").map(Number);
  if (list.length > 0 && list.every((value) => Number.isInteger(value) && value > 0)) return list;
  throw new Error(`--${name}: expected whole numbers above 0, not ${given}`);
}
const number = (name: Name, usual: string, quick = usual): number => numbers(name, usual, quick)[0] ?? 0;

const { only } = values;
if (only !== undefined && only !== "backfill" && only !== "api")
  throw new Error(`--only: backfill or api, not ${only}`);
const events = only === "api" ? 1_000 : number("events", "30000", "5000");
const rounds = number("rounds", "3", "1");
const blocks = number("blocks", "200", "50");
const sizes = numbers("trades", "10000,100000,1000000", "10000,50000");
const accounts = number("accounts", "1000");
const seconds = number("seconds", "5", "2");

async function readAndShow(history: History, store: Store) {
  note(`${store}: backfill`);
  const { result, kept } = await backfill(history, store, postgres, rounds);
  note(`${store}: a block a time`);
  return { result, kept, shown: await visible(history, store, kept, blocks) };
}

async function serve(history: History, kept: Kept) {
  note("PostgreSQL: the API");
  const indexer = await startPonder({ history, ...kept });
  const growth: (string | number)[][] = [];
  let last: Served[] = [];
  let memory = 0;
  if (!kept.databaseUrl) throw new Error("only PostgreSQL is loaded");
  const loader = await openLoader(kept.databaseUrl, indexer.schema, accounts);
  try {
    let from = 0;
    for (const size of sizes) {
      note(`loading ${size} trades`);
      await loader.load(from, size);
      from = size;
      last = [];
      const counts = size === sizes.at(-1) ? [1, 16, 64] : [16];
      for (const [page, paths] of Object.entries(pagesOf(size, accounts))) {
        await measure(indexer.url, page, paths, 4, 1);
        for (const count of counts) last.push(await measure(indexer.url, page, paths, count, seconds));
      }
      memory = indexer.memory();
      const of16 = last.filter(({ connections }) => connections === 16);
      growth.push([size, ...of16.map(({ p50, p99 }) => `${p50} / ${p99}`), await loader.size(), memory]);
    }
  } finally {
    await loader.close();
    await indexer.stop();
  }
  return { growth, last };
}

const fixed = (value: number, digits = 0) => value.toFixed(digits);

function reportBackfill(history: History, fills: Backfill[], shown: Visible[]) {
  say(
    `Backfill of ${history.events} events (${history.trades} trades), events a second, medians of ${rounds}. Baseline: a handler`,
  );
  say("that inserts one row for each event, on the same chain in the same run.\n");
  const rows = fills.map(({ store, ours, minimal, memory }) => {
    return [store, fixed(ours), fixed(minimal), fixed(ours / minimal, 2), memory];
  });
  say(table(["database", "indexer", "one insert", "ratio", "memory (MB)"], rows));
  say(`\nFrom asking for a block to its row in the API, over a websocket, ${blocks} blocks, ms.\n`);
  const waits = shown.map(({ store, p50, p95 }) => [store, fixed(p50), fixed(p95)]);
  say(table(["database", "p50", "p95"], waits));
}

function reportApi({ growth, last }: Awaited<ReturnType<typeof serve>>) {
  const whose = `${sizes.at(-1)} trades of ${accounts} accounts`;
  say(`\nThe API on PostgreSQL with ${whose}, written into its tables by SQL. Latency in ms.\n`);
  const pages = [...new Set(last.map(({ page }) => page))];
  const baseline = last.find(({ page, connections }) => page === BASELINE && connections === 16);
  const row = (page: string) => {
    const of = (count: number) => last.find((one) => one.page === page && one.connections === count);
    const cells = [1, 16, 64].flatMap((count) => [`${of(count)?.p50} / ${of(count)?.p99}`, of(count)?.perSecond ?? 0]);
    return [page, ...cells, fixed((of(16)?.perSecond ?? 0) / (baseline?.perSecond ?? 1), 2)];
  };
  const head = [1, 16, 64].flatMap((count) => [`${count}: p50 / p99`, "a second"]);
  say(table(["page, connections", ...head, "of the baseline at 16"], pages.map(row)));
  say("\nHow it grows: p50 / p99 in ms at 16 connections.\n");
  say(table(["trades", ...pages, "database (MB)", "memory (MB)"], growth));
}

const started = performance.now();
const postgres = await startPostgres();
let history: History | undefined;
// What runs on our behalf ends with us.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
try {
  note(`making a chain of ${events} events`);
  history = await makeHistory(events, randomBytes(8).toString("hex"));
  note(`${history.events} events after ${fixed((performance.now() - started) / 1000)} s`);
  say(
    `${postgres.version}; Node ${process.version}; load ${loadavg()
      .map((load) => fixed(load, 1))
      .join(", ")} on ${availableParallelism()} cores`,
  );
  let kept: Kept | undefined;
  if (only !== "api") {
    const lite = await readAndShow(history, "PGlite");
    lite.kept.remove();
    const full = await readAndShow(history, "PostgreSQL");
    kept = full.kept;
    reportBackfill(history, [lite.result, full.result], [lite.shown, full.shown]);
  }
  kept ??= await place(history, "PostgreSQL", postgres);
  if (only !== "backfill") reportApi(await serve(history, kept));
  kept.remove();
  note(`${fixed((performance.now() - started) / 1000)} s`);
} finally {
  await history?.stop();
  await postgres.stop();
}
