// Brings a database to the present tables. Replicas that start at once wait for each other on a lock.
import { readdirSync, readFileSync } from "node:fs";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "./database.ts";
import { deployment } from "./schema.ts";

const FOLDER = new URL("../../migrations/", import.meta.url);
/** Ours among the locks of a PostgreSQL server; any number will do as long as it stays. */
const LOCK = 4_721_000_801;

const rowsSchema = z.object({ rows: z.array(z.object({ name: z.string() })) });

/** Applies each file of `migrations/` once, in the order of their names, all or none. */
export async function migrate(db: Database, deploymentKey: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`SELECT pg_advisory_xact_lock(${LOCK})`);
    await tx.execute(sql`CREATE TABLE IF NOT EXISTS forecast_migration (name text PRIMARY KEY)`);
    const { rows } = rowsSchema.parse(await tx.execute(sql`SELECT name FROM forecast_migration`));
    const applied = new Set(rows.map(({ name }) => name));
    const files = readdirSync(FOLDER).filter((name) => name.endsWith(".sql"));
    const unknown = [...applied].find((name) => !files.includes(name));
    if (unknown) throw new Error(`the database is of a newer version: it has had ${unknown}; start that version`);
    for (const name of files.sort()) {
      if (applied.has(name)) continue;
      // One statement at a time: a prepared one may hold no more.
      for (const statement of statementsOf(readFileSync(new URL(name, FOLDER), "utf8"))) {
        await tx.execute(sql.raw(statement));
      }
      await tx.execute(sql`INSERT INTO forecast_migration (name) VALUES (${name})`);
    }
    const [kept] = await tx.select().from(deployment);
    if (!kept) await tx.insert(deployment).values({ key: deploymentKey });
    else if (kept.key !== deploymentKey) {
      throw new Error(
        `the database belongs to ${kept.key}, not to ${deploymentKey}; give each contract one of its own`,
      );
    }
  });
}

function statementsOf(text: string): string[] {
  const code = text.replace(/^\s*--.*$/gm, "");
  return code
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}
