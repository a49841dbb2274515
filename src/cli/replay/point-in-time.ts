import { InvalidArgumentError } from 'commander';

/** As kafka-consumer-groups takes it: `2026-11-22T10:00:00.000`, without a zone UTC, or with `Z`, `+0300`, `+03:00`. */
const FORM = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(?:Z|([+-]\d\d)(?::?(\d\d))?)?$/;

/**
 * For commander's options.
 *
 * @returns Unix milliseconds
 */
export function pointInTime(text: string): number {
  const [, local, hours, minutes = '00'] = FORM.exec(text) ?? [];
  const inUtc = Date.parse(`${local}Z`);
  // Date.parse takes 30 February for 2 March.
  if (local !== undefined && Number.isFinite(inUtc) && isDay(inUtc, local)) {
    const ms = hours === undefined ? inUtc : Date.parse(`${local}${hours}:${minutes}`);
    if (Number.isFinite(ms)) return ms;
  }
  throw new InvalidArgumentError(
    'Expected a time such as 2026-11-22T10:00:00.000, in UTC, or with its offset: 2026-11-22T10:00:00+03:00.',
  );
}

function isDay(ms: number, local: string): boolean {
  return new Date(ms).toISOString().startsWith(local.slice(0, 10));
}
