import { ponder } from "ponder:registry";
import { parameterChange } from "ponder:schema";
import { appendFact, originOf } from "./ledger/append.ts";
import { readable } from "./text.ts";

ponder.on("GridX:MarketParametersSet", async ({ event, context }) => {
  const fields = await appendFact(context, "MarketParametersSet", event, event.args.parameters);
  await context.db.insert(parameterChange).values({ kind: "market", fields: fields.parameters, ...originOf(event) });
});

ponder.on("GridX:EmissionFactorSet", async ({ event, context }) => {
  const { gramsPerMwh, source, vintage } = event.args;
  const rules = { gramsPerMwh, emissionSource: readable(source), emissionVintage: readable(vintage) };
  const fields = await appendFact(context, "EmissionFactorSet", event, rules);
  await context.db.insert(parameterChange).values({ kind: "emission_factor", fields, ...originOf(event) });
});
