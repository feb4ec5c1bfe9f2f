// Each suite that touches the database runs on PGlite and on a real PostgreSQL.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe } from "vitest";
import { type Postgres, startPostgres } from "../../../scripts/postgres.ts";
import type { DatabasePlace } from "../../src/database/database.ts";

/** Runs the suite on both; `place` gives a new and empty database each time. */
export function onBothDatabases(
  name: string,
  suite: (place: () => Promise<DatabasePlace>, kind: "PGlite" | "PostgreSQL") => void,
): void {
  describe(`${name} on PGlite`, () => suite(async () => ({ kind: "pglite" }), "PGlite"));
  describe(`${name} on PostgreSQL`, () => {
    let postgres: Postgres;
    beforeAll(async () => {
      postgres = await startPostgres();
    });
    afterAll(() => postgres.stop());
    suite(async () => {
      const connectionString = await postgres.createDatabase(`forecast_${randomBytes(4).toString("hex")}`);
      return { kind: "postgres", connectionString };
    }, "PostgreSQL");
  });
}
