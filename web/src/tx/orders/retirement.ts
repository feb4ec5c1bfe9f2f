// Carbon to be retired in somebody's name, and what the contract takes of it.

export interface Retirement {
  grams: bigint;
  beneficiary: string;
  reason: string;
}

/** The contract's limits, in bytes of UTF-8. */
export const LONGEST_BENEFICIARY_BYTES = 128;
export const LONGEST_REASON_BYTES = 512;

export const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
