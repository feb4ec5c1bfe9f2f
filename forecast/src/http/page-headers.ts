// Headers that every answer carries, for browsers. Set before the answer is made: an answer that is changed afterwards is copied, its
// body as a stream, which takes several times as long as making it.
import type { MiddlewareHandler } from "hono";

/** As OWASP's HTTP Headers cheat sheet has them. */
const SECURITY = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; style-src 'unsafe-inline'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "cross-origin",
  "origin-agent-cluster": "?1",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=15552000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "x-dns-prefetch-control": "off",
  "x-download-options": "noopen",
  "x-frame-options": "SAMEORIGIN",
  "x-permitted-cross-domain-policies": "none",
  "x-xss-protection": "0",
  // What does not say how long it holds is its reader's alone, errors too: no browser or proxy may guess.
  "cache-control": "no-store",
} as const;

const PREFLIGHT = {
  "access-control-max-age": "600",
  "access-control-allow-methods": "GET,POST,PUT,DELETE",
  "access-control-allow-headers": "content-type,authorization,if-none-match,x-request-id",
} as const;

/** Which pages may read answers (CORS): with their visitor's cookie where they are named, without where `*` is. */
export function pageHeaders(origins: readonly string[]): MiddlewareHandler {
  const any = origins.includes("*");
  return async (c, next) => {
    for (const [name, value] of Object.entries(SECURITY)) c.header(name, value);
    const origin = c.req.header("origin");
    if (any) c.header("access-control-allow-origin", "*");
    else {
      c.header("vary", "Origin");
      if (origin !== undefined && origins.includes(origin)) c.header("access-control-allow-origin", origin);
      c.header("access-control-allow-credentials", "true");
    }
    c.header("access-control-expose-headers", "x-request-id,etag,retry-after");
    if (c.req.method !== "OPTIONS") return next();
    for (const [name, value] of Object.entries(PREFLIGHT)) c.header(name, value);
    if (!any) c.header("vary", "Access-Control-Request-Headers", { append: true });
    return c.body(null, 204);
  };
}
