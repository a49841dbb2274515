import { idOf } from '../../domain/json.js';
import { recordInvalid } from '../record-invalid.js';

/**
 * An id of Wildberries' own, a positive whole number, as its digits.
 *
 * @param what what the row is about, for example `Wildberries card 12`
 * @throws AppError RECORD_INVALID naming field and value
 */
export function wbIdOf(value: unknown, what: string, field: string): string {
  const id = idOf(value);
  if (typeof value === 'number' && value > 0 && id !== null) return id;
  if (id === null || !/^[1-9]/.test(id)) throw recordInvalid(what, field, value, 'a positive whole number');
  return id;
}
