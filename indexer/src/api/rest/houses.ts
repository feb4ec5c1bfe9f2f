import { db } from "ponder:api";
import { energyProduction, house, meter } from "ponder:schema";
import { Hono } from "hono";
import { and, asc, desc, eq, lt } from "ponder";
import { answer } from "./envelope.ts";
import { notFound } from "./errors.ts";
import { after } from "./filters.ts";
import { addressOf, keys, pageOf, pageQuery } from "./input.ts";
import { presentHouse, presentProduction } from "./present.ts";

/** The house of any of its meter keys, present or past. */
async function houseOf(text: string) {
  const key = addressOf(text, "meter");
  const [row] = await db
    .select({ house })
    .from(meter)
    .innerJoin(house, eq(house.house, meter.house))
    .where(eq(meter.meter, key))
    .limit(1);
  if (!row) throw notFound(`no house ever had the meter ${key}`);
  return row.house;
}

export const houseRoutes = new Hono()
  .get("/houses", async (c) => {
    const { limit, after: last } = pageQuery(c, keys.log);
    const owner = c.req.query("owner");
    const rows = await db
      .select()
      .from(house)
      .where(
        and(owner === undefined ? undefined : eq(house.owner, addressOf(owner, "owner")), after(house, last, "oldest")),
      )
      .orderBy(asc(house.blockNumber), asc(house.logIndex))
      .limit(limit + 1);
    return answer(
      c,
      pageOf(rows, limit, presentHouse, (row) => [row.blockNumber, row.logIndex]),
    );
  })
  .get("/houses/:meter", async (c) => answer(c, presentHouse(await houseOf(c.req.param("meter")))))
  .get("/energy-production/:meter", async (c) => {
    const { limit, after } = pageQuery(c, keys.slot);
    const { house: first } = await houseOf(c.req.param("meter"));
    const rows = await db
      .select()
      .from(energyProduction)
      .where(and(eq(energyProduction.house, first), after && lt(energyProduction.slot, after[0])))
      .orderBy(desc(energyProduction.slot))
      .limit(limit + 1);
    return answer(
      c,
      pageOf(rows, limit, presentProduction, (row) => [row.slot]),
    );
  });
