// What `/metrics` shows. No label names a home, a wallet or an address.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { PoolState } from "../database/database.ts";
import type { CacheOutcome } from "./answer-cache.ts";

export interface Metrics {
  registry: Registry;
  observe(method: string, route: string, status: number, seconds: number): void;
  cache(name: string, outcome: CacheOutcome): void;
  score(model: string, target: string, meanAbsoluteErrorWh: number, coverage: number | null): void;
  query(seconds: number): void;
  limited(): void;
  job(name: string, outcome: "done" | "failed", seconds: number): void;
}

/** The pool is asked with each scrape; before there is one it has no connections. */
export function createMetrics(pool: () => PoolState | undefined): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const latency = new Histogram({
    name: "forecast_http_request_seconds",
    help: "Time to answer",
    labelNames: ["method", "route", "status"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  });
  const cache = new Counter({
    name: "forecast_cache_answers_total",
    help: "Answers from the cache (hit), from a computation under way (joined), computed (miss)",
    labelNames: ["answer", "outcome"],
    registers,
  });
  const error = new Gauge({
    name: "forecast_model_mean_absolute_error_wh",
    help: "Mean absolute error an hour of a model's scored forecasts of the last 28 days, of the homes together or the community",
    labelNames: ["model", "target"],
    registers,
  });
  const coverage = new Gauge({
    name: "forecast_model_interval_coverage",
    help: "Share of hours within the 80 % interval in the last 28 days",
    labelNames: ["model", "target"],
    registers,
  });
  const jobs = new Histogram({
    name: "forecast_job_seconds",
    help: "Work in the background",
    labelNames: ["job", "outcome"],
    buckets: [0.01, 0.1, 1, 10, 60, 300],
    registers,
  });
  const queries = new Histogram({
    name: "forecast_database_query_seconds",
    help: "Queries on PostgreSQL",
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  const limited = new Counter({
    name: "forecast_rate_limited_total",
    help: "Requests that were refused because their address had asked too often",
    registers,
  });
  new Gauge({
    name: "forecast_database_connections",
    help: "Connections of the pool",
    labelNames: ["state"],
    registers,
    collect() {
      for (const [state, count] of Object.entries(pool() ?? {})) this.set({ state }, count);
    },
  });
  return {
    registry,
    observe: (method, route, status, seconds) => latency.observe({ method, route, status }, seconds),
    cache: (answer, outcome) => cache.inc({ answer, outcome }),
    score: (model, target, meanAbsoluteErrorWh, covered) => {
      error.set({ model, target }, meanAbsoluteErrorWh);
      if (covered !== null) coverage.set({ model, target }, covered);
    },
    query: (seconds) => queries.observe(seconds),
    limited: () => limited.inc(),
    job: (job, outcome, seconds) => jobs.observe({ job, outcome }, seconds),
  };
}
