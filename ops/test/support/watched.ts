// What the running services tell those who watch them.
import { randomBytes } from "node:crypto";
import pg from "pg";
import { keccak256, toHex } from "viem";
import { expect } from "vitest";
import { openDatabase } from "../../../forecast/src/database/database.ts";
import { fullSlot, registerHouses, SLOT } from "../../../indexer/test/support/neighbourhood.ts";
import { OperatorMetrics } from "../../../operator/src/metrics/metrics.ts";
import { type Machine, RUN_ID } from "./machine.ts";
import { startPrometheus } from "./prometheus.ts";
import { allQueries, exportedBy, namesIn, OF_PROMETHEUS, panelQueries, recorded } from "./queries.ts";
import { hasProgram, pause, type Running, until } from "./run.ts";

/** Anvil's first account, which may do everything in a local community, and its last. */
const KEYS = {
  clear: "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
  relay: "0x2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6",
} as const;

/** A cleared slot, a reading that is refused, and a forecast of the community that was scored. */
export async function makeHistory({ place, databaseUrl, writeMeter }: Machine) {
  await registerHouses(place);
  const slot = await trade(place);
  // One reading is for the relay to find, which another had put on the chain.
  writeMeter("h1", keccak256(toHex("meter 0")), [
    "timestamp,production_kwh,consumption_kwh",
    `${new Date(slot * SLOT * 1000).toISOString()},0.7,0`,
  ]);
  const { chainId, address } = place.deployment;
  const url = databaseUrl("forecast");
  // The service finds its tables made, as after a restart.
  const { close } = await openDatabase(
    { kind: "postgres", connectionString: url },
    `${chainId}-${address.toLowerCase()}-${RUN_ID}`,
  );
  await close();
  const { timestamp } = await place.latestBlock();
  const origin = (Math.floor(Number(timestamp) / 86_400) - 2) * 86_400;
  const hours = `{${Array(24).fill(1000).join(",")}}`;
  await ask(
    url,
    `with issued as (
       insert into forecast_issued (subject, target, model, origin, issued_at, point_wh, lower_wh, upper_wh)
       values ('community', 'load', 'community-demand-mean', $1, now(), $2, $2, $2) returning id)
     insert into score select id, 'community', 'load', 'community-demand-mean', $1, 24, 24, 19, 2400, 240000, 800, 24000
       from issued`,
    [origin, hours],
  );
}

async function trade(place: Machine["place"]) {
  const { slot, asks, bids } = await traded(place);
  await place.send(place.admin, "clearSlot", [slot, 4_000_000n, asks, bids, 1n]);
  return slot;
}

/** All but the clearing. */
async function traded(place: Machine["place"]) {
  const full = await fullSlot(place);
  const [meter] = place.meters.values();
  if (!meter) throw new Error("there is no meter");
  const [buyer = place.admin] = place.buyers;
  await place.send(buyer, "attestReadings", [[await place.sign(meter, full.slot, 10n ** 6n)]]);
  return full;
}

async function ask(connectionString: string, text: string, values: unknown[] = []): Promise<unknown[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

export class Watched {
  readonly #machine: Machine;
  readonly #services: readonly Running[];
  readonly #indexer: string;
  readonly #forecast: string;

  constructor(machine: Machine, services: readonly Running[]) {
    this.#machine = machine;
    this.#services = services;
    this.#indexer = `http://127.0.0.1:${machine.ports.indexer}`;
    this.#forecast = `http://127.0.0.1:${machine.ports.forecast}`;
  }

  /** The forecast service asks the indexer, and both ask their database. */
  async followsRequest() {
    const { databaseUrl, place } = this.#machine;
    const [owner = ""] = place.owners;
    const id = `page-${randomBytes(4).toString("hex")}`;
    const headers = { "x-request-id": id, origin: "http://elsewhere.example" };
    // Not from the cache.
    const to = new Date(Number((await place.latestBlock()).timestamp) * 1000).toISOString();
    const analysis = await fetch(`${this.#forecast}/api/market-analysis?days=1&to=${to}`, { headers });
    expect([analysis.status, analysis.headers.get("x-request-id")]).toEqual([200, id]);
    const [indexer, forecast] = this.#services;
    const linesAbout = (one?: Running) => linesOf(one?.output() ?? "").filter(({ requestId }) => requestId === id);
    const told = () => [linesAbout(indexer), linesAbout(forecast)];
    await until("a line of both services", async () => told().every((lines) => lines.length > 0), 10);
    for (const line of told().flat()) {
      expect(line).toMatchObject({ method: "GET", path: expect.any(String), status: 200, ms: expect.any(Number) });
    }

    // A page of another origin may send the header, and read it.
    const preflight = await fetch(`${this.#indexer}/api/market`, {
      method: "OPTIONS",
      headers: {
        origin: headers.origin,
        "access-control-request-method": "GET",
        "access-control-request-headers": "x-request-id",
      },
    });
    expect(preflight.headers.get("access-control-allow-headers")).toMatch(/x-request-id/i);
    const answer = await fetch(`${this.#indexer}/api/users/${owner}?limit=1`, { headers });
    expect([answer.headers.get("x-request-id"), answer.headers.get("access-control-expose-headers")]).toEqual([
      id,
      "x-request-id",
    ]);
    // Neither who it was about nor what else was asked is kept.
    const logs = () => this.#services.map((one) => one.output()).join("\n");
    if (hasProgram("caddy")) await fetch(`${this.#machine.env.INDEXER_ORIGIN}/api/users/${owner}?limit=1`, { headers });
    await until("its line", async () => logs().includes("/api/users/:address"), 10);
    expect(logs().toLowerCase()).not.toContain(owner.toLowerCase());
    expect(logs()).not.toContain("limit=1");

    // PostgreSQL shows a connection's last query; others may have come in between.
    for (const [name, request] of [
      ["indexer", `${this.#indexer}/api/users/${owner}`],
      ["forecast", `${this.#forecast}/api/market-analysis?days=1`],
    ] as const) {
      let tries = 0;
      await until(
        `the request's id in the ${name}'s database`,
        async () => {
          tries += 1;
          const again = `${id}-${name}-${tries}`;
          const url =
            name === "forecast" ? `${request}&to=${new Date(Date.parse(to) - tries * 1000).toISOString()}` : request;
          await fetch(url, { headers: { "x-request-id": again } });
          const rows = await ask(databaseUrl(name), "select query from pg_stat_activity where query like $1", [
            `/*request_id='${again}'*/ %`,
          ]);
          return rows.length > 0;
        },
        15,
      );
    }
  }

  async exportsAllNames() {
    const pages = [`${this.#indexer}/metrics`, `${this.#indexer}/api/metrics`, `${this.#forecast}/metrics`];
    const texts = await Promise.all(pages.map(async (page) => (await fetch(page)).text()));
    texts.push(await new OperatorMetrics().registry.metrics());
    const known = new Set([...texts.flatMap((text) => [...exportedBy(text)]), ...recorded, ...OF_PROMETHEUS]);
    const unknown = allQueries.flatMap(({ where, expr }) =>
      namesIn(expr)
        .filter((name) => !known.has(name))
        .map((name) => `${where}: ${name}`),
    );
    expect(unknown).toEqual([]);
  }

  /** Gives the Prometheus that it started. */
  async fillsPanels(): Promise<Running> {
    const { place } = this.#machine;
    const prometheus = startPrometheus(this.#machine);
    const operators = [this.#startOperator("clear"), this.#startOperator("relay")];
    const outputs = () => operators.map((one) => one.output().slice(-3000)).join("\n");
    const what = "Prometheus and what it looks at";
    await until(what, async () => (await prometheus.query('up{job!~"prometheus|proxy"} == 1')).length >= 5, 30).catch(
      (error) => {
        throw new Error(`${error}\n${prometheus.process.output()}\n${outputs()}`);
      },
    );
    await this.#traffic();
    // `clear` clears it.
    await traded(place);
    let empty: string[] = [];
    const filled = async () => {
      await this.#traffic();
      const figures = await Promise.all(panelQueries.map(async ({ expr }) => (await prometheus.query(expr)).length));
      empty = panelQueries.filter((_, index) => figures[index] === 0).map(({ where }) => where);
      if (empty.length > 0) await pause(500);
      return empty.length === 0;
    };
    await until("data for each panel", filled, 30).catch((error) => {
      throw new Error(`${error}\nno data: ${empty.join("; ")}\n${outputs()}`);
    });
    await until("one more trade", async () => (await prometheus.query("indexer:trades:delta1h > 0")).length > 0, 15);
    const rules = await prometheus.rules();
    expect(rules.filter(({ health, lastError }) => health !== "ok" || lastError)).toEqual([]);
    expect(rules.find(({ name }) => name === "LedgerHeadUnequal")?.state).toBe("inactive");
    await Promise.all(operators.map((one) => one.end()));
    return prometheus.process;
  }

  /** The services whose key the operator gives. */
  #startOperator(name: "clear" | "relay"): Running {
    const { start, ports } = this.#machine;
    const noKeystore = { OPERATOR_KEYSTORE: "", OPERATOR_KEYSTORE_PASSWORD_FILE: "" };
    return start(name, { ...noKeystore, OPERATOR_PRIVATE_KEY: KEYS[name], METRICS_PORT: String(ports[name]) });
  }

  async #traffic() {
    const json = { method: "POST", headers: { "content-type": "application/json" }, body: '{"demandKwh":3}' };
    const asked: [string, RequestInit?][] = [
      [`${this.#indexer}/api/market`],
      [`${this.#indexer}/api/energy-trades`],
      [`${this.#indexer}/api/nothing`],
      [`${this.#forecast}/api/price`, json],
      [`${this.#forecast}/api/market-analysis?days=1`],
      [`${this.#forecast}/api/community/energy?from=2025-06-01T00:00:00Z&to=2025-06-02T00:00:00Z`],
    ];
    await Promise.all(asked.map(async ([url, init]) => (await fetch(url, init)).arrayBuffer()));
  }
}

/** Lines of JSON among whatever else a process prints. */
function linesOf(output: string): Record<string, unknown>[] {
  return output.split("\n").flatMap((line) => {
    if (!line.startsWith("{")) return [];
    try {
      return [JSON.parse(line) as Record<string, unknown>];
    } catch {
      return [];
    }
  });
}
