// How long a reader waits for the indexer on PostgreSQL, and what it takes.
import { db } from "ponder:api";
import { parseEnv } from "../../env.ts";
import { logger } from "./watch/logger.ts";
import { observeQuery } from "./watch/metrics.ts";
import { watchQueries } from "./watch/queries.ts";

/** Ponder's reads give up after half a second; undoing a reorganisation locks the tables, and can take longer. */
const LOCK_TIMEOUT = "10s";

interface Session {
  query(text: string): Promise<unknown>;
}

/** For each new connection, before anything is asked over it. PGlite has one connection, and no one waits there. */
export function waitForLocks() {
  if (parseEnv(process.env).database.kind !== "postgres") return;
  const { $client: pool } = db as unknown as {
    $client: { on(event: "connect", hear: (session: Session) => void): void };
  };
  watchQueries(pool, { observe: observeQuery, logger });
  pool.on("connect", (session) => {
    session.query(`set lock_timeout = '${LOCK_TIMEOUT}'`).catch((error: unknown) => {
      console.warn("a connection kept its short lock timeout:", error);
    });
  });
}
