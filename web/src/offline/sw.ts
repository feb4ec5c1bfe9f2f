// The service worker: /sw.js beside the page. It takes over when no page of an older build is open any more; until then
// navigations go to the network all the same, so a new version shows at the next load.
import { CACHE_PREFIX, cacheName, install, kindOf, type Shell, serveAsset, servePage } from "./serve.ts";

/** Put in when the page is built (vite/shell.ts). */
declare const __GRIDX_SHELL__: Shell;

interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Asking extends Event {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Worker {
  readonly clients: { claim(): Promise<void> };
  addEventListener(type: "install" | "activate", take: (event: Waiting) => void): void;
  addEventListener(type: "fetch", take: (event: Asking) => void): void;
}

// TypeScript's library knows either pages or workers.
const worker = globalThis as unknown as Worker;
const shell = __GRIDX_SHELL__;
const opened = () => caches.open(cacheName(shell));

async function removeOlder(): Promise<void> {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith(CACHE_PREFIX) && name !== cacheName(shell));
  await Promise.all(older.map((name) => caches.delete(name)));
}

worker.addEventListener("install", (event) => event.waitUntil(opened().then((cache) => install(shell, cache))));
worker.addEventListener("activate", (event) => event.waitUntil(removeOlder().then(() => worker.clients.claim())));
worker.addEventListener("fetch", (event) => {
  const kind = kindOf(event.request, location.origin);
  if (!kind) return;
  const serve = kind === "page" ? servePage : serveAsset;
  event.respondWith(opened().then((cache) => serve(event.request, cache)));
});
