// Seeded randomness that needs no state: the number of (seed, stream, index...) is the same in whatever order it is
// asked for, so a slot's weather does not depend on where a simulation began.

/** Finalizer of MurmurHash3 (Austin Appleby, public domain). */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** FNV-1a of a name, to make it part of a key. */
export function keyOf(text: string): number {
  let h = 0x811c9dc5;
  for (const character of text) h = Math.imul(h ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return h >>> 0;
}

function hash(keys: readonly number[]): number {
  let h = 0x9e3779b9;
  for (const key of keys) h = mix(Math.imul(h, 31) ^ mix(key + 0x7f4a7c15));
  return h;
}

/** Uniform in [0, 1), by its keys. */
export const uniform = (...keys: number[]): number => hash(keys) / 2 ** 32;

/** Uniform in [low, high), by its keys. */
export const between = (low: number, high: number, ...keys: number[]): number => low + (high - low) * uniform(...keys);

/** Standard normal by its keys (Box and Muller, 1958). */
export function gaussian(...keys: number[]): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniform(...keys, 1)));
  return radius * Math.cos(2 * Math.PI * uniform(...keys, 2));
}

/**
 * A stationary AR(1) process with unit variance at time `index`, written as its moving average
 * `sqrt(1 - phi^2) * sum(phi^k * noise(index - k))`, cut off where `phi^k` is below 1 %.
 */
export function autoregressive(phi: number, index: number, ...keys: number[]): number {
  const terms = Math.ceil(Math.log(0.01) / Math.log(phi));
  let value = 0;
  for (let k = 0, weight = 1; k < terms; k += 1, weight *= phi) value += weight * gaussian(...keys, index - k);
  return value * Math.sqrt(1 - phi * phi);
}

/** Numbers in sequence from one seed: mulberry32 (Tommy Ettinger, public domain). */
export function sequence(...keys: number[]): () => number {
  let state = hash(keys);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The items in an order of their own. */
export function shuffled<T>(items: readonly T[], ...keys: number[]): T[] {
  const next = sequence(...keys);
  const order = items.map((item) => ({ item, at: next() }));
  return order.sort((a, b) => a.at - b.at).map(({ item }) => item);
}
