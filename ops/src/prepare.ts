// Writes what the containers read beside the environment: secrets, the deployment, and what the page is told.
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { siteConfigSchema } from "@gridx/contracts";
import { readDeployment } from "@gridx/contracts/node";
import { z } from "zod";

/** The user in our images, and those in others' that read a secret as somebody else than root. */
const CONTAINER_USER = 1000;
const OTHER_USERS: Record<string, number> = {
  alert_webhook_url: 65_534,
  grafana_password: 472,
  // `postgres` of the Alpine image, as whom it makes the databases.
  indexer_password: 70,
  forecast_password: 70,
};

const origin = z
  .string({ error: "is not set; set it to an origin, such as https://gridx.example.org" })
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text && /^https?:/.test(text),
    "expected an origin and nothing behind it, such as https://gridx.example.org",
  );
const environment = z.object({
  PAGE_ORIGIN: origin,
  INDEXER_ORIGIN: origin,
  FORECAST_ORIGIN: origin,
  /** Checked with the page's configuration, of which it becomes part. */
  SENTRY_DSN: z
    .string()
    .optional()
    .transform((dsn) => dsn || undefined),
});

export interface Preparation {
  /** Where `secrets` and `config` are written. */
  directory: string;
  /** The file of `.env.example`, filled in. */
  envFile: string;
  deployment: string;
  /** The RPC that readers' browsers ask: public, so one without a key of yours. */
  publicRpcUrl: string;
}

/** Secrets that nobody but the operator knows, and what each is. */
const LEFT: Record<string, string> = {
  rpc_url: "the http(s) URLs of the chain's RPC, by commas, as the services ask it",
  relay_keystore: 'the encrypted key that puts readings on the chain (docs/operations.md, "Keys")',
  relay_keystore_password: "its password",
  clear_keystore: "the encrypted key that clears slots, another one: two senders of one key take each other's nonces",
  clear_keystore_password: "its password",
  meter_keys: "the meters' keys, as the relay reads them",
  alert_webhook_url: "where alerts are sent",
};

function readEnvironment(path: string) {
  if (!existsSync(path)) throw new Error(`${path} is not there; copy ops/.env.example to it and fill it in`);
  const parsed = environment.safeParse(parseEnv(readFileSync(path, "utf8")));
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map((issue) => `${path}: ${issue.path.join(".")} ${issue.message}`).join("\n"));
}

/** Keeps what is there: a password that changes here changes in no database. Gives the secrets that are still missing. */
export function prepare({ directory, envFile, deployment, publicRpcUrl }: Preparation): { missing: string[] } {
  const { PAGE_ORIGIN, INDEXER_ORIGIN, FORECAST_ORIGIN, SENTRY_DSN } = readEnvironment(envFile);
  const site = siteConfigSchema.safeParse({
    deployment: readDeployment(deployment),
    rpcUrl: publicRpcUrl,
    indexerUrl: INDEXER_ORIGIN,
    forecastUrl: FORECAST_ORIGIN,
    sentryDsn: SENTRY_DSN,
  });
  if (!site.success) {
    throw new Error(site.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "));
  }
  for (const { protocol } of [PAGE_ORIGIN, INDEXER_ORIGIN, FORECAST_ORIGIN].map((text) => new URL(text))) {
    if (protocol !== new URL(PAGE_ORIGIN).protocol)
      throw new Error("PAGE_ORIGIN and the others: all https, or all http");
  }

  const [secrets, config] = [join(directory, "secrets"), join(directory, "config")];
  mkdirSync(secrets, { recursive: true });
  // A clone has the folder already, open to all, and what the operator writes into it next is as open as the umask leaves it.
  chmodSync(secrets, 0o700);
  mkdirSync(config, { recursive: true });
  const secret = (name: string, make: () => string): string => {
    const path = join(secrets, name);
    if (!existsSync(path)) writeFileSync(path, make(), { mode: 0o400 });
    return readFileSync(path, "utf8");
  };
  const password = () => randomBytes(24).toString("base64url");
  secret("postgres_password", password);
  secret("grafana_password", password);
  for (const name of ["indexer", "forecast"]) {
    const own = secret(`${name}_password`, password);
    secret(`${name}_database_url`, () => `postgres://gridx_${name}:${own}@postgres:5432/gridx_${name}`);
  }
  const missing = Object.keys(LEFT).filter((name) => !existsSync(join(secrets, name)));
  const there = [
    "indexer_password",
    "forecast_password",
    "grafana_password",
    "indexer_database_url",
    "forecast_database_url",
    ...Object.keys(LEFT),
  ];
  for (const name of there.filter((name) => !missing.includes(name))) own(join(secrets, name), OTHER_USERS[name]);

  copyFileSync(deployment, join(config, "deployment.json"));
  writeFileSync(join(config, "gridx.json"), `${JSON.stringify(site.data, null, 2)}\n`);
  return { missing: missing.map((name) => `${join(secrets, name)}: ${LEFT[name]}`) };
}

/** A bind mount keeps owner and mode, and the services are not root. */
function own(path: string, user = CONTAINER_USER): void {
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o400);
  if (process.getuid?.() === 0) chownSync(path, user, user);
}
