export interface Random {
  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number;
}

/** A small generator whose numbers follow from its seed alone (xorshift32). */
export function createRandom(seed: number): Random {
  let state = (seed ^ 0x9e3779b9) | 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  };
  return { int: (least, most) => least + Math.floor(next() * (most - least + 1)) };
}
