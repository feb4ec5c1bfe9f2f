// What the service worker keeps and gives: the built page, so that it opens without a network. Never an answer of chain,
// indexer or forecast service, nor /gridx.json: a figure that can't be read now is not shown.

/** What a build consists of, as far as it is kept from the start. */
export interface Shell {
  /** Another build has another one. */
  version: string;
  /** Paths under /assets. */
  files: readonly string[];
}

export const CACHE_PREFIX = "gridx-shell-";
const PAGE = "/";
const ASSETS = "/assets/";

export const cacheName = ({ version }: Shell): string => `${CACHE_PREFIX}${version}`;

type Fetch = (request: Request | string) => Promise<Response>;

/** Keeps page and files of one build; throws where they do not belong together, and is tried again at the next visit. */
export async function install(shell: Shell, cache: Cache, ask: Fetch = fetch): Promise<void> {
  // As it is now, whatever the browser remembers.
  const page = await ask(new Request(new URL(PAGE, location.href), { cache: "reload" }));
  if (!page.ok) throw new Error(`${PAGE} was answered with ${page.status}`);
  const named = (await page.clone().text()).match(/\/assets\/[\w.-]+/g) ?? [];
  const stranger = named.find((path) => !shell.files.includes(path));
  if (stranger) throw new Error(`${stranger} is of another build`);
  await cache.addAll([...shell.files]);
  await cache.put(PAGE, page);
}

/** `page`: from the network, else as kept. `asset`: as kept, else from the network. Null is not the worker's business. */
export function kindOf({ method, mode, url }: Pick<Request, "method" | "mode" | "url">, origin: string) {
  const asked = new URL(url);
  if (method !== "GET" || asked.origin !== origin) return null;
  if (mode === "navigate") return "page";
  // Named by what is in them, so that they never change.
  return asked.pathname.startsWith(ASSETS) ? "asset" : null;
}

/** A new version is seen at once; the one that is kept serves only where nothing answers. */
export async function servePage(request: Request, cache: Cache, ask: Fetch = fetch): Promise<Response> {
  try {
    return await ask(request);
  } catch (cause) {
    const kept = await cache.match(PAGE);
    if (kept) return kept;
    throw cause;
  }
}

export async function serveAsset(request: Request, cache: Cache, ask: Fetch = fetch): Promise<Response> {
  const kept = await cache.match(request.url);
  if (kept) return kept;
  const response = await ask(request);
  // A server that answers with the page for what it does not have must not be believed for ever.
  const isPage = response.headers.get("content-type")?.startsWith("text/html") ?? false;
  if (response.status === 200 && !isPage) await cache.put(request.url, response.clone());
  return response;
}
