import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { backtest, dailyOrigins } from "../../bench/backtest.ts";
import { naiveScale, pinball, scoresOf } from "../../bench/scores.ts";
import { communityDemandModel } from "../../src/models/community-demand.ts";
import { solarModel } from "../../src/models/solar.ts";
import { wallHour, zoneOffset } from "../../src/series/clock.ts";
import { HOUR_SECONDS, type HouseSeries } from "../../src/series/house-series.ts";
import { at, home, homes } from "../support/synthetic.ts";

test("measures, by hand", () => {
  const outcome = { faulty: false, counted: true };
  const scores = scoresOf(
    [
      { lower: 0, point: 10, upper: 20, actual: 16, ...outcome },
      { lower: 0, point: 10, upper: 20, actual: 30, ...outcome },
    ],
    2,
  );
  expect(scores).toEqual({
    hours: 2,
    mae: 13,
    rmse: Math.sqrt((36 + 400) / 2),
    mase: 6.5,
    // (0.1·16 + 0.5·6 + 0.1·4 + 0.1·30 + 0.5·20 + 0.9·10) / 6
    pinball: (1.6 + 3 + 0.4 + 3 + 10 + 9) / 6,
    coverage: 0.5,
  });
  expect(pinball(0.9, 10, 20)).toBeCloseTo(9);
  const rising = Float64Array.from({ length: 72 }, (_, i) => (i < 48 ? i : 1e6));
  rising[30] = Number.NaN;
  expect(naiveScale(rising, 48)).toBe(24);
});

test("origins are local midnights through a clock change, each with a whole day after it", () => {
  const house = home({ days: 120 });
  const origins = dailyOrigins([house], 30);
  expect(origins).toHaveLength(30);
  const offset = zoneOffset(house.timeZone);
  for (const origin of origins) expect(wallHour(origin, offset) % 24).toBe(0);
  // From 4 January on, 120 days of 24 hours end at 01:00 summer time.
  expect((at(house, 120) - (origins.at(-1) as number)) / HOUR_SECONDS).toBe(25);
  const gaps = origins.slice(1).map((origin, i) => (origin - (origins[i] as number)) / HOUR_SECONDS);
  expect(gaps.every((hours) => hours === 24)).toBe(true);
  const longer = dailyOrigins([house], 70);
  expect(longer.slice(1).map((origin, i) => (origin - (longer[i] as number)) / HOUR_SECONDS)).toContain(23);
});

test("a home left out of training teaches nothing, but is forecast; homes not asked for are learnt from", () => {
  const all = homes(3, { days: 80 });
  const options = { models: [solarModel], scoredDays: 10, refitDays: 14, excludeFromTraining: ["home-2"] };
  const pvOf = (houses: readonly HouseSeries[], id: string, more = {}) =>
    backtest(houses, { ...options, ...more })
      .issued.filter(({ house }) => house.id === id)
      .map(({ forecast }) => forecast);
  const odd = all.map((house) => (house.id === "home-2" ? { ...house, pvWh: house.pvWh.map((wh) => wh * wh) } : house));
  expect(pvOf(odd, "home-0")).toEqual(pvOf(all, "home-0"));
  expect(pvOf(all, "home-2")).toHaveLength(10);
  expect(pvOf(odd, "home-0", { excludeFromTraining: [] })).not.toEqual(
    pvOf(all, "home-0", { excludeFromTraining: [] }),
  );
  expect(pvOf(all, "home-0", { houses: ["home-0"] })).toEqual(pvOf(all, "home-0"));
}, 60_000);

test("no forecast of a backtest changes with what comes after its last origin's day", () => {
  const all = homes(2, { days: 100 });
  const run = (houses: readonly HouseSeries[]) => {
    return backtest(houses, { models: [communityDemandModel], scoredDays: 20 }).issued;
  };
  const cut = at(all[0] as HouseSeries, 90);
  const changed = all.map((house) => ({
    ...house,
    loadWh: house.loadWh.map((wh, i) => (house.startSeconds + i * HOUR_SECONDS >= cut ? 3 * wh + 500 : wh)),
  }));
  const early = (issued: ReturnType<typeof run>) => issued.filter(({ originSeconds }) => originSeconds <= cut);
  const pick = (issued: ReturnType<typeof run>) =>
    early(issued).map(({ originSeconds, forecast }) => ({ originSeconds, forecast }));
  expect(pick(run(all)).length).toBeGreaterThan(8);
  expect(pick(run(changed))).toEqual(pick(run(all)));
}, 30_000);

test("the command reads a folder, prints each model, writes the forecasts, and names what is wrong", () => {
  const folder = mkdtempSync(join(tmpdir(), "gridx-backtest-"));
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ["--import", "tsx", "scripts/bench.ts", "forecast", ...args], {
      cwd: root,
      encoding: "utf8",
    });
  try {
    const all = homes(2, { days: 60 });
    const stamp = (seconds: number) => `${new Date((seconds - 8 * 3600) * 1000).toISOString().slice(0, 19)}-08:00`;
    writeFileSync(
      join(folder, "houses.csv"),
      `house,pv_kw,latitude,longitude,timezone\n${all.map(({ id }) => `${id},4,34,-118,America/Los_Angeles\n`).join("")}`,
    );
    for (const { id, startSeconds, loadWh, pvWh } of all) {
      const rows = Array.from(loadWh, (wh, i) =>
        i === 700 ? [] : [`${stamp(startSeconds + i * 3600)},${(pvWh[i] as number) / 1000},${wh / 1000}`],
      );
      writeFileSync(join(folder, `${id}.csv`), `timestamp,production_kwh,consumption_kwh\n${rows.flat().join("\n")}\n`);
    }
    const out = join(folder, "out.csv");
    const { status, stdout, stderr } = run("--", "--data", folder, "--houses", "home-1", "--out", out);
    expect(stderr).toContain("the folder is short");
    expect(status).toBe(0);
    for (const name of [
      "demand-gbdt-lad",
      "solar-clear-sky-lad",
      "community-demand-mean",
      "seasonal-naive",
      "holt-winters",
    ]) {
      expect(stdout).toContain(name);
    }
    const [header, ...lines] = readFileSync(out, "utf8").trimEnd().split("\n");
    expect(header).toBe("origin,house,target,horizon,value,lower,upper");
    const cells = lines.map((line) => line.split(","));
    expect(new Set(cells.map(([, house, target]) => `${house} ${target}`))).toEqual(
      new Set(["home-1 load", "home-1 pv", "community load", "community pv"]),
    );
    expect(cells.every(([origin]) => /^2016-\d\d-\d\dT00:00$/.test(origin ?? ""))).toBe(true);
    expect(cells.filter(([origin, house]) => origin === "2016-02-20T00:00" && house === "home-1")).toHaveLength(48);
    for (const [, , , horizon, value, lower, upper] of cells) {
      expect(Number(horizon)).toBeGreaterThanOrEqual(1);
      expect(Number(value)).toBeGreaterThanOrEqual(Number(lower));
      expect(Number(value)).toBeLessThanOrEqual(Number(upper));
      // kWh of an hour.
      expect(Number(upper)).toBeLessThan(20);
    }
    const wrong = run("--data", folder, "--houses", "home-7");
    expect(wrong.status).toBe(1);
    expect(wrong.stderr).toContain("--houses: home-7 is not in the folder, which has home-0, home-1");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
