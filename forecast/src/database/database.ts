// Opens PGlite (a folder, or memory) or PostgreSQL; everything above sees one kind of database.
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { type QueryWatch, watchQueries } from "@gridx/indexer/queries";
import { lockFolder } from "@gridx/operator/lock";
import { drizzle as drizzlePg } from "drizzle-orm/node-postgres";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import { drizzle as drizzlePglite } from "drizzle-orm/pglite";
import pg from "pg";
import { migrate } from "./migrate.ts";

export type Database = PgDatabase<PgQueryResultHKT, Record<string, never>>;

export type DatabasePlace =
  | { kind: "pglite" /** Absent keeps everything in memory. */; directory?: string }
  | { kind: "postgres"; connectionString: string };

/** Connections of the pool, as `/metrics` shows them; PGlite has one. */
export interface PoolState {
  total: number;
  idle: number;
  waiting: number;
}

export interface OpenDatabase {
  db: Database;
  pool(): PoolState;
  close(): Promise<void>;
}

const POOL = { max: 20, idleTimeoutMillis: 30_000, connectionTimeoutMillis: 2_000 };

/**
 * Opens and migrates; `deploymentKey` names the contract whose homes are kept, and a database of another is refused.
 * `watch` is told of the queries on PostgreSQL.
 */
export async function openDatabase(
  place: DatabasePlace,
  deploymentKey: string,
  watch?: QueryWatch,
): Promise<OpenDatabase> {
  const opened =
    place.kind === "postgres" ? openPostgres(place.connectionString, watch) : await openPglite(place.directory);
  try {
    await migrate(opened.db, deploymentKey);
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

function openPostgres(connectionString: string, watch?: QueryWatch): OpenDatabase {
  const pool = new pg.Pool({ ...POOL, connectionString, application_name: "gridx_forecast" });
  if (watch) watchQueries(pool, watch);
  // A connection that breaks is replaced; without listeners it would end the process: the pool's hears of idle ones, the
  // connection's own between two statements of a transaction.
  pool.on("error", () => {});
  pool.on("connect", (connection) => void connection.on("error", () => {}));
  return {
    db: drizzlePg(pool) as unknown as Database,
    pool: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  };
}

async function openPglite(directory: string | undefined): Promise<OpenDatabase> {
  if (directory !== undefined) mkdirSync(directory, { recursive: true });
  const release = directory === undefined ? () => {} : hold(directory);
  try {
    const client = await PGlite.create(directory === undefined ? "memory://" : await madeIn(directory));
    return {
      db: drizzlePglite(client) as unknown as Database,
      pool: () => ({ total: 1, idle: 1, waiting: 0 }),
      close: async () => {
        await client.close();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

/** Where the data are. What was killed while it was being made can't be opened: it has its name only once it is whole. */
async function madeIn(directory: string): Promise<string> {
  const [data, unfinished] = [join(directory, "data"), join(directory, "unfinished")];
  if (existsSync(data)) return data;
  rmSync(unfinished, { recursive: true, force: true });
  await (await PGlite.create(unfinished)).close();
  renameSync(unfinished, data);
  return data;
}

/** Two processes in one folder would ruin it. */
function hold(directory: string): () => void {
  try {
    return lockFolder(directory, "database");
  } catch (cause) {
    const advice = "stop the other process, or give both a PostgreSQL by DATABASE_URL";
    throw new Error(`the database in ${directory} is in use; ${advice}`, { cause });
  }
}
