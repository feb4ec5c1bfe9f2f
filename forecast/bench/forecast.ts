// How well each model would have done: `npm run bench forecast -- --data DIR`. See docs/forecast.md for the measures.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { wallHour, zoneOffset } from "../src/series/clock.ts";
import { HOUR_SECONDS, type HouseSeries } from "../src/series/house-series.ts";
import { type BacktestResult, SCORED_DAYS } from "./backtest.ts";
import { loadFolder } from "./load-folder.ts";
import { report } from "./report.ts";
import { backtestOnTwoThreads } from "./two-threads.ts";

const USAGE = `usage: npm run bench forecast -- --data DIR [--houses house-01,house-02] [--exclude-from-training house-03] [--until 2017-01-31] [--days 98] [--out forecasts.csv]
  --data                   a folder with houses.csv and one CSV a house, hourly, in kWh
  --houses                 homes to forecast; all are learnt from. The community is then the sum of these
  --exclude-from-training  homes that no model learns from
  --until                  nothing of this day and later is read, so that choices can be made on what precedes the test
  --days                   origins that are scored, the last ones; 182 where left out
  --out                    writes origin,house,target,horizon,value,lower,upper in kWh`;

/** Names by commas, each of which must be a home of the folder. */
function namesOf(option: string, text: string | undefined, known: readonly string[]): string[] | undefined {
  if (text === undefined) return undefined;
  const names = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0 || names.length === 0) {
    throw new Error(
      `--${option}: ${unknown.join(", ") || "no home"} is not in the folder, which has ${known.join(", ")}`,
    );
  }
  return [...new Set(names)];
}

/** The same home as if its readings ended with the midnight that begins a day. */
function before(day: string | undefined, house: HouseSeries): HouseSeries {
  if (day === undefined) return house;
  const midnight = Date.parse(`${day}T00:00Z`) / 3_600_000;
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(midnight)) {
    throw new Error(`--until: expected a day such as 2017-01-31, not ${day}`);
  }
  const offset = zoneOffset(house.timeZone);
  let hours = house.loadWh.length;
  while (hours > 0 && wallHour(house.startSeconds + hours * HOUR_SECONDS, offset) > midnight) hours -= 1;
  return { ...house, loadWh: house.loadWh.slice(0, hours), pvWh: house.pvWh.slice(0, hours) };
}

function daysOf(text: string | undefined): number {
  const days = text === undefined ? SCORED_DAYS : Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 3_650) return days;
  throw new Error(`--days: expected a whole number from 1 to 3650, not ${text}`);
}

/** `2017-01-31T00:00` on the wall clock. */
function wallClock(seconds: number, timeZone: string): string {
  return new Date(wallHour(seconds, zoneOffset(timeZone)) * 3_600_000).toISOString().slice(0, 16);
}

function csvOf({ issued }: BacktestResult): string {
  const kwh = (wh: number) => (wh / 1000).toFixed(4);
  const lines = issued.flatMap(({ originSeconds, house, target, forecast }) => {
    const origin = wallClock(originSeconds, house.timeZone);
    return Array.from(forecast.pointWh, (point, h) =>
      [origin, house.id, target, h + 1, kwh(point), kwh(forecast.lowerWh[h] ?? 0), kwh(forecast.upperWh[h] ?? 0)].join(
        ",",
      ),
    );
  });
  return `${["origin,house,target,horizon,value,lower,upper", ...lines].join("\n")}\n`;
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    args: process.argv.slice(2).filter((argument) => argument !== "--"),
    options: {
      data: { type: "string" },
      houses: { type: "string" },
      "exclude-from-training": { type: "string" },
      until: { type: "string" },
      days: { type: "string" },
      out: { type: "string" },
    },
  });
  if (!values.data) throw new Error(USAGE);
  const all = loadFolder(values.data).map((house) => before(values.until, house));
  const scoredDays = daysOf(values.days);
  if (all.length === 0) throw new Error(`${values.data} holds no home that houses.csv names`);
  const ids = all.map(({ id }) => id);
  const houses = namesOf("houses", values.houses, ids);
  const excludeFromTraining = namesOf("exclude-from-training", values["exclude-from-training"], ids);
  const begun = performance.now();
  const result = await backtestOnTwoThreads(all, {
    ...(houses ? { houses } : {}),
    ...(excludeFromTraining ? { excludeFromTraining } : {}),
    scoredDays,
  });
  if (result.origins.length < scoredDays) {
    process.stderr.write(`the folder is short: ${result.origins.length} origins instead of ${scoredDays}\n`);
  }
  const zone = all[0]?.timeZone ?? "UTC";
  const [first = 0, last = 0] = [result.origins[0], result.origins.at(-1)];
  process.stdout.write(
    `${result.houses.length} homes, ${result.origins.length} origins from ${wallClock(first, zone)} to ${wallClock(last, zone)} (${zone}), 24 hours ahead` +
      `${excludeFromTraining ? `; not learnt from: ${excludeFromTraining.join(", ")}` : ""}\n\n${report(result)}\n\n` +
      `${((performance.now() - begun) / 1000).toFixed(0)} s\n`,
  );
  if (values.out) writeFileSync(values.out, csvOf(result));
}

try {
  await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
