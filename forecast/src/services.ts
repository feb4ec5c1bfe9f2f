// Everything that the routes share, opened in order and closed in the other one.
import { chainOf } from "@gridx/contracts";
import { type Logger, pino } from "pino";
import { createPublicClient, fallback, http, type PublicClient } from "viem";
import { createPlanner, type Planner } from "./allocation/planner.ts";
import { ChainClock, type Clock } from "./chain/clock.ts";
import { ChainRegistry } from "./chain/registry.ts";
import type { Config } from "./config.ts";
import { type OpenDatabase, openDatabase } from "./database/database.ts";
import { ForecastEngine } from "./forecasts/engine.ts";
import { SeriesStore } from "./forecasts/series-store.ts";
import { AnswerCache } from "./http/answer-cache.ts";
import { createMetrics, type Metrics } from "./http/metrics.ts";
import { Sessions } from "./session/sessions.ts";
import { OpenMeteo } from "./weather/open-meteo.ts";

const RPC_TIMEOUT_MS = 5_000;
const CLOSE_MS = 2_000;

export interface Services {
  config: Config;
  database: OpenDatabase;
  client: PublicClient;
  clock: Clock;
  registry: Pick<ChainRegistry, "read">;
  sessions: Sessions;
  cache: AnswerCache;
  metrics: Metrics;
  engine: ForecastEngine;
  planner: Planner;
  /** Requests under way. */
  active: number;
  /** Closes the database, after requests under way have had a moment to end. */
  close(): Promise<void>;
}

export async function openServices(config: Config, logger: Logger = pino({ enabled: false })): Promise<Services> {
  const { chainId, address, runId } = config.deployment;
  let pool: OpenDatabase["pool"] | undefined;
  const metrics = createMetrics(() => pool?.());
  const key = `${chainId}-${address.toLowerCase()}${runId ? `-${runId}` : ""}`;
  const database = await openDatabase(config.database, key, { observe: metrics.query, logger });
  pool = database.pool;
  const client = createPublicClient({
    chain: chainOf(chainId),
    transport: fallback(config.rpcUrls.map((url) => http(url, { timeout: RPC_TIMEOUT_MS, retryCount: 1 }))),
  });
  const clock = new ChainClock(client, config.clockSpeed);
  const planner = createPlanner();
  const store = new SeriesStore(database.db, config.place);
  const services: Services = {
    config,
    database,
    client,
    clock,
    engine: new ForecastEngine({
      db: database.db,
      clock,
      store,
      weather: config.weatherUrl === null ? null : new OpenMeteo(config.weatherUrl),
    }),
    registry: new ChainRegistry(client, config.deployment, Math.max(500, 5_000 / config.clockSpeed)),
    sessions: new Sessions(database.db),
    cache: new AnswerCache(metrics.cache),
    metrics,
    planner,
    active: 0,
    close: async () => {
      const deadline = performance.now() + CLOSE_MS;
      while (services.active > 0 && performance.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 10));
      await planner.close();
      await database.close();
    },
  };
  return services;
}
