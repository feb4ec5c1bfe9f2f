// All that is served. Ponder itself adds /health, /ready, /status, /metrics and open CORS.

import { db } from "ponder:api";
import schema from "ponder:schema";
import { Hono } from "hono";
import { client, graphql } from "ponder";
import { parseEnv } from "../../env.ts";
import { carbonRoutes } from "./rest/carbon.ts";
import { answerError, notFound } from "./rest/envelope.ts";
import { houseRoutes } from "./rest/houses.ts";
import { marketRoutes } from "./rest/market.ts";
import { statusRoutes } from "./rest/status.ts";
import { tradeRoutes } from "./rest/trades.ts";
import { transactionRoutes } from "./rest/transactions.ts";
import { userRoutes } from "./rest/users.ts";
import { endInOrder } from "./shutdown.ts";

const rest = new Hono()
  .route("/", marketRoutes)
  .route("/", tradeRoutes)
  .route("/", userRoutes)
  .route("/", houseRoutes)
  .route("/", carbonRoutes)
  .route("/", transactionRoutes)
  .route("/", statusRoutes)
  .all("*", (c) => {
    throw notFound(`there is no ${c.req.method} ${c.req.path}`);
  })
  .onError(answerError);

const app = new Hono().route("/api", rest).use("/graphql", graphql({ db, schema }));

// PGlite runs one statement at a time: anybody's query would stop the indexing.
if (parseEnv(process.env).database.kind === "postgres") app.use("/sql/*", client({ db, schema }));

endInOrder();

export default app;
