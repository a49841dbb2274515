import { AppError } from '../../errors.js';
import type { TruthRow } from './types.js';

/** A count as the marketplaces give it: a whole number, not negative. */
export function count(value: number | undefined, otherwise: number, name: string): number {
  const figure = value ?? otherwise;
  if (!Number.isInteger(figure) || figure < 0) {
    throw new AppError('USAGE', `simulator: ${name} must be a whole number, not negative, got ${figure}`);
  }
  return figure;
}

export function share(value: number, name: string): number {
  if (!(value >= 0 && value <= 1)) {
    throw new AppError('USAGE', `simulator: ${name} must lie between 0 and 1, got ${value}`);
  }
  return value;
}

export function noProduct(source: string, productId: string): AppError {
  return new AppError('USAGE', `simulator: ${source} has no product ${productId}`);
}

/** Ids are digits, so that they can be put into JSON as they stand, however long. */
export function idDigits(value: string, name: string): string {
  if (!/^-?[1-9]\d{0,18}$/.test(value)) {
    throw new AppError('USAGE', `simulator: ${name} must be an integer in digits, got "${value}"`);
  }
  return value;
}

/** By number: shorter ids first. */
export function compareIds(left: string, right: string): number {
  return left.length - right.length || (left < right ? -1 : left > right ? 1 : 0);
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The order of `truth()`: product id, scheme, warehouse id, each compared as text. */
export function sortTruth(rows: TruthRow[]): TruthRow[] {
  return rows.sort(
    (left, right) =>
      compareText(left.productId, right.productId) ||
      compareText(left.scheme, right.scheme) ||
      compareText(left.warehouseId, right.warehouseId),
  );
}

/**
 * Shrinks a series of figures by `share`, the rounding carried along, so that the total falls by that share while
 * a figure above zero stays above zero (unless everything goes). A shrunk row must not vanish from the answer: a
 * drop of the total is one thing, disappearing products another.
 */
export function shrinker(part: number): (figure: number) => number {
  let carry = 0;
  return (figure) => {
    const wanted = figure * (1 - part) + carry;
    const least = part < 1 ? Math.min(figure, 1) : 0;
    const next = Math.min(figure, Math.max(least, Math.floor(wanted + 1e-9)));
    carry = wanted - next;
    return next;
  };
}
