// How long a reader waits for the indexer on PostgreSQL, and what it takes.
import { db } from "ponder:api";
import { parseEnv } from "../../env.ts";
import { logger } from "./watch/logger.ts";
import { observeQuery } from "./watch/metrics.ts";
import { watchQueries } from "./watch/queries.ts";

/** Ponder's reads give up after half a second; undoing a reorganisation locks the tables, and can take longer. */
const LOCK_TIMEOUT = "10s";

/** PostgreSQL ends one of those who wait for each other in a circle; the other goes on. */
const DEADLOCK = "40P01";
const MOST_TRIES = 3;

interface Session {
  query(text: string): Promise<unknown>;
}

interface Pool {
  on(event: "connect", hear: (session: Session) => void): void;
  query: (...args: unknown[]) => unknown;
}

/**
 * The indexer locks one table after the other when it takes rows back, and a query of two tables can wait for the second while
 * it keeps the first. A query outside of a transaction reads, and is asked again.
 */
function askAgainAfterDeadlocks(pool: Pool): void {
  const ask = pool.query.bind(pool);
  const again = async (args: unknown[], tries: number): Promise<unknown> => {
    try {
      return await ask(...args);
    } catch (error) {
      if ((error as { code?: unknown }).code !== DEADLOCK || tries >= MOST_TRIES) throw error;
      return again(args, tries + 1);
    }
  };
  // What is given a callback, or is no plain query, answers in a way of its own.
  pool.query = (...args) => (args.some((arg) => typeof arg === "function") ? ask(...args) : again(args, 1));
}

/** For each new connection, before anything is asked over it. PGlite has one connection, and no one waits there. */
export function waitForLocks() {
  if (parseEnv(process.env).database.kind !== "postgres") return;
  const { $client: pool } = db as unknown as { $client: Pool };
  askAgainAfterDeadlocks(pool);
  watchQueries(pool, { observe: observeQuery, logger });
  pool.on("connect", (session) => {
    session.query(`set lock_timeout = '${LOCK_TIMEOUT}'`).catch((error: unknown) => {
      console.warn("a connection kept its short lock timeout:", error);
    });
  });
}
