import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { caughtUp, type Now } from "./served.ts";

const schema = z.object({
  openapi: z.literal("3.1.0"),
  paths: z.record(z.string(), z.record(z.string(), z.object({ summary: z.string() }).loose())),
});

/** Routes as the sources write them. */
function routes(): string[] {
  const api = join(import.meta.dirname, "..", "..", "src", "api");
  // `/sql` lies beside `/api`.
  const files = readdirSync(api, { recursive: true, encoding: "utf8" }).filter(
    (path) => path.endsWith(".ts") && !path.startsWith("sql"),
  );
  const text = files.map((path) => readFileSync(join(api, path), "utf8")).join("\n");
  return [...text.matchAll(/^\s*(?:export const \w+ = new Hono\(\))?\.(get|post)\("(\/[^"]*)"/gm)].map(
    ([, method, path]) => `${method} /api${path === "/" ? "" : path?.replace(/:(\w+)/g, "{$1}")}`,
  );
}

export function describeDocument(now: Now) {
  const read = async () => schema.parse(await (await fetch(`${now().indexer.url}/api/openapi.json`)).json());

  describe("the OpenAPI document", () => {
    it("has each route that there is, and no other", async () => {
      const { paths } = await read();
      const documented = Object.entries(paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method} ${path}`),
      );
      const there = routes();
      expect(documented.sort()).toEqual(there.sort());
      expect(there.length).toBeGreaterThan(20);
    });

    it("names paths that answer", async () => {
      await caughtUp(now());
      const { indexer, place } = now();
      const [trade] = (await indexer.client.trades({ limit: 1 })).items;
      const [house] = (await indexer.client.houses({ limit: 1 })).items;
      const values: Record<string, string> = {
        address: place.admin,
        meter: house?.meter ?? "",
        hash: trade?.transactionHash ?? "",
        slot: String(trade?.slot),
        tradeId: trade?.tradeId ?? "",
      };
      for (const [path, methods] of Object.entries((await read()).paths)) {
        const url = `${indexer.url}${path.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "")}`;
        const body = JSON.stringify({ transactionHash: values.hash });
        for (const method of Object.keys(methods)) {
          const stop = new AbortController();
          const init = method === "post" ? { method, body } : { method };
          const { status } = await fetch(url, { ...init, signal: stop.signal });
          stop.abort();
          expect(`${status} ${method} ${path}`).toBe(`200 ${method} ${path}`);
        }
      }
    });

    it("has GraphQL queries beside it in the docs, which answer", async () => {
      const docs = readFileSync(join(import.meta.dirname, "..", "..", "..", "docs", "api.md"), "utf8");
      const queries = [...docs.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, query]) => query);
      expect(queries.length).toBeGreaterThan(3);
      for (const query of queries) {
        const response = await fetch(`${now().indexer.url}/graphql`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ query }),
        });
        const answer = (await response.json()) as { errors?: unknown };
        expect({ query, errors: answer.errors }).toEqual({ query, errors: undefined });
      }
    });

    it("is a page too, which loads nothing from anywhere", async () => {
      const response = await fetch(`${now().indexer.url}/api`);
      const text = await response.text();
      expect(text).toContain("<code>GET /api/energy-trades/user/{address}</code>");
      expect(text).not.toMatch(/<script|src=|https?:\/\/(?!json-schema)/);
      expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    });
  });
}
