// How much JavaScript the page loads before anybody does anything, and in all.
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import { startChunks } from "../vite/early.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

export interface BundleSizes {
  /** Bytes after gzip: what the first page load brings, the styles with it, and everything there is. */
  initial: number;
  styles: number;
  all: number;
  /** Files that the page's html names, and which of them there are not. */
  named: { all: string[]; missing: string[] };
}

const gzipped = (text: string | Uint8Array): number => gzipSync(text).length;
const sum = (sizes: number[]): number => sizes.reduce((total, size) => total + size, 0);

export async function measureBundle(): Promise<BundleSizes> {
  const built = await build({
    root: ROOT,
    configFile: `${ROOT}vite.config.ts`,
    mode: "production",
    logLevel: "error",
    build: { write: false, reportCompressedSize: false },
  });
  const { output } = (Array.isArray(built) ? built[0] : built) as Rolldown.RolldownOutput;
  const scripts = output.filter((file) => file.type === "chunk");
  const styles = output.filter((file) => file.type === "asset" && file.fileName.endsWith(".css"));
  const page = output.find(({ fileName }) => fileName === "index.html");
  const html = page?.type === "asset" ? String(page.source) : "";
  const named = [...html.matchAll(/\/(assets\/[\w.-]+)/g)].map(([, name = ""]) => name);
  const missing = named.filter((name) => !output.some(({ fileName }) => fileName === name));
  return {
    named: { all: named, missing },
    initial: sum([...startChunks(output)].map(({ code }) => gzipped(code))),
    styles: sum(styles.map((file) => (file.type === "asset" ? gzipped(file.source) : 0))),
    all: sum(scripts.map(({ code }) => gzipped(code))),
  };
}
