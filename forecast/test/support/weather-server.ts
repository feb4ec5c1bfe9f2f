// Stands in for Open-Meteo, in the form that its documentation gives.
import { createServer } from "node:http";

export interface WeatherServer {
  url: string;
  /** Queries that came in. */
  asked: URLSearchParams[];
  /** What to answer; by default hours around `now`. */
  answer: (query: URLSearchParams) => { status: number; body: string } | "never";
  stop(): Promise<void>;
}

export function hoursFrom(first: number, count: number) {
  const time = Array.from({ length: count }, (_, index) => first + index * 3600);
  return {
    latitude: 18.5,
    longitude: 73.9,
    hourly_units: { time: "unixtime", temperature_2m: "°C", shortwave_radiation: "W/m²" },
    hourly: {
      time,
      temperature_2m: time.map((_, index) => 20 + index / 10),
      shortwave_radiation: time.map((_, index) => index * 10),
    },
  };
}

export async function startWeatherServer(first: number, count = 200): Promise<WeatherServer> {
  const asked: URLSearchParams[] = [];
  const weather: WeatherServer = {
    url: "",
    asked,
    answer: () => ({ status: 200, body: JSON.stringify(hoursFrom(first, count)) }),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? "/", "http://127.0.0.1").searchParams;
    asked.push(query);
    const answer = weather.answer(query);
    if (answer !== "never") response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  weather.url = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/v1/forecast`;
  return weather;
}
