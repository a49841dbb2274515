/** Of an empty list: 0. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** Makes the median absolute deviation comparable with a standard deviation. */
const NORMAL = 1.4826;

/** Median absolute deviation, scaled. Up to half of the values may be nonsense without moving it far. */
export function scaledMad(values: readonly number[], center: number): number {
  return NORMAL * median(values.map((value) => Math.abs(value - center)));
}
