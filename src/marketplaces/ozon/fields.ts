import { idOf } from '../../domain/json.js';
import { recordInvalid } from '../record-invalid.js';

type Fields = Readonly<Record<string, unknown>>;

/** @throws AppError RECORD_INVALID where it is not a positive whole number */
export function productIdOf(row: Fields, field: string, what: string): string {
  return positiveId(row[field]) ?? refuse(what, field, row[field]);
}

/** An id that may be missing, zero (Ozon's word for none) or odd: then it is undefined. */
export function positiveId(value: unknown): string | undefined {
  const id = idOf(value);
  return id !== null && /^[1-9]/.test(id) ? id : undefined;
}

/** A text as it stands, be it digits without quotes; it is only shown, so anything odd counts as not said. */
export function shownText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

function refuse(what: string, field: string, value: unknown): never {
  throw recordInvalid(what, field, value, 'a positive whole number');
}
