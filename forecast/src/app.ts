import { createRateLimit } from "@gridx/indexer/rate-limit";
import { followRequests } from "@gridx/indexer/requests";
import { sql } from "drizzle-orm";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { type Logger, pino } from "pino";
import { BaseError } from "viem";
import { communityRoutes } from "./community/routes.ts";
import { failure } from "./envelope.ts";
import { forecastRoutes } from "./forecasts/routes.ts";
import { homeRoutes } from "./homes/routes.ts";
import { ApiError, unavailable } from "./http/api-error.ts";
import { type ApiDocument, apiPage } from "./http/api-page.ts";
import { pageHeaders } from "./http/page-headers.ts";
import { newRouter } from "./http/router.ts";
import { marketRoutes } from "./market-routes.ts";
import { readingRoutes } from "./readings/routes.ts";
import { healthRoute, readyRoute } from "./routes.ts";
import type { Services } from "./services.ts";
import { createGuard } from "./session/guard.ts";
import { sessionRoutes } from "./session/routes.ts";

const MAX_BODY_BYTES = 64 * 1024;
/** A thousand readings with their names. */
const MAX_READINGS_BYTES = 512 * 1024;

const INFO = {
  title: "GridX forecast",
  version: "0.1.0",
  description: "Readings of homes, forecasts and prices. A home's own are its owner's wallet's alone.",
};

const wrongType = () => failure("bad_request", "content-type: expected application/json", "content-type");

/** The service without its server. Logs say what was answered and how fast, never who asked or what was sent. */
export function createApp(services: Services, logger: Logger = pino({ enabled: false })) {
  const { config, database, cache, metrics, sessions, client, registry, clock } = services;
  const { db } = database;
  const app = newRouter();
  const origins = config.signInOrigins;
  const secure = origins.length > 0 && origins.every((origin) => origin.startsWith("https:"));
  const guard = createGuard({ sessions, registry, secure });

  app.use(followRequests({ logger, observe: metrics.observe, quiet: ["/health", "/ready", "/metrics"] }));
  app.use(async (_, next) => {
    services.active += 1;
    try {
      await next();
    } finally {
      services.active -= 1;
    }
  });
  app.use(pageHeaders(config.corsOrigins));
  app.use(
    "/api/*",
    createRateLimit(config.rateLimit, (c, message) => {
      metrics.limited();
      return c.json(failure("too_many_requests", message), 429);
    }),
  );
  const limitTo = (maxSize: number) =>
    bodyLimit({
      maxSize,
      onError: (c) => c.json(failure("body_too_large", `body: at most ${maxSize} bytes`, "body"), 413),
    });
  const [limitBody, limitReadings] = [limitTo(MAX_BODY_BYTES), limitTo(MAX_READINGS_BYTES)];
  // Of what carries a body: to look for one where there is none makes the whole request anew, which takes longer than a kept answer.
  app.on(["POST", "PUT", "DELETE", "PATCH"], "/api/*", (c, next) => {
    return (c.req.path === "/api/readings" ? limitReadings : limitBody)(c, next);
  });
  app.on(["POST", "PUT"], "/api/*", async (c, next) => {
    const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
    // Nothing to read, nothing to say what it is; but a page of another origin can't send this type unasked.
    if (type === "application/json") return next();
    return c.json(wrongType(), 400);
  });

  app.openapi(healthRoute, (c) => c.json({ status: "ok" as const }, 200));
  app.openapi(readyRoute, async (c) => {
    await Promise.all([
      db.execute(sql`SELECT 1`).catch(() => {
        throw unavailable("the database can't be asked now");
      }),
      registry.read(),
      clock.now(),
    ]);
    return c.json({ status: "ready" as const }, 200);
  });
  app.get("/metrics", async (c) =>
    c.text(await metrics.registry.metrics(), 200, { "content-type": metrics.registry.contentType }),
  );

  const api = newRouter();
  api.route("/", sessionRoutes({ sessions, client, chainId: config.deployment.chainId, origins }, guard));
  api.route("/", readingRoutes({ db, deployment: config.deployment, registry, clock }));
  api.route(
    "/",
    homeRoutes({
      db,
      registry,
      clock,
      guard,
      models: services.engine.models,
      onChange: (house) => services.engine.store.changed(house),
    }),
  );
  api.route("/", communityRoutes({ db, clock, models: services.engine.models }));
  api.route("/", forecastRoutes({ db, engine: services.engine, registry, guard, cache, config }));
  api.route("/", marketRoutes(services));
  app.route("/api", api);

  const document = { openapi: "3.1.0", info: INFO } as const;
  app.doc31("/api/openapi.json", document);
  app.get("/api", (c) => c.html(apiPage(app.getOpenAPI31Document(document) as unknown as ApiDocument)));

  app.notFound((c) => c.json(failure("not_found", `${c.req.method} ${c.req.path}: no such route`), 404));
  app.onError((error, c) => {
    if (error instanceof ApiError) return c.json(failure(error.code, error.message, error.field), error.status);
    // What begins as it should and is still no media type.
    if (error instanceof HTTPException && error.status === 415) return c.json(wrongType(), 400);
    if (error instanceof HTTPException && error.status < 500) {
      return c.json(failure("bad_request", `body: ${error.message}`, "body"), error.status);
    }
    if (error instanceof BaseError) {
      logger.warn({ requestId: c.get("requestId"), reason: error.shortMessage });
      return c.json(failure("chain_unreachable", "the chain can't be asked now; try again in a moment"), 503);
    }
    // A database's error carries the values it was about.
    const { name, message, stack } = error;
    logger.error({ requestId: c.get("requestId"), error: { name, message, stack } });
    return c.json(failure("internal", "something went wrong here; the log knows it by the request id"), 500);
  });
  return app;
}
