// What every first visit loads is compressed once, when the page is built, as well as it can be: a server that compresses
// each answer anew has to be quick about it, and sends an eighth more.
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";
import type { Plugin, ResolvedConfig } from "vite";
import { startChunks } from "./early.ts";

const compress = promisify(brotliCompress);
const TYPES: Readonly<Record<string, string>> = { js: "text/javascript", css: "text/css" };
/** As a build names what never changes: nothing that leads elsewhere. */
const ASSET = /^\/assets\/[\w-]+(?:\.[\w-]+)*\.(js|css)$/;

const acceptsBrotli = ({ headers }: IncomingMessage): boolean =>
  /(?:^|,)\s*br\s*(?:,|$)/.test(String(headers["accept-encoding"] ?? ""));

/** Writes `.br` beside the files of the start; a server takes it from there (Caddy's `precompressed br`). */
export function compressed(): Plugin {
  let config: ResolvedConfig;
  return {
    name: "gridx-compressed",
    configResolved: (resolved) => {
      config = resolved;
    },
    async writeBundle({ dir }, bundle) {
      const files = Object.values(bundle);
      const chunks = [...startChunks(files)].map(({ fileName, code }) => [fileName, code] as const);
      const styles = files.flatMap((file) =>
        file.type === "asset" && file.fileName.endsWith(".css") ? [[file.fileName, file.source] as const] : [],
      );
      await Promise.all(
        [...chunks, ...styles].map(async ([name, source]) =>
          writeFile(join(dir ?? "", `${name}.br`), await compress(source)),
        ),
      );
    },
    configurePreviewServer: ({ middlewares }) => {
      const folder = join(config.root, config.build.outDir);
      middlewares.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
        const [path = ""] = (request.url ?? "").split("?");
        const type = TYPES[ASSET.exec(path)?.[1] ?? ""];
        if (!type || !acceptsBrotli(request)) return next();
        let content: Buffer;
        try {
          content = readFileSync(join(folder, `${path}.br`));
        } catch {
          return next();
        }
        response.setHeader("content-type", type);
        response.setHeader("content-encoding", "br");
        response.setHeader("vary", "accept-encoding");
        response.setHeader("cache-control", "public, max-age=31536000, immutable");
        response.end(content);
      });
    },
  };
}
