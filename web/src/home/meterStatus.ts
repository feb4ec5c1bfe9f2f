// What is to be said of a meter, from its readings and from the reasons that the forecasts give. Nothing is guessed beyond them.
import type { Home, HomeProfile, Reading } from "@gridx/forecast/client/home";
import { HOUR } from "../figures/days.ts";

export type Hint =
  | { kind: "silent"; seconds: number }
  | { kind: "none" }
  | { kind: "gap"; hours: number; of: number }
  | { kind: "dead"; days: number }
  | { kind: "stuck"; hours: number }
  | { kind: "repeated"; hours: number }
  | { kind: "clock"; nightWh: number; share: number }
  | { kind: "profile" }
  /** In the service's own words. */
  | { kind: "other"; reason: string };

/** Meters and relays may take their time; from here on it is said. */
const SILENT_SECONDS = 3 * HOUR;

/** As much of a profile as the sun needs. */
type Place = Pick<HomeProfile, "latitude" | "longitude" | "timeZone">;

export interface MeterFacts {
  home: Pick<Home, "from" | "to"> & { profile: Place | null };
  /** All from `since` on, oldest first; undefined while they are not read. */
  readings: readonly Reading[] | undefined;
  since: number;
  /** What the forecasts of demand and solar say of themselves. */
  degradedReasons: readonly (string | null | undefined)[];
  /** Chain time. */
  now: number;
}

/** The gravest first. */
export function hintsOf({ home, readings, since, degradedReasons, now }: MeterFacts): Hint[] {
  if (home.to === null) return [{ kind: "none" }];
  const hints: Hint[] = [];
  const silent = now - home.to;
  if (silent > SILENT_SECONDS) hints.push({ kind: "silent", seconds: silent });
  const said = degradedReasons.flatMap((text) => text?.split("; ") ?? []);
  hints.push(...[...new Set(said)].flatMap((reason) => hintOf(reason) ?? []));
  if (readings) {
    const gap = gapOf(readings, Math.max(home.from ?? 0, since), home.to);
    if (gap) hints.push(gap);
    const clock = home.profile && nightHint(readings, home.profile);
    if (clock) hints.push(clock);
  }
  return unique(hints);
}

const number = (text: string | undefined): number => Number(text ?? 0);

/** Null for what the page says itself, from the readings. */
function hintOf(reason: string): Hint | null {
  const dead = /^the panels have given nothing for (\d+) days?$/.exec(reason);
  if (dead) return { kind: "dead", days: number(dead[1]) };
  const stuck = /^the meter has shown one value for (\d+) hours$/.exec(reason);
  if (stuck) return { kind: "stuck", hours: number(stuck[1]) };
  const repeated = /^(\d+) of the last 168 hours repeat earlier days to the last digit$/.exec(reason);
  if (repeated) return { kind: "repeated", hours: number(repeated[1]) };
  if (/^the home has no profile/.test(reason)) return { kind: "profile" };
  if (/^no reading for (\d+ hours|a day and longer)$/.test(reason)) return null;
  return { kind: "other", reason };
}

const unique = (hints: Hint[]): Hint[] => [...new Map(hints.map((hint) => [JSON.stringify(hint), hint])).values()];

/** Whole hours that no reading covers, between the first and the last. */
function gapOf(readings: readonly Reading[], from: number, to: number): Hint | null {
  const known = readings
    .filter(({ start }) => start >= from && start < to)
    .reduce((sum, { lengthSeconds }) => sum + lengthSeconds, 0);
  const hours = Math.floor((to - from - known) / HOUR);
  return hours < 1 ? null : { kind: "gap", hours, of: Math.round((to - from) / HOUR) };
}

/** Hours of the night everywhere between the 50th parallels, all year round, on clocks an hour ahead of the sun too. */
const NIGHT = { from: 22, to: 3 };
const MOST_LATITUDE = 50;
/** Less than this is a lamp on the roof. */
const LEAST_NIGHT_WH = 100;
const LEAST_NIGHT_SHARE = 0.02;

/** Panels that give by night: the meter's clock, or the home's time zone, is wrong. */
function nightHint(readings: readonly Reading[], { latitude, timeZone }: Place): Hint | null {
  if (Math.abs(latitude) > MOST_LATITUDE) return null;
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", hourCycle: "h23" });
  let [nightWh, allWh] = [0, 0];
  for (const { start, productionWh } of readings) {
    if (productionWh === 0) continue;
    allWh += productionWh;
    const hour = Number(clock.format(start * 1000));
    if (hour >= NIGHT.from || hour < NIGHT.to) nightWh += productionWh;
  }
  const share = allWh === 0 ? 0 : nightWh / allWh;
  return nightWh >= LEAST_NIGHT_WH && share >= LEAST_NIGHT_SHARE ? { kind: "clock", nightWh, share } : null;
}
