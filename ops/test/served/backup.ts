// What is kept of homes comes back from a file, into an empty database and no other; everything else from the chain.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "@gridx/contracts/node";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { OPS } from "../support/compose.ts";
import { READINGS } from "../support/lived.ts";
import { hasProgram, until } from "../support/run.ts";
import type { Now } from "./served.ts";

const HAS_CLIENTS = ["pg_dump", "pg_restore", "psql"].every(hasProgram);
/** What a backup is for; sessions and nonces are not in it. */
const KEPT = ["reading", "reading_version", "house_profile", "house_state", "deployment", "forecast_migration"];

async function rowsOf(url: string, tables: readonly string[]): Promise<Record<string, unknown[]>> {
  const client = new pg.Client(url);
  await client.connect();
  const found: Record<string, unknown[]> = {};
  for (const table of tables) found[table] = (await client.query(`select t.* from ${table} t order by t::text`)).rows;
  await client.end();
  return found;
}

const ask = () => ({ signal: AbortSignal.timeout(5_000) });

export function describeBackup(now: Now) {
  const runScript = (script: string, file: string, url: string) => {
    const { machine } = now();
    const urlFile = join(machine.directory, "database_url");
    writeFileSync(urlFile, url);
    const { PATH = "" } = process.env;
    const env = { PATH, DATABASE_URL_FILE: urlFile };
    const { status, stdout, stderr } = spawnSync("sh", [join(OPS, script), file], { encoding: "utf8", env });
    return { status, stdout, stderr };
  };
  const emptyDatabase = async (name: string) => {
    const { machine } = now();
    const owned = await machine.postgres.createDatabase(name);
    const client = new pg.Client(owned);
    await client.connect();
    await client.query(`alter database "${name}" owner to gridx_forecast`);
    await client.end();
    return machine.secret("forecast_database_url").replace(/[^/]+$/, name);
  };

  describe.skipIf(!HAS_CLIENTS)("a backup (with pg_dump)", () => {
    it("brings back all that is kept of homes, and overwrites nothing", async () => {
      const { machine } = now();
      const url = machine.secret("forecast_database_url");
      const before = await rowsOf(url, KEPT);
      // One owner has a session here, and may have deleted the two homes of its own.
      expect(before.reading?.length).toBeGreaterThanOrEqual(READINGS * (machine.place.meters.size - 2));

      const client = new pg.Client(url);
      await client.connect();
      await client.query("insert into session values ('a hash', '0x0', now() + interval '1 hour')");
      await client.end();

      // As the container runs it.
      mkdirSync(join(machine.directory, "backups"));
      const backup = machine.start("backup");
      await until("the backup", async () => backup.process.exitCode !== null, 30);
      expect(backup.process.exitCode, backup.output()).toBe(0);
      const [name = "", ...others] = readdirSync(join(machine.directory, "backups"));
      expect(others).toEqual([]);
      const file = join(machine.directory, "backups", name);
      expect(statSync(file).mode & 0o077).toBe(0);
      expect(backup.output()).toContain(`${before.reading?.length} readings of 31337-`);

      const restored = await emptyDatabase("restored_0123456789abcdef");
      const result = runScript("restore.sh", file, restored);
      expect(result.status, result.stderr).toBe(0);
      expect(await rowsOf(restored, KEPT)).toEqual(before);
      expect((await rowsOf(restored, ["session"])).session).toEqual([]);

      // A second time there is something, and so it is where the service's own rows are.
      for (const full of [restored, url]) {
        expect(runScript("restore.sh", file, full)).toMatchObject({
          status: 1,
          stderr: expect.stringContaining("restore into an empty one"),
        });
      }
      expect(runScript("backup.sh", file, url)).toMatchObject({
        status: 1,
        stderr: expect.stringContaining("is there already"),
      });
      const cut = join(machine.directory, "cut.dump");
      copyFileSync(file, cut);
      spawnSync("truncate", ["-s", "-2000", cut]);
      const second = await emptyDatabase("cut");
      expect(runScript("restore.sh", cut, second).status).not.toBe(0);
      expect(await rowsOf(second, ["pg_tables"]).then(({ pg_tables }) => JSON.stringify(pg_tables))).not.toContain(
        '"reading"',
      );
      for (const one of [result, runScript("backup.sh", join(machine.directory, "x"), "http://x")])
        expect(one.stderr + one.stdout).not.toContain(machine.secret("forecast_password"));

      // The service goes on from it.
      const port = await freePort();
      const urlFile = join(machine.directory, "restored_url");
      writeFileSync(urlFile, restored);
      const again = machine.start("forecast", { DATABASE_URL_FILE: urlFile, PORT: String(port) });
      await until(
        "the service on what was restored",
        async () => (await fetch(`http://127.0.0.1:${port}/ready`, ask())).ok,
        45,
      );
      expect(await again.end("SIGTERM")).toBe(0);
    });
  });

  describe("everything else", () => {
    it("is rebuilt from the chain by one command", async () => {
      const { machine } = now();
      const database = await emptyDatabase("again_0123456789abcdef");
      const port = await freePort();
      const urlFile = join(machine.directory, "again_url");
      writeFileSync(urlFile, database);
      const began = Date.now();
      const again = machine.start("indexer", { DATABASE_URL_FILE: urlFile, PORT: String(port) });
      const url = `http://127.0.0.1:${port}`;
      await until("rebuilt", async () => (await fetch(`${url}/api/ready`, ask())).ok, 90);
      const seconds = (Date.now() - began) / 1000;
      const data = async (path: string) => ((await (await fetch(path)).json()) as { data: unknown }).data;
      const pages = [
        "energy-trades",
        "users",
        "houses",
        "leaderboard",
        "carbon-transactions",
        "markets/days",
        "audit",
        "lots",
        "bids",
      ];
      for (const page of pages)
        expect(await data(`${url}/api/${page}?limit=200`), page).toEqual(
          await data(`${machine.urls.indexer}/api/${page}?limit=200`),
        );
      const { blockNumber, facts, equal } = (await data(`${url}/api/audit`)) as Record<string, unknown>;
      expect(equal).toBe(true);
      process.stdout.write(`${JSON.stringify({ rebuilt: { blockNumber, facts, seconds } })}\n`);
      expect(await again.end("SIGTERM")).toBe(0);
    });
  });
}
