/** A look, not a read: a marketplace that is slow or full up is told of, and not waited for. Milliseconds. */
export const HASTE = { timeoutMs: 10_000, maxWaitMs: 10_000 } as const;

/** For all requests to one marketplace together. */
export const PATIENCE_MS = 45_000;

const DAY_MS = 24 * 60 * 60 * 1000;
/** Keys that run out sooner than this are pointed at. */
const SOON_DAYS = 14;

interface Expiry {
  readonly day: string;
  readonly daysLeft: number;
  readonly isSoon: boolean;
}

/** @param at ISO 8601 @param now Unix milliseconds @returns undefined where the moment is not known */
export function expiryOf(at: string | undefined, now: number): Expiry | undefined {
  const ms = at === undefined ? Number.NaN : Date.parse(at);
  if (Number.isNaN(ms)) return undefined;
  const daysLeft = Math.floor((ms - now) / DAY_MS);
  return { day: new Date(ms).toISOString().slice(0, 10), daysLeft, isSoon: daysLeft < SOON_DAYS };
}

/** "key valid until …, 80 days left", with a hint where that is soon: then `warn` is told, where there is one. */
export function expiryLine(
  expiry: Expiry | undefined,
  sentence: (day: string, days: number) => string,
  soon: string,
  warn?: (line: string) => void,
): string[] {
  if (expiry === undefined) return [];
  const line = sentence(expiry.day, expiry.daysLeft);
  if (!expiry.isSoon) return [line];
  if (warn === undefined) return [`${line}: ${soon}`];
  warn(`${line}: ${soon}`);
  return [];
}
