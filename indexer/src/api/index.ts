// All that is served. Ponder itself adds /health, /ready, /status, /metrics and open CORS.

import { db } from "ponder:api";
import schema from "ponder:schema";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { graphql } from "ponder";
import { parseEnv } from "../../env.ts";
import { createAtOnce } from "./at-once.ts";
import { eventRoutes } from "./events/routes.ts";
import { rateLimit } from "./limits.ts";
import { openApiRoutes } from "./openapi/routes.ts";
import { isOtherChain, OTHER_CHAIN, refuseOtherChain } from "./other-chain.ts";
import { waitForLocks } from "./patience.ts";
import { createRateLimit } from "./rate-limit.ts";
import { bidRoutes } from "./rest/bids.ts";
import { carbonRoutes } from "./rest/carbon.ts";
import { carbonTransactionRoutes } from "./rest/carbon-transactions.ts";
import { clearingRoutes } from "./rest/clearings.ts";
import { answerError, readPosition } from "./rest/envelope.ts";
import { notFound, tooMany } from "./rest/errors.ts";
import { houseRoutes } from "./rest/houses.ts";
import { marketRoutes } from "./rest/market.ts";
import { marketsRoutes } from "./rest/markets.ts";
import { periodLeaderRoutes } from "./rest/period-leaders.ts";
import { statusRoutes } from "./rest/status.ts";
import { oneTradeRoutes } from "./rest/trade.ts";
import { tradeRoutes } from "./rest/trades.ts";
import { transactionRoutes } from "./rest/transactions.ts";
import { userRoutes } from "./rest/users.ts";
import { exposeRequestId, secure, secureApi } from "./security.ts";
import { endInOrder } from "./shutdown.ts";
import { limitSlowCallers } from "./slow-callers.ts";
import { sqlRoutes } from "./sql/routes.ts";
import { logger } from "./watch/logger.ts";
import { countLimited, observeRequest } from "./watch/metrics.ts";
import { followRequests } from "./watch/requests.ts";
import { metricsRoutes } from "./watch/routes.ts";

const limitRest = createRateLimit(rateLimit, (_, message) => {
  countLimited();
  throw tooMany(message);
});

const rest = new Hono()
  .use(secureApi)
  .use("/audit", limitRest)
  .use("/energy-trades.csv", limitRest)
  .use("/carbon-transactions.csv", limitRest)
  .use("/events", limitRest)
  // Each asks the RPC.
  .use("/blockchain/*", limitRest)
  .on("POST", "/energy-trades", limitRest)
  .route("/", openApiRoutes)
  .route("/", metricsRoutes)
  // They say themselves what is wrong.
  .route("/", statusRoutes)
  .use(refuseOtherChain)
  // They need no position, or one of their own.
  .route("/", eventRoutes)
  .route("/", marketRoutes)
  .route("/", transactionRoutes)
  .use(readPosition)
  .route("/", bidRoutes)
  .route("/", marketsRoutes)
  .route("/", tradeRoutes)
  .route("/", oneTradeRoutes)
  .route("/", userRoutes)
  .route("/", houseRoutes)
  .route("/", carbonRoutes)
  .route("/", periodLeaderRoutes)
  .route("/", carbonTransactionRoutes)
  .route("/", clearingRoutes)
  .all("*", (c) => {
    throw notFound(`there is no ${c.req.method} ${c.req.path}`);
  })
  .onError(answerError);

// Deep enough for a GraphQL client to read the schema; no relation leads to more than one row.
const queryLimits = { maxOperationDepth: 15, maxOperationAliases: 5, maxOperationTokens: 600 };
const MAX_QUERY_BYTES = 32 * 1024;

const tooLong = (c: Context) => c.json({ errors: [{ message: `a query has at most ${MAX_QUERY_BYTES} bytes` }] }, 413);

const limitGraphql = createRateLimit(rateLimit, (c, message) => {
  countLimited();
  return c.json({ errors: [{ message }] }, 429);
});

/** One may ask for all tables, each read and counted: what the page asks for must not wait behind many of them. */
const fewAtOnce = createAtOnce({ most: 4, patienceMs: 5_000, mostWaiting: 100 }, (c, message) => {
  c.header("Retry-After", "5");
  return c.json({ errors: [{ message }] }, 503);
});

/** Where an error has another form than in REST. */
const unlessOtherChain =
  (refuse: (c: Context, message: string) => Response): MiddlewareHandler =>
  async (c, next) =>
    (await isOtherChain()) ? refuse(c, OTHER_CHAIN) : next();

const watching = { logger, observe: observeRequest, quiet: ["/api/live", "/api/ready", "/api/metrics"] };

const app = new Hono()
  .use(followRequests(watching), exposeRequestId)
  .route("/api", rest)
  .use(
    "/graphql",
    secure,
    limitGraphql,
    unlessOtherChain((c, message) => c.json({ errors: [{ message }] }, 503)),
    bodyLimit({ maxSize: MAX_QUERY_BYTES, onError: tooLong }),
    fewAtOnce,
    graphql({ db, schema }, queryLimits),
  );

const { sql } = parseEnv(process.env);
if (sql)
  app
    .use(
      "/sql/*",
      secure,
      limitGraphql,
      unlessOtherChain((c, message) => c.text(message, 503)),
    )
    .route("/sql", sqlRoutes(sql));

endInOrder();
limitSlowCallers();
waitForLocks();

export default app;
