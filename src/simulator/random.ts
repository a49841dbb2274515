/** A source of numbers in [0, 1). */
export type Random = () => number;

/** Mulberry32: 32 bits of state, quick, and good enough to make a shop look alive. */
function mulberry32(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * A seed for one purpose, derived from the simulator's seed (FNV-1a over the parts, then mixed). Each purpose has its own
 * stream, so that adding a product does not change what the next simulated hour brings.
 */
function seedFor(seed: number, ...parts: readonly (string | number)[]): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (const char of parts.join('\u0000')) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  // The last step of a hash like Murmur's: neighbouring numbers must not begin alike.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) >>> 0;
  return (hash ^ (hash >>> 16)) >>> 0;
}

export function randomFor(seed: number, ...parts: readonly (string | number)[]): Random {
  return mulberry32(seedFor(seed, ...parts));
}

/** An integer between both bounds, both included. */
export function intBetween(random: Random, least: number, greatest: number): number {
  return least + Math.floor(random() * (greatest - least + 1));
}

export function pick<T>(random: Random, list: readonly T[]): T {
  const chosen = list[Math.floor(random() * list.length)];
  if (chosen === undefined) {
    throw new RangeError('cannot pick from an empty list');
  }
  return chosen;
}

/** A UUID (version 4 in form) out of the stream, so that credentials repeat with the seed. */
export function uuidFrom(random: Random): string {
  const digits = Array.from({ length: 32 }, () => intBetween(random, 0, 15).toString(16));
  digits[12] = '4';
  digits[16] = intBetween(random, 8, 11).toString(16);
  const hex = digits.join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
