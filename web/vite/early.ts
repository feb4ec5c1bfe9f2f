// The page's first code asks for the rest by itself (src/start/early.ts); its files are named in the page too, so that they travel at once.
import type { HtmlTagDescriptor, Plugin, Rolldown } from "vite";

/** The code that `src/start/early.ts` starts. */
const MAIN = /\/web\/src\/main\.tsx$/;

type Files = readonly (Rolldown.OutputChunk | Rolldown.OutputAsset)[];

/** What the first page load brings whichever page it is: what the page's html names, and the main code, with what each imports. */
export function startChunks(files: Files): Set<Rolldown.OutputChunk> {
  const chunks = new Map(files.flatMap((file) => (file.type === "chunk" ? [[file.fileName, file] as const] : [])));
  const start = new Set<Rolldown.OutputChunk>();
  const visit = (chunk: Rolldown.OutputChunk | undefined) => {
    if (!chunk || start.has(chunk)) return;
    start.add(chunk);
    for (const name of chunk.imports) visit(chunks.get(name));
  };
  for (const chunk of chunks.values()) {
    const module = chunk.facadeModuleId ?? "";
    if (module.endsWith("/index.html") || MAIN.test(module)) visit(chunk);
  }
  return start;
}

export function early(): Plugin {
  return {
    name: "gridx-early",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle }) {
        if (!bundle) return [];
        const names = [...startChunks(Object.values(bundle))]
          // The page's own is named already, or was replaced by what it imports.
          .filter(({ facadeModuleId }) => !facadeModuleId?.endsWith("/index.html"))
          .map(({ fileName }) => `/${fileName}`);
        return names
          .filter((href) => !html.includes(href))
          .map((href): HtmlTagDescriptor => {
            return { tag: "link", attrs: { rel: "modulepreload", crossorigin: true, href }, injectTo: "head" };
          });
      },
    },
  };
}
