/** What an import brings: an interval of a home, with what of it is known. */
export interface MeterValues {
  /** Unix seconds. */
  start: number;
  lengthSeconds: number;
  productionWh: number;
  consumptionWh: number;
}

/** A file can't be read; the message says where and why. */
export class ImportError extends Error {}

export const MAX_FILE_BYTES = 64 * 1024 * 1024;
/** Intervals of one file: ten years of quarter hours. */
export const MAX_INTERVALS = 400_000;
