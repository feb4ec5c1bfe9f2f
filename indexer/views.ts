// Moves the views that replicas read from one indexer's schema to another's.
import pg from "pg";

export interface MoveViews {
  databaseUrl: string;
  /** What an indexer writes to, and has caught up in. */
  schema: string;
  /** What replicas read. */
  viewsSchema: string;
  /** A role for `/sql`, which may then read the views and nothing else. */
  reader?: string;
  /** How long the new schema may take to reach the block that the old one is at. */
  patienceSeconds?: number;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * All views change in one moment: they are made aside and the schemas trade names, which waits for no reader and fails
 * none. That moment comes only when the new rows are at least as far as the old ones, so that nobody sees a step back.
 * (Ponder's own command drops and makes one view after the other, and its `--views-schema` does so before the newest
 * blocks are indexed.)
 */
export async function moveViews(move: MoveViews): Promise<{ blockNumber: number }> {
  const client = new pg.Client({ connectionString: move.databaseUrl, application_name: "gridx_views" });
  await client.connect();
  try {
    return await moveWith(client, move);
  } finally {
    await client.end();
  }
}

async function moveWith(client: pg.Client, { schema, viewsSchema, reader, patienceSeconds = 60 }: MoveViews) {
  const name = (text: string) => client.escapeIdentifier(text);
  const tablesOf = async (of: string, type: string) => {
    const text = "select table_name from information_schema.tables where table_schema = $1 and table_type = $2";
    const { rows } = await client.query<{ table_name: string }>(text, [of, type]);
    return rows.map((row) => row.table_name).filter((table) => !table.startsWith("_reorg__"));
  };
  const exists = async (of: string) =>
    (await client.query("select 1 from pg_namespace where nspname = $1", [of])).rowCount === 1;
  const checkpointOf = async (of: string) => {
    const { rows } = await client.query<{ latest: string; ready: string }>(
      `select latest_checkpoint as latest, (select value->>'is_ready' from ${name(of)}."_ponder_meta") as ready
       from ${name(of)}."_ponder_checkpoint"`,
    );
    return rows[0];
  };
  // Two at once would take each other's schemas.
  const { rows: locks } = await client.query<{ mine: boolean }>(
    "select pg_try_advisory_lock(hashtextextended('gridx views ' || $1, 0)) as mine",
    [viewsSchema],
  );
  if (!locks[0]?.mine) throw new Error(`somebody else is moving the views of ${viewsSchema}; wait for them`);

  const tables = await tablesOf(schema, "BASE TABLE");
  if (!tables.includes("_ponder_checkpoint")) {
    throw new Error(`there is no indexer's schema ${schema} in this database; start the indexer first`);
  }
  if ((await tablesOf(viewsSchema, "BASE TABLE")).length > 0) {
    throw new Error(`${viewsSchema} holds tables, not views; give another name for the views`);
  }
  if ((await checkpointOf(schema))?.ready !== "1") {
    throw new Error(`${schema} is still being filled; wait until its indexer answers 200 to /api/ready`);
  }

  const [next, previous] = [`${viewsSchema}__next`, `${viewsSchema}__previous`];
  await client.query("begin");
  await client.query(`drop schema if exists ${name(next)} cascade; create schema ${name(next)}`);
  for (const table of tables) {
    await client.query(`create view ${name(next)}.${name(table)} as select * from ${name(schema)}.${name(table)}`);
  }
  if (reader !== undefined) {
    const [to, role] = [name(next), name(reader)];
    await client.query(`grant usage on schema ${to} to ${role}; grant select on all tables in schema ${to} to ${role}`);
  }
  await client.query("commit");
  await client.query(`drop schema if exists ${name(previous)} cascade`);

  const deadline = Date.now() + patienceSeconds * 1000;
  for (;;) {
    await client.query("begin isolation level repeatable read");
    const replaces = await exists(viewsSchema);
    const now = replaces ? await checkpointOf(viewsSchema) : undefined;
    const then = await checkpointOf(schema);
    if (then && (!now || (then.latest >= now.latest && then.ready === "1"))) {
      if (replaces) await client.query(`alter schema ${name(viewsSchema)} rename to ${name(previous)}`);
      await client.query(`alter schema ${name(next)} rename to ${name(viewsSchema)}`);
      await client.query("commit");
      if (replaces) await dropUnused(client, name(previous));
      return { blockNumber: Number(then.latest.slice(26, 42)) };
    }
    await client.query("rollback");
    if (Date.now() > deadline) {
      await client.query(`drop schema ${name(next)} cascade`);
      throw new Error(
        `${schema} did not reach the block of ${viewsSchema} within ${patienceSeconds} s; nothing was moved. Is its indexer running?`,
      );
    }
    await pause(20);
  }
}

/** Who still reads them in a long answer is waited for, not cut off; what is left goes with the next move. */
async function dropUnused(client: pg.Client, schema: string) {
  await client.query("set lock_timeout = '200ms'");
  for (let attempt = 0; attempt < 25; attempt++) {
    const dropped = await client.query(`drop schema ${schema} cascade`).catch(() => null);
    if (dropped) return;
    await pause(200);
  }
  console.warn(`the old views are still being read; drop schema ${schema} cascade when nobody does`);
}
