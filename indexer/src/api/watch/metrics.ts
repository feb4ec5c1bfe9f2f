// What `/api/metrics` shows beside Ponder's own `/metrics`. No label names a house, a wallet or an address.
import { Counter, Gauge, Histogram, Registry } from "prom-client";

export const registry = new Registry();
const registers = [registry];

const requests = new Histogram({
  name: "indexer_http_request_seconds",
  help: "Time to answer, of a stream to begin",
  labelNames: ["method", "route", "status"],
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  registers,
});
const queries = new Histogram({
  name: "indexer_database_query_seconds",
  help: "Queries of the API on PostgreSQL; the indexing's are Ponder's ponder_database_method_duration",
  buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
  registers,
});
const limited = new Counter({
  name: "indexer_rate_limited_total",
  help: "Requests that were refused because their address had asked too often",
  registers,
});
const auditsFailed = new Counter({
  name: "indexer_audits_failed_total",
  help: "Audits that could not check, such as while the RPC does not answer",
  registers,
});

export const observeRequest = (method: string, route: string, status: number, seconds: number) =>
  requests.observe({ method, route, status }, seconds);
export const observeQuery = (seconds: number) => queries.observe(seconds);
export const countLimited = () => limited.inc();
export const countFailedAudit = () => auditsFailed.inc();

const figures = {
  indexer_chain_head_block: "The RPC's newest block",
  indexer_chain_head_age_seconds: "Age of that block by this machine's clock",
  indexer_indexed_block: "Block up to which everything is indexed",
  indexer_chain_lag_blocks: "Blocks between the two",
  indexer_live: "1 once everything up to the chain's head was indexed",
  indexer_ledger_facts: "Facts of the ledger that are indexed",
  indexer_ledger_head_equal:
    "1 where the rows make the contract's ledger head, 0 where not; looked at with each scrape",
  indexer_ledger_head_since_timestamp_seconds: "Since when that is so, or since the start, Unix seconds",
  indexer_audit_equal: "1 where the last audit, of every fact and row, found the contract's ledger head, 0 where not",
  indexer_audit_block: "Block of that audit",
  indexer_audit_timestamp_seconds: "When it ended, Unix seconds",
  indexer_trades: "Trades so far; a reorganisation takes some back",
  indexer_traded_energy_wh: "Their energy",
  indexer_readings: "Readings that the contract accepted so far",
  indexer_readings_rejected: "Readings that it rejected so far",
} as const;
export type Figure = keyof typeof figures;

const gauges = new Map(
  Object.entries(figures).map(([name, help]) => {
    const gauge = new Gauge({ name, help, registers });
    // One that nobody has set would say 0, which is a figure; absent is what is known.
    gauge.remove();
    return [name, gauge];
  }),
);

/** What is null is not known now and is not shown. */
export function show(known: Partial<Record<Figure, number | null>>) {
  for (const [name, value] of Object.entries(known)) {
    if (value === null) gauges.get(name)?.remove();
    else gauges.get(name)?.set(value);
  }
}
