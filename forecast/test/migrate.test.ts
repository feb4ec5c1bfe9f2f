import { sql } from "drizzle-orm";
import { getTableConfig, type PgTable } from "drizzle-orm/pg-core";
import { expect, it } from "vitest";
import { openDatabase } from "../src/database/database.ts";
import * as schema from "../src/database/schema.ts";
import { onBothDatabases } from "./support/databases.ts";

onBothDatabases("migrations", (place, kind) => {
  it("make the tables that the code knows, column for column", async () => {
    const database = await openDatabase(await place(), "31337-a");
    const { rows } = (await database.db.execute(sql`
      SELECT table_name, column_name, is_nullable FROM information_schema.columns WHERE table_schema = 'public'
    `)) as unknown as { rows: { table_name: string; column_name: string; is_nullable: string }[] };
    const made = rows
      .filter(({ table_name }) => table_name !== "forecast_migration")
      .map((row) => `${row.table_name}.${row.column_name} ${row.is_nullable === "YES" ? "null" : "not null"}`);
    const known = Object.values(schema as Record<string, PgTable>).flatMap((table) => {
      const { name, columns } = getTableConfig(table);
      return columns.map((column) => `${name}.${column.name} ${column.notNull ? "not null" : "null"}`);
    });
    expect(made.sort()).toEqual(known.sort());
    await database.close();
  });

  it.runIf(kind === "PostgreSQL")(
    "are made once by replicas that start at once, and refuse another contract",
    async () => {
      const shared = await place();
      const opened = await Promise.all([1, 2, 3, 4].map(() => openDatabase(shared, "31337-a")));
      await Promise.all(opened.map((database) => database.close()));
      await expect(openDatabase(shared, "31337-b")).rejects.toThrow("the database belongs to 31337-a, not to 31337-b");
    },
  );
});
