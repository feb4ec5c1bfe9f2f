import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const INPUTS = [
  "web/src",
  "web/index.html",
  "web/public",
  "web/vite",
  "web/vite.config.ts",
  "contracts/ts/src",
  "forecast/client",
  "indexer/client",
];

const ENVIRONMENTS = [".env", ".env.local", ".env.production", ".env.production.local"].map((name) => `web/${name}`);

function filesUnder(path: string): string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesUnder(join(path, name)));
}

/** Hash of all that the page is built from. */
function buildKey(root: string, variant: string): string {
  const hash = createHash("sha256").update(variant);
  for (const path of [...INPUTS, ...ENVIRONMENTS, "pnpm-lock.yaml"].flatMap((input) => filesUnder(join(root, input)))) {
    hash.update(path.slice(root.length)).update(readFileSync(path));
  }
  return hash.digest("hex");
}

/** What the page for the local chain is built with. */
const LOCAL = { VITE_CHAIN_ID: "31337" };

/** The page for the local chain, unless the last build was it. */
export function buildLocalPage(root: string, build: (env: typeof LOCAL) => Promise<number>): Promise<void> {
  const settings = Object.entries({ ...process.env, ...LOCAL }).filter(([name]) => name.startsWith("VITE_"));
  return buildPage(root, JSON.stringify(settings.sort()), () => build(LOCAL));
}

/** Builds the page unless the last build was made of the same files. */
export async function buildPage(root: string, variant: string, build: () => Promise<number>): Promise<void> {
  const keyFile = join(root, "web/dist/.build-key");
  const key = buildKey(root, variant);
  if (existsSync(keyFile) && readFileSync(keyFile, "utf8") === key) return;
  if ((await build()) !== 0) throw new Error("the page did not build");
  writeFileSync(keyFile, key);
}
