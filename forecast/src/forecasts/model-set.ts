// The models that the service runs, for each scope and target the best first: it answers as soon as it is trained.
import { BASELINE_NAMES } from "../models/baselines.ts";
import type { Model } from "../models/model.ts";
import { MODELS as ALL } from "../models/registry.ts";

export type Scope = Model["scope"];

export interface NamedModel {
  /** Tells it from the same model for another scope or target. */
  key: string;
  model: Model;
}

/** Baselines need no training. */
export const learnsNothing = ({ name }: Pick<Model, "name">): boolean => BASELINE_NAMES.some((each) => each === name);

/** Of the simple ones this errs least, so it is the first to stand in. */
const STAND_IN = "hourly-smoothing";
const rank = ({ name }: Model): number => (learnsNothing({ name }) ? (name === STAND_IN ? 1 : 2) : 0);

export const MODELS: readonly NamedModel[] = [...ALL]
  .sort((a, b) => rank(a) - rank(b))
  .map((model) => ({ key: `${model.scope}/${model.target}/${model.name}`, model }));
