// What the relay and the simulation need of a neighbourhood, wherever its numbers come from.

export interface House {
  name: string;
  /** Installed solar capacity; 0 for a household without panels. */
  capacityWatts: number;
  hasSolar: boolean;
  latitude: number;
  longitude: number;
  /** IANA name. */
  timeZone: string;
  /** How the panels lie, where it is known: degrees from horizontal, and clockwise from north. */
  tilt?: number;
  azimuth?: number;
}

/** Energy of one house in one slot, rounded to whole Wh once; everything after it is integer arithmetic. */
export interface Energy {
  productionWh: number;
  consumptionWh: number;
}

export type NoteKind =
  | "gap"
  | "duplicate"
  | "zero-consumption"
  | "solar-outage"
  | "repeated"
  | "production-in-dark"
  | "above-capacity"
  | "realigned";

/** A stretch of data that is not what it should be. Readings are never altered for it. */
export interface Note {
  house: string;
  kind: NoteKind;
  /** Time in the source's own calendar, ISO 8601. */
  from: string;
  to: string;
  hours: number;
  /** The slots that it falls on when played: from the first up to, not with, the second. */
  fromSlot: number;
  toSlot: number;
}

export interface Neighbourhood {
  description: string;
  /** Seconds. */
  slotDuration: number;
  houses: readonly House[];
  /** null: the meter says nothing about this slot. */
  energyOf(house: string, slot: number): Energy | null;
  /** First slot of the history. */
  firstSlot: number;
  /** The slot that runs when live play begins: the history ends before it. */
  liveSlot: number;
  /** First slot after the data, null where they never end. */
  endSlot: number | null;
  notes: readonly Note[];
}

/** What a house feeds in: the surplus of one slot. */
export const exportWhOf = (energy: Energy): number => Math.max(0, energy.productionWh - energy.consumptionWh);

/** What a house lacks in one slot. */
export const deficitWhOf = (energy: Energy): number => Math.max(0, energy.consumptionWh - energy.productionWh);
