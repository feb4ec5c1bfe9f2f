import { createRoute, z } from "@hono/zod-openapi";
import { errorEnvelopeSchema } from "./envelope.ts";
import { jsonContent } from "./http/router.ts";

const state = <T extends string>(status: T) => z.object({ status: z.literal(status) });

export const healthRoute = createRoute({
  method: "get",
  path: "/health",
  summary: "Whether the process runs",
  responses: { 200: jsonContent(state("ok"), "The process runs") },
});

export const readyRoute = createRoute({
  method: "get",
  path: "/ready",
  summary: "Whether requests are answered",
  responses: {
    200: jsonContent(state("ready"), "Requests are answered"),
    503: jsonContent(errorEnvelopeSchema, "Database or chain can't be asked"),
  },
});
