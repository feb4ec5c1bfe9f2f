// The least that a server of this kind can do: what the service's answers are measured against.
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";

const app = new Hono().get("*", (c) => c.json({ data: "hello", error: null }));
createAdaptorServer({ fetch: app.fetch }).listen(Number(process.env.PORT), "127.0.0.1");
