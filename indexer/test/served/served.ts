// What every part of the tests of one running indexer is given.
import { envelopeSchema } from "../../client/index.ts";
import type { RunningIndexer } from "../support/indexer.ts";
import type { Neighbourhood } from "../support/neighbourhood.ts";

export interface Served {
  place: Neighbourhood;
  indexer: RunningIndexer;
  /** Lives through so many random acts. */
  live(acts: number): Promise<void>;
}

/** Of the moment: the place and its indexer begin to exist only once the tests run. */
export type Now = () => Served;

export async function getFrom({ indexer }: Served, path: string, init?: RequestInit) {
  const response = await fetch(`${indexer.url}/api/${path}`, init);
  return {
    status: response.status,
    headers: response.headers,
    body: envelopeSchema.parse(await response.json()),
  };
}

/** Waits until the indexer stands at the chain's latest block, and gives its number. */
export async function caughtUp({ place, indexer }: Served): Promise<number> {
  const { number } = await place.latestBlock();
  await indexer.reaches(number);
  return Number(number);
}
