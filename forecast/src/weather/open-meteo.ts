// Temperature and irradiance by the hour from Open-Meteo (https://open-meteo.com/en/docs), or what answers as it does. It is
// told a place to a tenth of a degree, some ten kilometres, and never whose it is.
import { z } from "zod";
import type { WeatherSource } from "../forecasts/engine.ts";
import { HOUR_SECONDS, type HourlyWeather, type HouseSeries } from "../series/house-series.ts";

const TIMEOUT_MS = 2_000;
/** It computes anew every hour. */
const FRESH_MS = 3_600_000;
/** A service that is down is left alone for so long, or every request would wait for it. */
const REST_MS = 60_000;
/** The most that it gives of the past, for models to learn from. */
const PAST_DAYS = 92;
const FORECAST_DAYS = 4;
const MOST_PLACES = 500;
const MAX_BYTES = 2_000_000;

const values = z.array(z.number().nullable());
const answerSchema = z
  .object({
    hourly: z.object({
      time: z.array(z.int()).min(1),
      temperature_2m: values,
      shortwave_radiation: values,
    }),
  })
  .refine(
    ({ hourly: { time, temperature_2m, shortwave_radiation } }) =>
      temperature_2m.length === time.length &&
      shortwave_radiation.length === time.length &&
      time.every((seconds, index) => seconds === (time[0] ?? 0) + index * HOUR_SECONDS && seconds % HOUR_SECONDS === 0),
    "times are no hours in a row with a value each",
  );

interface Kept {
  until: number;
  weather: HourlyWeather | null;
  reason: string | null;
}

export class OpenMeteo implements WeatherSource {
  readonly #url: string;
  readonly #timeoutMs: number;
  readonly #kept = new Map<string, Kept>();
  readonly #asking = new Map<string, Promise<Kept>>();

  constructor(url: string, timeoutMs = TIMEOUT_MS) {
    this.#url = url;
    this.#timeoutMs = timeoutMs;
  }

  /** The series with its place's weather, or as it was and why there is none. Never throws. */
  async into(series: HouseSeries, origin: number): Promise<{ series: HouseSeries; lacks: string | null }> {
    const { weather, reason } = await this.#at(tenth(series.latitude), tenth(series.longitude));
    if (!weather) return { series, lacks: `without weather: ${reason}` };
    const end = weather.startSeconds + weather.temperatureC.length * HOUR_SECONDS;
    const lacks =
      origin >= end || origin < weather.startSeconds ? "without weather: it is not known for this time" : null;
    return { series: { ...series, weather }, lacks };
  }

  async #at(latitude: number, longitude: number): Promise<Kept> {
    const key = `${latitude}/${longitude}`;
    const kept = this.#kept.get(key);
    if (kept && kept.until > performance.now()) return kept;
    const running = this.#asking.get(key);
    if (running) return running;
    const asking = this.#ask(latitude, longitude)
      .then(
        (weather): Kept => ({ until: performance.now() + FRESH_MS, weather, reason: null }),
        (error: unknown): Kept => ({ until: performance.now() + REST_MS, weather: null, reason: reasonOf(error) }),
      )
      .then((fresh) => {
        this.#kept.delete(key);
        for (const oldest of this.#kept.keys()) {
          if (this.#kept.size < MOST_PLACES) break;
          this.#kept.delete(oldest);
        }
        this.#kept.set(key, fresh);
        return fresh;
      })
      .finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  async #ask(latitude: number, longitude: number): Promise<HourlyWeather> {
    const url = new URL(this.#url);
    const query = {
      latitude: String(latitude),
      longitude: String(longitude),
      hourly: "temperature_2m,shortwave_radiation",
      past_days: String(PAST_DAYS),
      forecast_days: String(FORECAST_DAYS),
      timeformat: "unixtime",
      timezone: "GMT",
    };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const response = await fetch(url, { signal: AbortSignal.timeout(this.#timeoutMs), redirect: "error" });
    if (!response.ok) throw new WeatherError(`the weather service answers ${response.status}`);
    const text = await response.text();
    if (text.length > MAX_BYTES) throw new WeatherError("the weather service answers too much");
    const parsed = answerSchema.safeParse(JSON.parse(text));
    if (!parsed.success) throw new WeatherError("the weather service answers something else than hours");
    const { time, temperature_2m, shortwave_radiation } = parsed.data.hourly;
    const numbers = (list: readonly (number | null)[]) => Float64Array.from(list, (value) => value ?? Number.NaN);
    return {
      startSeconds: time[0] ?? 0,
      temperatureC: numbers(temperature_2m),
      // Of radiation it gives the mean of the hour before.
      irradianceWm2: numbers([...shortwave_radiation.slice(1), null]),
    };
  }
}

class WeatherError extends Error {}

/** Nothing of the place: reasons are told and logged. */
function reasonOf(error: unknown): string {
  if (error instanceof WeatherError) return error.message;
  if (error instanceof SyntaxError) return "the weather service answers no JSON";
  if (error instanceof DOMException && error.name === "TimeoutError")
    return "the weather service does not answer in time";
  return "the weather service can't be reached";
}

const tenth = (degrees: number): number => Math.round(degrees * 10) / 10;
