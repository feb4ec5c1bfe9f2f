import type { Machine } from "../support/machine.ts";
import type { Running } from "../support/run.ts";

/** What the tests of a running machine get once it runs. */
export interface Served {
  machine: Machine;
  indexer: Running;
  forecast: Running;
}
export type Now = () => Served;
