import { escape as quote } from 'mysql2';

/**
 * Statements of thousands of rows are put together here as text: ids are checked digits (quoted digits would be
 * compared as doubles and lose their last places), times are UTC, the rest is escaped by the driver.
 */
export function sqlText(value: string | null | undefined): string {
  return value === null || value === undefined ? 'NULL' : quote(value);
}

const INT64 = /^-?\d{1,19}$/;

export function sqlId(id: string): string {
  if (!INT64.test(id)) throw new RangeError(`not an int64 id: ${id.slice(0, 40)}`);
  return id;
}

/** @param iso ISO 8601 in UTC with milliseconds, as Date.toISOString writes it */
export function sqlTime(iso: string): string {
  return `'${iso.slice(0, 10)} ${iso.slice(11, 23)}'`;
}

export function sqlTimeOf(unixMs: number): string {
  return sqlTime(new Date(unixMs).toISOString());
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
