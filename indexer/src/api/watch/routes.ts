import { Hono } from "hono";
import { registry } from "./metrics.ts";
import { readStanding } from "./standing.ts";

/** For Prometheus; a proxy keeps it from the street. */
export const metricsRoutes = new Hono().get("/metrics", async (c) => {
  await readStanding();
  return c.text(await registry.metrics(), 200, { "content-type": registry.contentType });
});
