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
