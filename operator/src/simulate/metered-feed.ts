// Keeps the forecast service supplied: where the homes lie, some weeks from before the play, and every slot as it ends.

import { meteredOf } from "../readings/file-feed.ts";
import { ForecastClient, MAX_READINGS, type MeterBatch } from "../readings/forecast-client.ts";
import type { World } from "./world.ts";

/** Days from before now: models need a month, and some more to see how wide their intervals should be. */
const PAST_DAYS = 42;
const SECONDS_PER_DAY = 86_400;
const PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;
const START_MS = 90_000;

export interface MeteredFeedOptions {
  url: string;
  /** The page from which owners are said to sign in. */
  origin: string;
}

export class MeteredFeed {
  readonly #world: World;
  readonly #client: ForecastClient;
  readonly #origin: string;
  #next: number;
  #profiled = 0;

  constructor(world: World, { url, origin }: MeteredFeedOptions) {
    const { plan, deployment, signal } = world;
    this.#world = world;
    this.#origin = origin;
    this.#client = new ForecastClient(url, deployment, signal);
    const past = plan.liveSlot - Math.ceil((PAST_DAYS * SECONDS_PER_DAY) / plan.slotDuration);
    this.#next = Math.min(plan.firstSlot, past);
  }

  /** Runs beside the play until the signal; `ended` is the first slot that is not over. */
  async run(ended: () => number, signal: AbortSignal): Promise<void> {
    let pause = PAUSE_MS;
    let down = false;
    const patience = Date.now() + START_MS;
    while (!signal.aborted) {
      try {
        await this.#saveProfiles();
        while (this.#next < ended() && !signal.aborted) await this.#sendFrom(this.#next, ended());
        [pause, down] = [PAUSE_MS, false];
      } catch (error) {
        if (signal.aborted) return;
        // The service starts later than the play: only what lasts is worth a word.
        if (!down && Date.now() > patience) {
          this.#world.emit({ event: "warning", message: error instanceof Error ? error.message : String(error) });
          down = true;
        }
        pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  async #saveProfiles(): Promise<void> {
    const homes = this.#world.households.filter(({ meter }) => meter !== null);
    for (const { house, owner, meter } of homes.slice(this.#profiled)) {
      const { latitude, longitude, timeZone, tilt = null, azimuth = null } = house;
      const profile = { latitude, longitude, timeZone, tiltDegrees: tilt, azimuthDegrees: azimuth };
      const id = meter?.address.toLowerCase() ?? "";
      await this.#client.saveProfile(owner.account, id, profile, this.#origin);
      this.#profiled += 1;
    }
  }

  /** One request: as many slots of all meters as it takes. */
  async #sendFrom(first: number, end: number): Promise<void> {
    const { households, neighbourhood, plan, emit } = this.#world;
    const meters = households.flatMap(({ house, meter }) => (meter ? [{ name: house.name, meter }] : []));
    const slots = Math.max(1, Math.floor(MAX_READINGS / Math.max(1, meters.length)));
    const last = Math.min(end, first + slots);
    const batches = meters.map(({ name, meter }): MeterBatch => {
      const readings = [];
      for (let slot = first; slot < last; slot += 1) {
        const energy = neighbourhood.energyOf(name, slot);
        if (energy) readings.push(meteredOf({ slot, ...energy }, plan.slotDuration));
      }
      return { meter, readings };
    });
    const spoken = batches.filter(({ readings }) => readings.length > 0);
    if (spoken.length > 0) {
      const { rejected } = await this.#client.send(spoken);
      const [refused] = rejected;
      if (refused) emit({ event: "warning", message: `the forecast service refuses a reading: ${refused.message}` });
    }
    this.#next = last;
  }
}
