// Paths and methods that nobody documents.
import fc from "fast-check";
import type { Api } from "../openapi.ts";
import { bodyOf } from "./bodies.ts";
import type { BadRequest, Known } from "./values.ts";

const METHODS = ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "GET", "PROPFIND", "TRACE", "REPORT", "MKCOL"];
const PATHS = [
  ...[
    "/",
    "//",
    "/api",
    "/api/",
    "/api//",
    "/api/%00",
    "/api/../api/../../etc/passwd",
    "/api/%2e%2e%2f%2e%2e%2f",
    "/%zz",
  ],
  ...[
    "/api/%c0%ae%c0%ae/",
    "/api/users/%",
    "/api/users/%ff",
    "/.env",
    "/.git/config",
    "/api/__proto__",
    "/node_modules",
  ],
  ...[
    "/metrics/x",
    "/sql",
    "/sql/db?sql=x",
    "/sql/live",
    "/status",
    "/ready?x=%00",
    "/health?%",
    "*",
    "http://example.org/",
  ],
  ...[
    "/api/homes/%2f/profile",
    "/API/PRICE",
    "/api/price/",
    "/api;x=y",
    "/api/users/..;/houses",
    `/${"a".repeat(8_000)}`,
  ],
  ...[
    `/api/${"../".repeat(500)}etc/passwd`,
    `/api/users?${"limit=1&".repeat(900)}`,
    "/api/energy-trades.csv/x",
    "/?",
    "/#",
  ],
];

/** Where nothing is, or where something is for another method. */
export function astray(api: Api, known: Known): fc.Arbitrary<BadRequest> {
  const real = api.operations.map(({ path }) => path.replace(/\{\w+\}/g, known.values[0] ?? "x"));
  return fc
    .tuple(fc.constantFrom(...METHODS), fc.constantFrom(...PATHS, ...real), bodyOf(null, api, known))
    .filter(([method, path]) => !(method === "DELETE" && path === "/api/session"))
    .map(([method, path, { body, headers }]) => {
      const carries = method !== "GET" && method !== "HEAD" && method !== "TRACE";
      return {
        operation: null,
        method,
        path,
        headers: carries ? headers : {},
        ...(carries && body !== undefined && { body }),
      };
    });
}
