import { OpenAPIHono } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { HTTPException } from "hono/http-exception";
import { type RequestIdVariables, requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import { type Logger, pino } from "pino";
import type { Config } from "./config.ts";
import { failure, success } from "./envelope.ts";
import { priceFor } from "./price.ts";
import { healthRoute, priceRoute, readyRoute } from "./routes.ts";

const MAX_BODY_BYTES = 64 * 1024;

export type AppConfig = Pick<Config, "corsOrigins" | "tariff">;

/** The service without its server. Logs say what was answered and how fast, never who asked or what was sent. */
export function createApp(config: AppConfig, logger: Logger = pino({ enabled: false })) {
  const app = new OpenAPIHono<{ Variables: RequestIdVariables }>({
    defaultHook: (result, c) => {
      if (result.success) return;
      const issue = result.error.issues[0];
      const field = issue?.path.join(".") || "body";
      return c.json(failure("bad_request", `${field}: ${issue?.message ?? "wrong"}`, field), 400);
    },
  });

  app.use(requestId());
  app.use(async (c, next) => {
    const started = performance.now();
    await next();
    const { method, path } = c.req;
    const { status } = c.res;
    const ms = Math.round((performance.now() - started) * 10) / 10;
    // An unknown path is whatever somebody typed, so it is not kept.
    logger.info({ requestId: c.get("requestId"), method, path: status === 404 ? "unknown" : path, status, ms });
  });
  app.use(
    secureHeaders({
      contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      crossOriginResourcePolicy: "cross-origin",
    }),
  );
  app.use(
    cors({
      origin: config.corsOrigins.includes("*") ? "*" : config.corsOrigins,
      allowMethods: ["GET", "POST"],
      allowHeaders: ["content-type"],
      exposeHeaders: ["x-request-id"],
      maxAge: 600,
    }),
  );
  app.use(
    "/api/*",
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (c) => c.json(failure("body_too_large", `body: at most ${MAX_BODY_BYTES} bytes`, "body"), 413),
    }),
  );
  app.post("/api/*", async (c, next) => {
    const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
    if (type === "application/json") return next();
    return c.json(failure("bad_request", "content-type: expected application/json", "content-type"), 400);
  });

  app.openapi(healthRoute, (c) => c.json({ status: "ok" as const }, 200));
  app.openapi(readyRoute, (c) => c.json({ status: "ready" as const }, 200));
  app.openapi(priceRoute, (c) => c.json(success(priceFor(c.req.valid("json").demandKwh, config.tariff)), 200));
  app.doc31("/openapi.json", { openapi: "3.1.0", info: { title: "GridX forecast", version: "0.1.0" } });

  app.notFound((c) => c.json(failure("not_found", `${c.req.method} ${c.req.path}: no such route`), 404));
  app.onError((error, c) => {
    if (error instanceof HTTPException && error.status < 500) {
      return c.json(failure("bad_request", `body: ${error.message}`, "body"), error.status);
    }
    logger.error({ requestId: c.get("requestId"), err: error });
    return c.json(failure("internal", "something went wrong here; the log knows it by the request id"), 500);
  });
  return app;
}
