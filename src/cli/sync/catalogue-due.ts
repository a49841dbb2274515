const HOUR_MS = 3_600_000;

/**
 * Is it time to read a catalogue whole again? A little early rather than late: a cron that comes at the same minute
 * each day must not find it a few seconds too fresh, and leave it for another day.
 *
 * @param watermark when a whole read of it was last applied, Unix milliseconds; null: never
 * @param hours CATALOGUE_HOURS
 */
export function catalogueDue(watermark: number | null, hours: number, now: number): boolean {
  if (watermark === null) return true;
  const slack = Math.min(1, hours / 2);
  return now - watermark >= (hours - slack) * HOUR_MS;
}
