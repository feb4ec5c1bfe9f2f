import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { compileContracts } from "@gridx/contracts/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { play } from "../../contracts/ts/test/support/history.ts";
import { startWorld, type World } from "../../contracts/ts/test/support/world.ts";
import { type RunningIndexer, startIndexer, temporaryDirectory } from "../../indexer/test/support/indexer.ts";
import { audit } from "../src/audit/audit.ts";

type Item = Record<string, string | number | boolean | null>;
interface Answer {
  data: { items?: Item[]; clearings?: Item[]; nextCursor?: string | null };
}

const directory = temporaryDirectory();
let world: World;
let indexer: RunningIndexer;
let stand: Server;
/** Changes an answer of the indexer on its way. */
let alter: (path: string, items: Item[]) => Item[] = (_, items) => items;

beforeAll(async () => {
  compileContracts();
  world = await startWorld({
    slotDuration: 900,
    ringLength: 8,
    minPrice: 0n,
    maxPrice: 2n ** 96n - 1n,
    runId: "audit",
  });
  await play(world, 9, 300);
  const { deployment, anvil } = world;
  indexer = await startIndexer({ deployment, rpcUrl: anvil.rpcUrl, dataDirectory: directory.path });
  await indexer.reaches(await world.client.getBlockNumber());
  stand = createServer(async (request, response) => {
    const path = request.url ?? "";
    const answer = await fetch(`${indexer.url}${path}`);
    const body = (await answer.json()) as Answer;
    if (body.data?.items) body.data.items = alter(path, body.data.items);
    if (body.data?.clearings) body.data.clearings = alter(path, body.data.clearings);
    response.writeHead(answer.status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => stand.listen(0, "127.0.0.1", resolve));
}, 180_000);
afterAll(async () => {
  stand?.close();
  await indexer?.stop();
  await world?.stop();
  directory.remove();
});

const check = () => {
  const indexerUrl = `http://127.0.0.1:${(stand.address() as AddressInfo).port}`;
  return audit({ rpcUrl: world.anvil.rpcUrl, deployment: world.deployment, indexerUrl });
};

test("every row of the indexer is as the events make it", async () => {
  const result = await check();
  expect(result.findings.list).toEqual([]);
  expect(result.ok).toBe(true);
  expect(result.indexer?.rows).toBeGreaterThan(80);
});

const lists = [
  ["/api/energy-trades", "feePaid"],
  ["/api/energy-trades", "cleared"],
  ["/api/users", "paid"],
  ["/api/users", "bidWh"],
  ["/api/houses", "exportedWh"],
  ["/api/energy-production/", "exportWh"],
  ["/api/leaderboard", "earnedGrams"],
  ["/api/carbon-transactions", "grams"],
  ["/api/carbon-transactions", "beneficiary"],
  ["/api/users", "carbonRetiredGrams"],
  ["/api/markets/slots", "turnover"],
  ["/api/markets/days", "buyers"],
  ["/api/clearings?", "energyWh"],
  ["/api/clearings/", "trades"],
] as const;

const other = (value: Item[string] | undefined): Item[string] => {
  if (typeof value === "boolean") return !value;
  if (typeof value === "string" && /^\d+$/.test(value)) return String(BigInt(value) + 1n);
  return typeof value === "number" ? value + 1 : `${value ?? ""}x`;
};

test.each(lists)("%s: one altered %s is found and named", async (part, field) => {
  let done: string | null = null;
  alter = (path, items) => {
    const [row] = items;
    if (!path.includes(part) || !row || (done !== null && done !== path)) return items;
    done = path;
    return [{ ...row, [field]: other(row[field]) }, ...items.slice(1)];
  };
  const result = await check();
  expect(result.ok).toBe(false);
  expect(result.first).toContain("row 1 ");
  expect(result.first).toContain(`${field} is `);
});

test("a row that is left out, doubled, or in another's place is found and named", async () => {
  const changes: [(items: Item[]) => Item[], RegExp][] = [
    [(items) => items.slice(0, -1), /energy-trades row \d+ \(0x.*is missing/],
    [(items) => [...items, ...items.slice(-1)], /energy-trades row \d+: .* is on no chain/],
    [([one, two, ...rest]) => [two as Item, one as Item, ...rest], /energy-trades row 1 .*tradeId is/],
  ];
  for (const [change, expected] of changes) {
    alter = (path, items) => (path.startsWith("/api/energy-trades") && items.length < 200 ? change(items) : items);
    expect((await check()).first).toMatch(expected);
  }
});

test("carbon of a wallet that is on no chain is found", async () => {
  alter = (path, items) => {
    const last = items.at(-1);
    const ends = path.startsWith("/api/carbon-transactions") && items.length < 200 && last;
    return ends ? [...items, { ...last, address: `0x${"ab".repeat(20)}` }] : items;
  };
  expect((await check()).first).toMatch(/carbon-transactions row \d+: .*abab.* is on no chain/);
});
