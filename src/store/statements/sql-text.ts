import { escape as quote } from 'mysql2';

/**
 * Statements of thousands of rows are put together here as text: ids are checked digits (quoted digits would be
 * compared as doubles and lose their last places), times are UTC, the rest is escaped by the driver.
 */
export function sqlText(value: string | null | undefined): string {
  if (value === null || value === undefined) return 'NULL';
  return isPlain(value) ? `'${value}'` : quote(value);
}

/** Nothing in it is escaped: no control character, quote or backslash. */
function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20 || unit === 0x22 || unit === 0x27 || unit === 0x5c) return false;
  }
  return true;
}

const INT64 = /^-?\d{1,19}$/;

export function sqlId(id: string): string {
  if (!INT64.test(id)) throw new RangeError(`not an int64 id: ${id.slice(0, 40)}`);
  return id;
}

/** One fixed order of ids, as text: by length, which is the order of the numbers where none is negative. */
export function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** Rows of a batch mostly share a moment, which is then spelt once. */
const lastTime = { iso: '', text: '' };
const lastMoment = { unixMs: 0, text: sqlTime(new Date(0).toISOString()) };

/** @param iso ISO 8601 in UTC with milliseconds, as Date.toISOString writes it */
export function sqlTime(iso: string): string {
  if (iso !== lastTime.iso) {
    lastTime.text = `'${iso.slice(0, 10)} ${iso.slice(11, 23)}'`;
    lastTime.iso = iso;
  }
  return lastTime.text;
}

export function sqlTimeOf(unixMs: number): string {
  if (unixMs !== lastMoment.unixMs) {
    lastMoment.text = sqlTime(new Date(unixMs).toISOString());
    lastMoment.unixMs = unixMs;
  }
  return lastMoment.text;
}

/** Rows per statement: the measured optimum of multi-row statements lies between 500 and 2,000. */
const ROWS_PER_STATEMENT = 1000;

export function* chunked<T>(items: readonly T[], size = ROWS_PER_STATEMENT): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/** Texts in order, as many together as fit: at most `count`, and `characters` in all, but never less than one. */
export function* bounded(texts: readonly string[], count: number, characters: number): Generator<string[]> {
  let chunk: string[] = [];
  let length = 0;
  for (const text of texts) {
    if (chunk.length > 0 && (chunk.length >= count || length + text.length > characters)) {
      yield chunk;
      chunk = [];
      length = 0;
    }
    chunk.push(text);
    length += text.length;
  }
  if (chunk.length > 0) yield chunk;
}
