// Runs a stranger's query as a role that can only read, within bounds of time and size.
import pg from "pg";
import { ApiError, badRequest, tooLarge, unavailable } from "../rest/errors.ts";

export const LIMITS = { queryCharacters: 5000, parameters: 100, rows: 1000, bytes: 2 * 1024 * 1024, seconds: 5 };
/** Queries that run at once; further ones wait for up to `LIMITS.seconds`. */
const AT_ONCE = 4;

export interface Answer {
  rows: Record<string, unknown>[];
  rowCount: number;
  fields: { name: string; dataTypeID: number }[];
}

/** What the role could do beside reading the one schema: each line is a reason not to serve. */
const POWERS = `
  select 'is a superuser' as power from pg_roles where rolname = current_user and rolsuper
  union all select 'may make roles or databases, replicate or bypass row security' from pg_roles
    where rolname = current_user and (rolcreaterole or rolcreatedb or rolreplication or rolbypassrls)
  union all select 'is a member of ' || rolname from pg_roles
    where rolname <> current_user and pg_has_role(current_user, oid, 'member')
  union all select 'may make schemas in the database' where has_database_privilege(current_database(), 'create')
  union all select 'may make things in the schema ' || nspname from pg_namespace
    where has_schema_privilege(oid, 'create') and nspname not like 'pg\\_temp%'
  union all select 'may write to ' || c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'f', 'm') and n.nspname not in ('pg_catalog', 'information_schema')
    and has_table_privilege(c.oid, 'insert, update, delete, truncate')
  union all select 'may read ' || c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'f', 'm') and n.nspname not in ('pg_catalog', 'information_schema', $1)
    and has_table_privilege(c.oid, 'select') and has_schema_privilege(n.oid, 'usage')
  union all select 'may run ' || oid::regprocedure || ', which writes to the disk in a read-only transaction, too' from pg_proc
    where pronamespace = 'pg_catalog'::regnamespace and has_function_privilege(oid, 'execute')
    and (proname = 'pg_logical_emit_message'
      or (proname in ('lo_creat', 'lo_create', 'lo_from_bytea') and current_setting('server_version_num')::int < 160000))`;

export class Reader {
  private readonly pool: pg.Pool;
  private readonly schema: string;
  private checked = false;

  constructor({ connectionString, schema }: { connectionString: string; schema: string }) {
    this.schema = schema;
    this.pool = new pg.Pool({
      connectionString,
      max: AT_ONCE,
      connectionTimeoutMillis: LIMITS.seconds * 1000,
      idleTimeoutMillis: 30_000,
      allowExitOnIdle: true,
      application_name: "gridx_sql",
      statement_timeout: LIMITS.seconds * 1000,
      lock_timeout: 500,
      idle_in_transaction_session_timeout: 2 * LIMITS.seconds * 1000,
    });
    // A connection that breaks while nobody uses it; the next caller gets another.
    this.pool.on("error", (error) => console.warn(`/sql lost a connection: ${error.message}`));
  }

  /** One SELECT, with parameters `$1`…; every statement that is not one is refused by PostgreSQL itself. */
  async query(text: string, values: unknown[]): Promise<Answer> {
    const client = await this.pool.connect().catch((error: Error) => {
      console.warn(`/sql has no connection: ${error.message}`);
      throw unavailable("database_unavailable", "no connection to the database is free; try again later");
    });
    // The query fails too; without a listener the whole process would.
    const fall = () => {};
    client.on("error", fall);
    const watch = limitBytes(client);
    let broken = false;
    try {
      if (!this.checked) await this.check(client);
      await client.query("begin read only");
      await client.query(`set local search_path = ${client.escapeIdentifier(this.schema)}`);
      watch.start();
      // A cursor takes nothing but a query that changes nothing; so sent, text holds one statement only.
      const declare = { text: `declare answer no scroll cursor for ${text}`, values, queryMode: "extended" };
      await client.query(declare);
      const { rows, fields } = await client.query(`fetch ${LIMITS.rows + 1} from answer`);
      if (rows.length > LIMITS.rows) throw badRequest(`more than ${LIMITS.rows} rows; add a LIMIT`);
      const columns = fields.map(({ name, dataTypeID }) => ({ name, dataTypeID }));
      return { rows, rowCount: rows.length, fields: columns };
    } catch (error) {
      if (error instanceof ApiError) throw error;
      if (watch.exceeded()) throw tooLarge(`the answer has more than ${LIMITS.bytes} bytes; ask for less`);
      throw explained(error);
    } finally {
      watch.stop();
      // Whatever the query set for its session goes with it.
      await client.query("rollback; select pg_advisory_unlock_all()").catch(() => {
        broken = true;
      });
      if (!broken) client.off("error", fall);
      client.release(broken);
    }
  }

  private async check(client: pg.PoolClient) {
    const { rows } = await client.query<{ power: string }>(POWERS, [this.schema]);
    const [first] = rows;
    if (first) {
      console.error(`/sql is not served: the role of SQL_DATABASE_URL ${first.power}; give it one that can only read`);
      throw unavailable(
        "sql_unavailable",
        "/sql is not set up safely here; whoever runs this indexer finds why in its log",
      );
    }
    this.checked = true;
  }
}

/** Breaks the connection off when an answer is too long: PostgreSQL would send a gigabyte, and it would be kept here. */
function limitBytes(client: pg.PoolClient) {
  const { stream } = (client as unknown as { connection: { stream: NodeJS.ReadableStream & { destroy(): void } } })
    .connection;
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > LIMITS.bytes) stream.destroy();
  };
  return {
    start: () => void stream.on("data", count),
    stop: () => void stream.off("data", count),
    exceeded: () => bytes > LIMITS.bytes,
  };
}

/** What the caller can mend is said in PostgreSQL's words. */
function explained(error: unknown): ApiError {
  if (!(error instanceof pg.DatabaseError)) {
    console.warn("/sql lost a connection in a query:", error instanceof Error ? error.message : error);
    return unavailable("database_unavailable", "the connection to the database broke; try again later");
  }
  if (error.code === "57014") return badRequest(`the query took longer than ${LIMITS.seconds} s and was ended`);
  if (error.code?.startsWith("57P"))
    return unavailable("database_unavailable", "the database is restarting; try again");
  return badRequest(error.message);
}
