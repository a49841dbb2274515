/** Two days: longer than any wait the documents know, short enough for any clock and column. */
const LONGEST_MS = 2 * 24 * 60 * 60 * 1000;

/**
 * When the marketplace will listen again, in Unix milliseconds; undefined where it does not say. Ozon sends
 * `Retry-After` (seconds; HTTP also allows a date), Wildberries `X-Ratelimit-Retry` (seconds, up to hours). Where
 * both are there the later one counts: asking too early only earns another refusal.
 *
 * @param headers names in lower case
 * @param now Unix milliseconds when the answer arrived
 */
export function notBeforeOf(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const waits = [
    waitOf(headers['retry-after'], headers.date, now),
    waitOf(headers['x-ratelimit-retry'], headers.date, now),
  ].filter((wait) => wait !== undefined);
  if (waits.length === 0) return undefined;
  return now + Math.min(LONGEST_MS, Math.max(0, ...waits));
}

function waitOf(value: string | undefined, serverDate: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return Math.ceil(Number(value) * 1000);
  const at = httpDate(value);
  // Measured against the server's own clock where it shows it, so that a skewed clock here does no harm.
  return at === undefined ? undefined : at - (httpDate(serverDate) ?? now);
}

function httpDate(value: string | undefined): number | undefined {
  if (value === undefined || !/GMT\s*$/i.test(value)) return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
}
