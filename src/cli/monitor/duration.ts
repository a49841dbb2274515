import { InvalidArgumentError } from 'commander';

const UNITS = { W: 604_800_000, D: 86_400_000, H: 3_600_000, M: 60_000, S: 1000 } as const;
const LONGEST = 3660 * UNITS.D;

/** Weeks stand alone, as ISO 8601 has it; months and years have no fixed length and are refused. */
const ISO =
  /^P(?:(\d{1,5})W|(?=[\dT])(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?)$/;
const SHORT = /^(\d{1,7})(m|h|d|w)$/;

/**
 * A span of time as ISO 8601 writes it: `P30D`, `PT12H`, `P2W`, `P1DT6H`. For commander's options.
 *
 * @returns milliseconds, more than none
 */
export function isoDuration(text: string): number {
  const parts = ISO.exec(text)?.slice(1);
  if (parts !== undefined) {
    const units = [UNITS.W, UNITS.D, UNITS.H, UNITS.M, UNITS.S];
    const ms = units.reduce((sum, unit, index) => sum + Number(parts[index] ?? 0) * unit, 0);
    if (ms > 0 && ms <= LONGEST) return ms;
  }
  throw new InvalidArgumentError('Expected a duration of at most ten years such as P30D, PT12H or P2W.');
}

/** The same, or as people write it: `2h`, `30m`, `7d`, `1w`. */
export function anyDuration(text: string): number {
  const [, count, unit] = SHORT.exec(text) ?? [];
  if (count === undefined || unit === undefined) {
    if (text.startsWith('P')) return isoDuration(text);
    throw new InvalidArgumentError('Expected a duration such as 30m, 2h, 7d or PT12H.');
  }
  const ms = Number(count) * UNITS[unit.toUpperCase() as keyof typeof UNITS];
  if (ms > 0 && ms <= LONGEST) return ms;
  throw new InvalidArgumentError('Expected a duration of more than nothing and at most ten years.');
}
