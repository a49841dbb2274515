import { isQuantity } from '../domain/stock-level.js';
import { AppError } from '../errors.js';

const LONGEST_VALUE = 100;

/**
 * The error for a row that is not what the documents promise.
 *
 * @param product what the row is about, for example `Ozon product 123`
 * @param field the field's place in the row
 */
export function recordInvalid(product: string, field: string, value: unknown, wanted: string): AppError {
  const shown = show(value);
  return new AppError('RECORD_INVALID', `${product}: ${field} is ${shown}, wanted ${wanted}`, {
    remedy:
      'The marketplace sent something undocumented; the row is kept as it came, for whoever mends the reader.',
    facts: { field, value: shown },
  });
}

/**
 * More pieces than this of one product in one place is a mistake. Sums over a feed then stay exact in a double up to
 * 900,000 rows, and below what a BIGINT column holds up to 900 million.
 */
const MOST_PIECES = 10_000_000_000;

/**
 * A number of pieces. Digits in a string are refused: the documents promise numbers, and a marketplace that
 * changes one type may have changed its meaning too.
 */
export function quantityOf(value: unknown, product: string, field: string): number {
  if (isQuantity(value) && value <= MOST_PIECES) return value;
  throw recordInvalid(product, field, value, `a whole number from 0 to ${MOST_PIECES}`);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  const text = value === undefined ? 'missing' : (JSON.stringify(value) ?? typeof value);
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE - 1)}…`;
}
