// The models that the service runs, for each scope and target the best first: it answers as soon as it is trained.
import type { Model } from "../models/model.ts";
import { MODELS as ALL } from "../models/registry.ts";

export type Scope = Model["scope"];

export interface NamedModel {
  /** Tells it from the same model for another scope or target. */
  key: string;
  model: Model;
}

export const MODELS: readonly NamedModel[] = ALL.map((model) => ({
  key: `${model.scope}/${model.target}/${model.name}`,
  model,
}));
