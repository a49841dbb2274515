import { createRandom, type Random } from '../../support/random.js';

/** Numbers that have nothing in common with those of the next seed: the first ones of neighbours are alike. */
export function seeded(seed: number): Random {
  const random = createRandom(Math.imul(seed + 1, 0x9e3779b1) ^ (seed >>> 7));
  for (let skipped = 0; skipped < 20; skipped += 1) random.int(0, 1);
  return random;
}
