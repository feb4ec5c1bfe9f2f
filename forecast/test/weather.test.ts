import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HouseSeries } from "../src/series/house-series.ts";
import { OpenMeteo } from "../src/weather/open-meteo.ts";
import { hoursFrom, startWeatherServer, type WeatherServer } from "./support/weather-server.ts";

const FIRST = 1_790_000_000 - (1_790_000_000 % 3600);
const series = { id: "a", latitude: 18.5204, longitude: 73.8567 } as HouseSeries;

describe("weather", () => {
  let server: WeatherServer;
  beforeEach(async () => {
    server = await startWeatherServer(FIRST);
  });
  afterEach(() => server.stop());

  it("comes by the hour that it is of, for a place within ten kilometres and nobody's name", async () => {
    const source = new OpenMeteo(server.url);
    const { series: informed, lacks } = await source.into(series, FIRST + 48 * 3600);
    expect(lacks).toBeNull();
    expect(informed.weather?.startSeconds).toBe(FIRST);
    expect(informed.weather?.temperatureC[10]).toBe(21);
    // The service's value of an hour is the mean of the hour that ends then.
    expect(informed.weather?.irradianceWm2[10]).toBe(110);
    expect(informed.weather?.irradianceWm2.at(-1)).toBeNaN();
    const [query] = server.asked;
    expect(Object.fromEntries(query ?? [])).toMatchObject({ latitude: "18.5", longitude: "73.9", timezone: "GMT" });
    expect(String(query)).not.toMatch(/18\.52|73\.85/);
  });

  it("is asked for once, by whoever asks first", async () => {
    const source = new OpenMeteo(server.url);
    await Promise.all([source.into(series, FIRST), source.into({ ...series, latitude: 18.48 }, FIRST)]);
    await source.into(series, FIRST);
    expect(server.asked).toHaveLength(1);
  });

  it.each<[string, ReturnType<WeatherServer["answer"]>, string]>([
    ["is down", { status: 503, body: "" }, "the weather service answers 503"],
    ["says nothing", "never", "the weather service does not answer in time"],
    ["says something else", { status: 200, body: "<html>" }, "the weather service answers no JSON"],
    [
      "leaves values out",
      { status: 200, body: JSON.stringify({ hourly: { ...hoursFrom(FIRST, 5).hourly, temperature_2m: [1] } }) },
      "the weather service answers something else than hours",
    ],
    [
      "skips an hour",
      {
        status: 200,
        body: JSON.stringify({
          hourly: { time: [FIRST, FIRST + 7200], temperature_2m: [1, 2], shortwave_radiation: [1, 2] },
        }),
      },
      "the weather service answers something else than hours",
    ],
  ])(
    "is done without where the service %s, with the reason, and not asked for again at once",
    async (_, answer, reason) => {
      server.answer = () => answer;
      const source = new OpenMeteo(server.url, 100);
      for (let time = 0; time < 2; time += 1) {
        expect(await source.into(series, FIRST)).toEqual({ series, lacks: `without weather: ${reason}` });
      }
      expect(server.asked).toHaveLength(1);
    },
  );

  it("is done without where nobody listens, or for another time", async () => {
    const gone = new OpenMeteo("http://127.0.0.1:9/v1/forecast");
    expect((await gone.into(series, FIRST)).lacks).toBe("without weather: the weather service can't be reached");
    const source = new OpenMeteo(server.url);
    expect((await source.into(series, FIRST + 400 * 3600)).lacks).toBe(
      "without weather: it is not known for this time",
    );
  });
});
