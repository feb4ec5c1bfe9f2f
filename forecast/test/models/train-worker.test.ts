import { expect, test } from "vitest";
import { trainInWorker } from "../../src/models/train-worker.ts";
import { forecastWith, train } from "../../src/models/training.ts";
import { communitySeries } from "../../src/series/community.ts";
import { HOUR_SECONDS, type HouseSeries } from "../../src/series/house-series.ts";
import { at, homes } from "../support/synthetic.ts";

const learnt = homes(2, { days: 75 });
const [first] = learnt as [HouseSeries];
const until = at(first, 70);
const SOLAR = { name: "solar-clear-sky-lad", target: "pv", scope: "home" } as const;
const COMMUNITY = { name: "community-demand-mean", target: "load", scope: "community" } as const;

test("a thread learns what this one would, while this one goes on", async () => {
  let turns = 0;
  const turn = setInterval(() => {
    turns += 1;
  }, 5);
  const trained = await trainInWorker([SOLAR], learnt, until);
  clearInterval(turn);
  expect(turns).toBeGreaterThan(10);
  expect(trained).toEqual([train(SOLAR, learnt, until)]);
  const [solar] = trained;
  if (!solar) throw new Error("nothing was trained");
  const forecast = forecastWith(solar, first, until, 24);
  expect(forecast.degraded).toBeNull();
  expect(Math.max(...forecast.pointWh)).toBeGreaterThan(1000);
}, 60_000);

test("intervals are tried on days that the fit has not seen, so four of five outcomes fall inside", () => {
  const community = communitySeries(homes(6, { days: 170 }));
  let trained = train(COMMUNITY, [community], at(community, 110));
  let inside = 0;
  let hours = 0;
  for (let day = 110; day < 169; day += 1) {
    if (day % 7 === 0) trained = train(COMMUNITY, [community], at(community, day));
    const { lowerWh, upperWh } = forecastWith(trained, community, at(community, day), 24);
    for (let h = 0; h < 24; h += 1) {
      const actual = community.loadWh[day * 24 + h] as number;
      hours += 1;
      if (actual >= (lowerWh[h] as number) && actual <= (upperWh[h] as number)) inside += 1;
    }
  }
  expect(inside / hours).toBeGreaterThan(0.74);
  expect(inside / hours).toBeLessThan(0.86);
}, 30_000);

test("training can be called off, and what fails in the thread fails here", async () => {
  const control = new AbortController();
  const called = trainInWorker([SOLAR], learnt, until, { signal: control.signal });
  setTimeout(() => control.abort(new Error("shutting down")), 50);
  await expect(called).rejects.toThrow("shutting down");
  const wrong = { ...first, timeZone: "Atlantis/Capital" };
  await expect(trainInWorker([SOLAR], [wrong], until + HOUR_SECONDS)).rejects.toThrow(/Atlantis/);
}, 60_000);
