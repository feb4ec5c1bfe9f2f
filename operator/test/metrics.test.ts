import { privateKeyToAccount } from "viem/accounts";
import { afterEach, expect, test } from "vitest";
import { OperatorMetrics } from "../src/metrics/metrics.ts";
import { type MetricsServer, serveMetrics } from "../src/metrics/serve.ts";
import { watchChain } from "../src/metrics/watch.ts";
import { chain, clear, proxy } from "./support/clearing.ts";
import { KEY } from "./support/market-chain.ts";

let server: MetricsServer | null = null;
afterEach(() => server?.close());

/** Figures by name and labels, as Prometheus reads them. */
async function scrape(url: string): Promise<Map<string, number>> {
  const response = await fetch(`${url}/metrics`);
  expect(response.headers.get("content-type")).toContain("text/plain");
  const lines = (await response.text()).split("\n").filter((line) => line.startsWith("operator_"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]),
  );
}

test("Prometheus sees what clearing did, what it cost, and how the chain stands; nobody's address", async () => {
  const metrics = new OperatorMetrics();
  server = await serveMetrics(metrics.registry, { host: "127.0.0.1", port: 0 });
  const { url } = server;
  const before = await scrape(url);
  expect(before.get('operator_clearings_total{outcome="missed"}')).toBe(0);
  // What nobody knows yet is absent, and not 0.
  for (const name of ["operator_ledger_head_equal", "operator_last_cleared_slot", "operator_gas_money_coins"])
    expect(before.has(name)).toBe(false);

  await chain.sells("anna", 3_000_000n);
  await chain.sells("bela", 3_000_000n);
  await chain.bids("carl", 8_000_000n, 500n);
  const slot = await chain.slot();
  await chain.goTo(slot + 1);
  await chain.attest(slot, { anna: 900n });
  expect(
    await clear({ grace: 0, observe: (event) => metrics.sender(event), emit: (event) => metrics.clear(event) }),
  ).toBe(true);
  const stop = new AbortController();
  const operator = privateKeyToAccount(KEY).address;
  const rpcUrls = [proxy.url, "http://127.0.0.1:9"];
  const { deployment } = chain;
  const watching = watchChain({ rpcUrls, deployment, operator, metrics, interval: 20, signal: stop.signal });
  for (let tries = 0; tries < 100 && !(await scrape(url)).has("operator_trades_last_hour"); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  stop.abort();
  await watching;
  metrics.relay({ event: "submitted", attested: 3, again: 1, rejected: 2, queued: 5 });
  metrics.clear({ event: "expired", fromSlot: 1, toSlot: 3 });
  metrics.sender({ kind: "failed", reason: "too dear" });
  metrics.audit({ headEqual: false, findings: 1, block: 9 });
  metrics.audit(null);

  const after = await scrape(url);
  const figures = Object.fromEntries(after);
  expect(figures).toMatchObject({
    'operator_clearings_total{outcome="made"}': 1,
    'operator_clearings_total{outcome="missed"}': 3,
    operator_last_cleared_slot: slot,
    operator_cleared_energy_wh_total: 500,
    operator_trades_last_hour: 1,
    operator_meters_silent: 1,
    'operator_transactions_total{outcome="mined"}': 1,
    'operator_transactions_total{outcome="reverted"}': 0,
    'operator_transactions_total{outcome="too_dear"}': 1,
    operator_confirmation_seconds_count: 1,
    'operator_readings_total{outcome="accepted"}': 3,
    'operator_readings_total{outcome="rejected"}': 2,
    operator_readings_queued: 5,
    operator_ledger_head_equal: 0,
    operator_audits_failed_total: 1,
    operator_chain_head_block: Number(await chain.client.getBlockNumber()),
    [`operator_rpc_up{rpc="RPC 1 (${new URL(proxy.url).host})"}`]: 1,
    'operator_rpc_up{rpc="RPC 2 (127.0.0.1:9)"}': 0,
    [`operator_chain_lag_blocks{rpc="RPC 1 (${new URL(proxy.url).host})"}`]: 0,
  });
  expect(after.get('operator_gas_price_gwei{kind="paid"}')).toBeGreaterThan(0);
  expect(after.get("operator_gas_spent_coins_total")).toBeGreaterThan(0);
  expect(after.get("operator_gas_money_coins")).toBeGreaterThan(1);
  expect([...after.keys()].join()).not.toMatch(/0x[0-9a-f]{40}/i);
  expect((await fetch(`${url}/health`)).status).toBe(200);
  expect((await fetch(url)).status).toBe(404);
  await expect(serveMetrics(metrics.registry, { host: "127.0.0.1", port: Number(new URL(url).port) })).rejects.toThrow(
    /METRICS_PORT: cannot listen on 127.0.0.1:\d+ \(EADDRINUSE\)/,
  );
});
