// Prices, market analysis and allocation plan, with what they take from the service.
import { gridxAbi, tiers } from "@gridx/contracts";
import { createIndexerClient } from "@gridx/indexer/client";
import { passOn } from "@gridx/indexer/requests";
import { shared } from "@gridx/indexer/shared";
import { communityIsland, type PublishedConsumption } from "./allocation/community-island.ts";
import type { Tier } from "./allocation/island.ts";
import { allocationRoutes } from "./allocation/routes.ts";
import type { PlanQuery } from "./allocation/schemas.ts";
import { analysisRoutes } from "./analysis/routes.ts";
import { type CommunityTier, readCommunityHours } from "./community/hours.ts";
import { MIN_HOMES } from "./community/publishable.ts";
import { admitted } from "./forecasts/admission.ts";
import { AllHomes } from "./forecasts/all-homes.ts";
import { NotTrained } from "./forecasts/engine.ts";
import { ApiError, badRequest, unavailable } from "./http/api-error.ts";
import { newRouter } from "./http/router.ts";
import { priceRoutes } from "./price/routes.ts";
import { createPriceSource } from "./price/source.ts";
import { rangeOf } from "./price/tariff.ts";
import type { Services } from "./services.ts";

const MINUTE = 60_000;
const HOUR_SECONDS = 3600;
/** Homes are forecast for the hour that has begun and a day more. */
const HOURS_AHEAD = 26;
const INDEXER_TIMEOUT_MS = 10_000;
/** What the indexer said may be so much older than an answer that is made of it: of a minute. */
const MARKET_SHARE = 0.1;
/** Which part of the consumption is a tier's is measured over the last week. */
const SHARE_HOURS = 7 * 24;

export function marketRoutes(services: Services) {
  const { config, client, clock, registry, database, engine, cache, planner } = services;
  const { db } = database;
  const { address, slotDuration } = config.deployment;
  const { tiered, token, grid } = config.prices;
  // On a local chain whose clock runs faster answers age faster.
  const minutes = (count: number) => (count * MINUTE) / config.clockSpeed;
  const indexer =
    config.indexerUrl === null
      ? null
      : createIndexerClient(config.indexerUrl, (url, init) =>
          fetch(url, { ...init, headers: passOn(init?.headers), signal: AbortSignal.timeout(INDEXER_TIMEOUT_MS) }),
        );

  const feeBps = async () => {
    const { data } = await cache.get("fee", "", minutes(1), async () => {
      const { feeBps: fee } = await client.readContract({ abi: gridxAbi, address, functionName: "marketParameters" });
      return Number(fee);
    });
    return BigInt(data);
  };
  const homes = new AllHomes({
    engine,
    registry,
    admit: (candidates) => admitted(db, candidates),
    hours: HOURS_AHEAD,
    keepMilliseconds: minutes(5),
  });
  const source = createPriceSource({
    slotDuration,
    now: () => clock.now(),
    grid,
    feeBps,
    homes,
    indexer,
    hoursAhead: HOURS_AHEAD,
    keepMilliseconds: minutes(MARKET_SHARE),
  });

  const energy = async ({ from, to }: { from: number; to: number }) => {
    const rows = await readCommunityHours(
      db,
      "all",
      Math.ceil(from),
      Math.ceil(to),
      Math.ceil((to - from) / HOUR_SECONDS),
    );
    return rows.map(({ start, productionWh, consumptionWh }) => ({
      startsAt: start,
      lengthSeconds: HOUR_SECONDS,
      productionWh: BigInt(productionWh),
      consumptionWh: BigInt(consumptionWh),
    }));
  };

  async function island({ hours, countOn, reserveHours, storedWh }: PlanQuery) {
    const { batteries } = config;
    if (storedWh.length > batteries.length) throw badRequest("storedWh", `there are ${batteries.length} batteries`);
    const filled = batteries.map((battery, index) => ({ ...battery, storedWh: storedWh[index] ?? battery.floorWh }));
    for (const { name, storedWh: held, capacityWh } of filled) {
      if (held > capacityWh) throw badRequest("storedWh", `${name} holds at most ${capacityWh} Wh`);
    }
    const subject = await engine.community();
    if (!subject) {
      const problem = `fewer than ${MIN_HOMES} homes of different owners have readings, so their forecast is not told`;
      throw new ApiError(403, "too_few_homes", `${problem}; POST an island of your own figures`);
    }
    const origin = await engine.origin();
    const known = await engine.withWeather(subject, origin);
    const forecast = (target: "load" | "pv") => {
      try {
        // The hour that has begun is the first of the forecast; a plan begins with the next.
        const { pointWh, lowerWh, degraded } = engine.forecast(known, target, origin, hours + 1);
        return { pointWh: pointWh.subarray(1), lowerWh: lowerWh.subarray(1), degraded };
      } catch (error) {
        if (error instanceof NotTrained) throw unavailable("no forecast is trained yet; try again in a moment");
        throw error;
      }
    };
    const published = await publishedConsumption(origin - SHARE_HOURS * HOUR_SECONDS, origin);
    const [load, pv] = [forecast("load"), forecast("pv")];
    const lacks = Object.entries({ demand: load.degraded, solar: pv.degraded }).flatMap(([name, reason]) =>
      reason === null ? [] : [`${name}: ${reason}`],
    );
    const made = communityIsland({
      houses: (await registry.read()).all(),
      load,
      pv,
      startsAt: origin + HOUR_SECONDS,
      hours,
      wallets: await walletsOfTiers(),
      published,
      batteries: filled,
      countOn,
      reserveHours,
    });
    return { island: made, degraded: lacks.length > 0 ? lacks.join("; ") : null };
  }

  /** Everybody who has a tier, by the indexer; null where there is none. All users are read, so all who ask share it. */
  const walletsOfTiers = shared(readWalletsOfTiers, minutes(MARKET_SHARE));

  async function readWalletsOfTiers(): Promise<Record<Tier, number> | null> {
    if (!indexer) return null;
    const wallets = { critical: 0, essential: 0, normal: 0 };
    for (let cursor: string | undefined; ; ) {
      const { items, nextCursor } = await indexer.users({ limit: 200, cursor }).catch(() => {
        throw unavailable("the indexer can't be asked who has a tier; try again in a moment");
      });
      for (const { tier } of items) {
        const name = tiers[tier];
        if (name !== undefined && name !== "none") wallets[name] += 1;
      }
      if (nextCursor === null) return wallets;
      cursor = nextCursor;
    }
  }

  /** Of each tier whose sums are published, in the hours in which they are. */
  async function publishedConsumption(from: number, to: number) {
    const read = (tier: CommunityTier) => readCommunityHours(db, tier, from, to, SHARE_HOURS);
    const all = new Map((await read("all")).map(({ start, consumptionWh }) => [start, consumptionWh]));
    const found: Partial<Record<"none" | "normal" | "essential" | "critical", PublishedConsumption>> = {};
    for (const tier of ["none", "normal", "essential", "critical"] as const) {
      const rows = await read(tier);
      if (rows.length === 0) continue;
      found[tier] = {
        tierWh: rows.reduce((sum, { consumptionWh }) => sum + consumptionWh, 0),
        allWh: rows.reduce((sum, { start }) => sum + (all.get(start) ?? 0), 0),
      };
    }
    return found;
  }

  const router = newRouter();
  router.route("/", priceRoutes({ tiered, token, source, cache, cacheMilliseconds: minutes(1) }));
  router.route("/", analysisRoutes({ indexer, energy, grid, cache, cacheMilliseconds: minutes(10) }));
  router.route(
    "/",
    allocationRoutes({
      planner,
      island,
      slotDuration,
      priceCap: async () => (grid ? (rangeOf({ ...grid, feeBps: await feeBps() })?.highest ?? null) : null),
      cache,
      cacheMilliseconds: minutes(5),
    }),
  );
  return router;
}
