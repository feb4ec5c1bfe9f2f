import pg from "pg";
import { expect, it } from "vitest";
import { startPostgres } from "../postgres.ts";

it.each([undefined, "npm"] as const)(
  "a PostgreSQL (%s) starts, keeps its rows over restarts and is gone",
  async (from) => {
    const postgres = await startPostgres({ from });
    const url = await postgres.createDatabase("rows-1");
    const query = async (sql: string) => {
      const client = new pg.Client(url);
      await client.connect();
      return (await client.query(sql).finally(() => client.end())).rows;
    };
    await query("create table t as select 7 as n");
    await postgres.restart();
    await postgres.restart("crash");
    expect(await query("select n from t")).toEqual([{ n: 7 }]);
    await postgres.stop();
    await expect(query("select 1")).rejects.toThrow("ECONNREFUSED");
  },
);
