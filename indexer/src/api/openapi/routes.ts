import { Hono } from "hono";
import { openApiDocument } from "./document.ts";
import { openApiPage } from "./page.ts";

export const openApiRoutes = new Hono()
  .get("/openapi.json", (c) => c.json(openApiDocument))
  .get("/", (c) => c.html(openApiPage));
