import { type Hex, toHex } from "viem";

/** Numbers that look random and are the same for the same seed (mulberry32). */
export function randomFrom(seed: number) {
  let state = seed >>> 0;
  const unit = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  /** A whole number from `low` to `high`, both included. */
  const int = (low: number, high: number): number => low + Math.floor(unit() * (high - low + 1));
  const chance = (probability: number): boolean => unit() < probability;
  const pick = <T>(items: readonly T[]): T => {
    const item = items[int(0, items.length - 1)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  };
  const bytes = (length: number): Hex => toHex(Uint8Array.from({ length }, () => int(0, 255)));
  /** A number of at most `bits` bits, each length as likely: small ones, large ones and the extremes. */
  const big = (bits: number): bigint => {
    if (chance(0.15)) return pick([0n, 1n, (1n << BigInt(bits)) - 1n]);
    return BigInt(bytes(Math.ceil(bits / 8))) >> BigInt(int(Math.ceil(bits / 8) * 8 - bits, Math.ceil(bits / 8) * 8));
  };
  return { unit, int, chance, pick, bytes, big };
}
export type Random = ReturnType<typeof randomFrom>;
