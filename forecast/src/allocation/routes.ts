import { createRoute, type z } from "@hono/zod-openapi";
import { success } from "../envelope.ts";
import { type AnswerCache, answerCached } from "../http/answer-cache.ts";
import { ApiError, unavailable } from "../http/api-error.ts";
import { answers, jsonContent, newRouter } from "../http/router.ts";
import { declarationsOf } from "./allowances.ts";
import type { Island } from "./island.ts";
import { type Planner, PlannerBusyError, PlannerError } from "./planner.ts";
import { presentPlan } from "./present.ts";
import { UnsolvedError } from "./program.ts";
import { islandOf, type PlanQuery, planQuerySchema, planRequestSchema, planSchema } from "./schemas.ts";

export interface AllocationRoutes {
  planner: Planner;
  /** The community as it is forecast; throws an `ApiError` where that may not be told. */
  island(query: PlanQuery): Promise<{ island: Island; degraded: string | null }>;
  /** Seconds of a slot of the contract: what an allowance is for. */
  slotDuration: number;
  /** What the price cap could be, base units per kWh; null where no retail price is configured. */
  priceCap(): Promise<bigint | null>;
  cache: AnswerCache;
  cacheMilliseconds: number;
}

const description =
  "Who is served when, while the neighbourhood is an island: critical loads first, then a reserve for them, then essential and " +
  "normal loads; what is shed when and why; and the allowances to declare on the chain. Its optimum is found by linear programming.";

const getPlan = createRoute({
  method: "get",
  path: "/allocation-plan",
  summary: "Plan an island's supply by the forecasts",
  description,
  request: { query: planQuerySchema },
  responses: answers(planSchema, "The plan", 400, 403, 422, 429, 503),
});

const postPlan = createRoute({
  method: "post",
  path: "/allocation-plan",
  summary: "Plan an island's supply by figures of one's own",
  description: `${description} Nothing of the figures is kept.`,
  request: { body: { ...jsonContent(planRequestSchema, "The island"), required: true } },
  responses: answers(planSchema, "The plan", 400, 413, 422, 429, 503),
});

export function allocationRoutes({
  planner,
  island,
  slotDuration,
  priceCap,
  cache,
  cacheMilliseconds,
}: AllocationRoutes) {
  async function plan(
    given: Island,
    most: number,
    { degraded, isStrangers }: { degraded: string | null; isStrangers: boolean },
  ): Promise<z.output<typeof planSchema>> {
    const planned = await planner.plan(given, isStrangers).catch((error: unknown) => {
      if (error instanceof PlannerBusyError) throw new ApiError(503, "busy", `${error.message}; try again in a moment`);
      if (error instanceof PlannerError) throw unavailable("the plan could not be made; try again in a moment");
      if (error instanceof UnsolvedError) {
        const advice = "the largest and the smallest amounts lie too far apart: leave out what hardly counts";
        throw new ApiError(422, "no_optimum", `no optimum was found for these figures; ${advice}`);
      }
      throw error;
    });
    const declarations = declarationsOf(planned, given, slotDuration, most);
    return {
      ...presentPlan(planned, given, declarations, await priceCap()),
      degraded: degraded !== null,
      reason: degraded,
    };
  }
  return newRouter()
    .openapi(getPlan, async (c) => {
      const query = c.req.valid("query");
      const cached = await cache.get("allocation-plan", JSON.stringify(query), cacheMilliseconds, async () => {
        const { island: made, degraded } = await island(query);
        return plan(made, query.declarations, { degraded, isStrangers: false });
      });
      return answerCached(c, cached, "public") as never;
    })
    .openapi(postPlan, async (c) => {
      const request = c.req.valid("json");
      const planned = await plan(islandOf(request), request.declarations, { degraded: null, isStrangers: true });
      return c.json(success(planned), 200);
    });
}
