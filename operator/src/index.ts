export type { House, Neighbourhood, Note, NoteKind } from "./neighbourhood.ts";
export type { Check, SimulationEvent, SimulationSummary } from "./simulate/output.ts";
export { planSimulation, type SimulationOptions, type SimulationPlan } from "./simulate/plan.ts";
