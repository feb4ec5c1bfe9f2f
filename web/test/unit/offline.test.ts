// What the service worker keeps and gives.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { install, kindOf, serveAsset, servePage } from "../../src/offline/serve.ts";

const ORIGIN = "https://grid.example";
const shell = { version: "1", files: ["/assets/index-1.js", "/assets/index-1.css"] };
const page = (html: string) => new Response(html, { headers: { "content-type": "text/html" } });
const nothing = async () => Promise.reject(new TypeError("Failed to fetch"));

/** As the browser's, by path. */
function memory() {
  const kept = new Map<string, Response>();
  const pathOf = (asked: Request | string) => new URL(typeof asked === "string" ? asked : asked.url, ORIGIN).pathname;
  const cache = {
    match: async (asked: Request | string) => kept.get(pathOf(asked))?.clone(),
    put: async (asked: Request | string, response: Response) => void kept.set(pathOf(asked), response),
    addAll: async (paths: string[]) => {
      for (const path of paths) kept.set(path, new Response(path));
    },
  };
  return { cache: cache as unknown as Cache, kept };
}

beforeEach(() => vi.stubGlobal("location", new URL(`${ORIGIN}/market`)));
afterEach(() => vi.unstubAllGlobals());

describe("the service worker", () => {
  it("has to do with pages and built files alone: never with figures or with what the page is told", () => {
    const ask = (url: string, mode = "cors", method = "GET") =>
      kindOf({ url, mode: mode as RequestMode, method }, ORIGIN);
    expect(ask(`${ORIGIN}/trades/0x1`, "navigate")).toBe("page");
    expect(ask(`${ORIGIN}/assets/index-1.js`)).toBe("asset");
    for (const url of [`${ORIGIN}/gridx.json`, `${ORIGIN}/api/market`, `${ORIGIN}/sw.js`]) expect(ask(url)).toBeNull();
    for (const host of ["https://rpc.example/assets/x", "http://grid.example/assets/x"]) expect(ask(host)).toBeNull();
    expect(ask(`${ORIGIN}/assets/index-1.js`, "cors", "POST")).toBeNull();
  });

  it("gives the newest page while there is a network, and the kept one without", async () => {
    const { cache } = memory();
    await install(shell, cache, async () => page('<script src="/assets/index-1.js">'));
    const asked = new Request(`${ORIGIN}/trades`);
    expect(await (await servePage(asked, cache, async () => page("newer"))).text()).toBe("newer");
    expect(await (await servePage(asked, cache, nothing)).text()).toContain("index-1.js");
    await expect(servePage(asked, memory().cache, nothing)).rejects.toThrow("Failed to fetch");
  });

  it("keeps no page that goes with the files of another build", async () => {
    const { cache, kept } = memory();
    const newer = async () => page('<script src="/assets/index-2.js">');
    await expect(install(shell, cache, newer)).rejects.toThrow("/assets/index-2.js is of another build");
    expect(kept.size).toBe(0);
  });

  it("asks for a file once, and never keeps a page or an error in its place", async () => {
    const { cache, kept } = memory();
    const asked = new Request(`${ORIGIN}/assets/late-1.js`);
    for (const wrong of [page("the page"), new Response("no", { status: 404 })]) {
      await serveAsset(asked, cache, async () => wrong);
      expect(kept.size).toBe(0);
    }
    await serveAsset(asked, cache, async () => new Response("code"));
    expect(await (await serveAsset(asked, cache, nothing)).text()).toBe("code");
  });
});
