// Time as the chain has it: a local chain runs on a clock of its own. Sessions and caches go by the machine's.
import type { PublicClient } from "viem";

const FRESH_MS = 1_000;
const LEAST_FRESH_MS = 15;

export interface Clock {
  /** Unix seconds. */
  now(): Promise<number>;
}

/** The newest block's time, at most a second of its own old. Throws where the chain can't be asked. */
export class ChainClock implements Clock {
  readonly #client: PublicClient;
  readonly #freshMs: number;
  #latest: { seconds: number; until: number } | null = null;
  #asking: Promise<number> | null = null;

  constructor(client: PublicClient, clockSpeed = 1) {
    this.#client = client;
    this.#freshMs = Math.max(LEAST_FRESH_MS, FRESH_MS / clockSpeed);
  }

  async now(): Promise<number> {
    if (this.#latest && this.#latest.until > performance.now()) return this.#latest.seconds;
    this.#asking ??= this.#client
      .getBlock({ blockTag: "latest" })
      .then(({ timestamp }) => {
        this.#latest = { seconds: Number(timestamp), until: performance.now() + this.#freshMs };
        return this.#latest.seconds;
      })
      .finally(() => {
        this.#asking = null;
      });
    return this.#asking;
  }
}
