// Tells the service worker what the build consists of.
import { createHash } from "node:crypto";
import type { Plugin, Rolldown } from "vite";

export const WORKER_FILE = "sw.js";
const PLACE = "__GRIDX_SHELL__";
/** Pages and their texts are kept, so that each opens without a network; wallets, which need one, are kept once used. */
const KEPT = /\/web\/src\/(main\.|(pages|messages|tx)\/|charts\/Plot)/;

type Bundle = Rolldown.OutputBundle;

/** The files of the first screen and of all pages, with what they import, and the styles. */
export function keptFiles(bundle: Bundle): string[] {
  const kept = new Set<string>();
  const keep = (name: string) => {
    const file = bundle[name];
    if (kept.has(name) || file?.type !== "chunk") return;
    kept.add(name);
    for (const style of file.viteMetadata?.importedCss ?? []) kept.add(style);
    for (const imported of file.imports) keep(imported);
  };
  for (const file of Object.values(bundle)) {
    if (file.type !== "chunk" || file.fileName === WORKER_FILE) continue;
    if (file.isEntry || KEPT.test(file.facadeModuleId ?? "")) keep(file.fileName);
  }
  return [...kept].sort().map((name) => `/${name}`);
}

export function shell(): Plugin {
  return {
    name: "gridx-shell",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const worker = bundle[WORKER_FILE];
        if (worker?.type !== "chunk") return;
        const files = keptFiles(bundle);
        const page = bundle["index.html"];
        const content = page?.type === "asset" ? page.source.toString() : "";
        const version = createHash("sha256").update(files.join()).update(content).digest("hex").slice(0, 16);
        worker.code = worker.code.replace(PLACE, JSON.stringify({ version, files }));
      },
    },
  };
}
