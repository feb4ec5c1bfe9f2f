// The id of a request stands before each of its queries, and never before somebody else's.
import { Hono } from "hono";
import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Postgres, startPostgres } from "../../scripts/postgres.ts";
import { watchQueries } from "../src/api/watch/queries.ts";
import { followRequests, forNobody, passOn } from "../src/api/watch/requests.ts";

let postgres: Postgres;
let pool: pg.Pool;
const lines: Record<string, unknown>[] = [];
const logger = pino({ base: null }, { write: (line: string) => lines.push(JSON.parse(line)) });
const measured: number[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  // One connection, so that all but one wait for it, and are called by whoever gives it back.
  pool = new pg.Pool({ connectionString: await postgres.createDatabase("queries"), max: 1 });
  // A server that ends may still say so to a connection that is just being closed.
  pool.on("connect", (client) => client.on("error", () => {}));
  watchQueries(pool, { observe: (seconds) => measured.push(seconds), logger });
});
afterAll(async () => {
  await pool?.end();
  await postgres?.stop();
});

const seen = async (client: Pick<pg.Pool, "query">) =>
  String((await client.query("select current_query() as text")).rows[0]?.text);

it("whether it is asked of the pool, in a transaction, or while another request gives a connection back", async () => {
  const app = new Hono()
    .use(followRequests({ logger, observe: () => {} }))
    .get("/one/:wallet", async (c) => c.text(await seen(pool)))
    .get("/transaction", async (c) => {
      const client = await pool.connect();
      await client.query("begin");
      const text = await seen(client);
      await client.query({ text: "commit" });
      client.release();
      return c.text(text);
    })
    .get("/nobody", async (c) => c.text(await forNobody(() => seen(pool))))
    .get("/next", (c) => c.text(passOn({ accept: "x" }).get("x-request-id") ?? ""));
  const ask = async (path: string, id: string) => {
    const response = await app.request(path, { headers: { "x-request-id": id } });
    return { text: await response.text(), id: response.headers.get("x-request-id") };
  };
  const asked = await Promise.all(
    Array.from({ length: 30 }, async (_, index) => {
      const path = ["/one/0xabc?secret=1", "/transaction", "/nobody"][index % 3] ?? "";
      return { path, expected: `id-${index}`, ...(await ask(path, `id-${index}`)) };
    }),
  );
  const beside = await seen(pool);
  for (const { path, expected, text, id } of asked) {
    expect(id).toBe(expected);
    const comment = path === "/nobody" ? "" : `/*request_id='${expected}'*/ `;
    expect(text, path).toBe(`${comment}select current_query() as text`);
  }
  expect(beside).toBe("select current_query() as text");
  expect(measured.length).toBe(30 + 2 * 10 + 1);
  expect((await ask("/next", "id-next")).text).toBe("id-next");

  // What could end the comment, or is too long, is not taken over.
  for (const hostile of ["*/ drop table x; /*", "a".repeat(65), "'"]) {
    const { text, id } = await ask("/one/0xabc", hostile);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(text).toContain(`/*request_id='${id}'*/ select`);
  }
  expect(lines.find(({ requestId }) => requestId === "id-0")).toMatchObject({ path: "/one/:wallet", status: 200 });
  expect(JSON.stringify(lines)).not.toMatch(/0xabc|secret/);
});

it("a slow query is logged with its request and without its values", async () => {
  const app = new Hono().use(followRequests({ logger, observe: () => {} })).get("/slow", async (c) => {
    await pool.query("select pg_sleep($1), $2::text", [0.6, "a secret"]);
    return c.text("");
  });
  await app.request("/slow", { headers: { "x-request-id": "slow-1" } });
  expect(lines).toContainEqual(
    expect.objectContaining({ requestId: "slow-1", msg: "slow query", query: "select pg_sleep($1), $2::text" }),
  );
  expect(JSON.stringify(lines)).not.toContain("a secret");
});
