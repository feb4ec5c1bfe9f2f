import { BASELINE_NAMES, baseline } from "./baselines.ts";
import { communityDemandModel } from "./community-demand.ts";
import { demandModel } from "./demand.ts";
import type { Model } from "./model.ts";
import { communitySolarModel, solarModel } from "./solar.ts";

const SCOPES = ["home", "community"] as const;
const TARGETS = ["load", "pv"] as const;

/** The models that answer by default. */
export const BEST_MODELS: readonly Model[] = [demandModel, solarModel, communityDemandModel, communitySolarModel];

/** All models: the best of each target and scope, then the baselines. */
export const MODELS: readonly Model[] = [
  ...BEST_MODELS,
  ...SCOPES.flatMap((scope) =>
    TARGETS.flatMap((target) => BASELINE_NAMES.map((name) => baseline(name, target, scope) as Model)),
  ),
];

/** @throws RangeError where there is none. */
export function modelFor(name: string, target: Model["target"], scope: Model["scope"]): Model {
  const found = MODELS.find((model) => model.name === name && model.target === target && model.scope === scope);
  if (!found) throw new RangeError(`there is no model "${name}" for ${target} of a ${scope}`);
  return found;
}
