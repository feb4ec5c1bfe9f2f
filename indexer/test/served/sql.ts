import { describe, expect, it } from "vitest";
import { all } from "../support/compare.ts";
import type { Observed } from "../support/indexer.ts";

/** `/sql` of a replica that reads the views, and of one that was given a role that can do more. */
export function describeSql(now: () => { replica: Observed; careless: string; otherSchema: string }) {
  const ask = async (sql: string, params: unknown[] = [], url = now().replica.url) => {
    const query = encodeURIComponent(JSON.stringify({ json: { sql, params } }));
    const response = await fetch(`${url}/sql/db?sql=${query}`);
    const text = await response.text();
    return {
      status: response.status,
      text,
      rows: () => (JSON.parse(text) as { rows: Record<string, unknown>[] }).rows,
    };
  };

  describe("/sql", () => {
    it("answers queries of the tables, with parameters, as REST does", async () => {
      const trades = await all(now().replica.client.trades);
      const [seller] = trades.map((trade) => trade.seller);
      const sums = await ask("select sum(energy_wh) as wh, count(*) as n from energy_trade where seller = $1 -- all", [
        seller?.toLowerCase(),
      ]);
      const mine = trades.filter((trade) => trade.seller === seller);
      expect(sums.rows()).toEqual([
        { wh: String(mine.reduce((sum, { energyWh }) => sum + energyWh, 0n)), n: String(mine.length) },
      ]);
    });

    it.each([
      ["update energy_trade set energy_wh = 0", "syntax error"],
      ["with x as (delete from energy_trade returning *) select * from x", "must not contain data-modifying"],
      ["select 1; drop schema gridx cascade", "multiple commands"],
      ["select * into stolen from energy_trade", "SELECT ... INTO is not allowed"],
      ["select * from energy_trade for update", "permission denied"],
      ["select set_config('transaction_read_only', 'off', false)", "read-write mode"],
      ["select pg_read_file('/etc/passwd')", "permission denied"],
      ["select * from pg_ls_dir('/')", "permission denied"],
      ["select lo_import('/etc/passwd')", "permission denied"],
      // Would fill the disk of the server: a read-only transaction that is rolled back stops neither.
      ["select pg_logical_emit_message(false, 'x', repeat('a', 50000000))", "permission denied"],
      ["select lo_from_bytea(0, repeat('a', 50000000)::bytea)", "permission denied"],
      ["select pg_terminate_backend(pid) from pg_stat_activity where usename <> current_user", "must be"],
      ["select rolpassword from pg_authid", "permission denied"],
      ["select * from ponder_sync.blocks", "permission denied for schema ponder_sync"],
      ["select set_config('role', 'gridx', false)", "permission denied"],
      ["select * from nothing_like_it", "does not exist"],
    ])("refuses %s", async (sql, message) => {
      const { status, text } = await ask(sql);
      expect({ status, text }).toMatchObject({ status: 400, text: expect.stringContaining(message) });
    });

    it("shows no schema but the one that is served", async () => {
      const { status, text } = await ask(`select * from ${now().otherSchema}.energy_trade`);
      expect({ status, text }).toEqual({ status: 400, text: `permission denied for schema ${now().otherSchema}` });
    });

    it("ends what takes too long, and what a query set does not outlive it", async () => {
      const heavy = [
        "select set_config('statement_timeout', '0', false), set_config('search_path', 'pg_catalog', false), pg_sleep(60)",
        "select count(*) from generate_series(1, 100000) a, generate_series(1, 1000000) b",
      ];
      const started = Date.now();
      for (const answer of await Promise.all(heavy.map((sql) => ask(sql)))) {
        expect(answer).toMatchObject({ status: 400, text: "the query took longer than 5 s and was ended" });
      }
      expect(Date.now() - started).toBeLessThan(9000);
      const settings = "select current_setting('statement_timeout') as timeout, current_setting('search_path') as path";
      const each = await Promise.all(Array.from({ length: 6 }, () => ask(settings)));
      for (const answer of each) expect(answer.rows()).toEqual([{ timeout: "5s", path: "gridx" }]);
    });

    it("limits queries, rows and bytes, and goes on", async () => {
      expect(await ask(`select '${"x".repeat(5000)}'`)).toMatchObject({
        status: 400,
        text: expect.stringContaining("5000"),
      });
      expect(await ask("select 1", Array(101).fill(1))).toMatchObject({
        status: 400,
        text: "params: a query has at most 100 parameters",
      });
      expect(await ask("select generate_series(1, 1001)")).toMatchObject({
        status: 400,
        text: "more than 1000 rows; add a LIMIT",
      });
      expect((await ask("select generate_series(1, 1000)")).rows()).toHaveLength(1000);
      expect(await ask("select repeat('x', 3000000)")).toMatchObject({
        status: 413,
        text: expect.stringContaining("2097152 bytes"),
      });
      for (const sql of ["", "not json"]) {
        const { status, text } = await ask(sql);
        expect({ status, known: text.length > 0 }).toEqual({ status: 400, known: true });
      }
      const bare = await fetch(`${now().replica.url}/sql/db`);
      expect({ status: bare.status, text: await bare.text() }).toMatchObject({
        status: 400,
        text: expect.stringContaining("sql: expected"),
      });
      expect((await ask("select 1 as one")).rows()).toEqual([{ one: 1 }]);
    });

    it("is not served where its role can do more than read", async () => {
      const { status, text } = await ask("select 1", [], now().careless);
      expect({ status, text }).toMatchObject({ status: 503, text: expect.stringContaining("not set up safely") });
    });
  });
}
