import type { MiddlewareHandler } from "hono";

const headers = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  // The data are public.
  "cross-origin-resource-policy": "cross-origin",
};

const NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export const secure: MiddlewareHandler = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
};

/** Nothing that we answer loads or runs anything. */
export const secureApi: MiddlewareHandler = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  c.header("content-security-policy", `${NOTHING}; style-src 'unsafe-inline'`);
};

/** Ponder opens CORS to all; a page of another origin may read this header too, and name it to whoever can look it up. */
export const exposeRequestId: MiddlewareHandler = async (c, next) => {
  c.header("access-control-expose-headers", "x-request-id");
  await next();
};
