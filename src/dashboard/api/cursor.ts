import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../errors.js';

const CHECK_LENGTH = 6;
/** Some hundreds of partitions. */
export const LONGEST_CURSOR = 8_192;

/**
 * Opaque texts that say where a reader stands. They carry a checksum, so that one that was cut, mistyped or made up
 * is told from one of ours, and the name of the list that it belongs to.
 */
export function encodeCursor(list: string, place: unknown): string {
  const text = JSON.stringify(place);
  return Buffer.from(checkOf(list, text) + text, 'utf8').toString('base64url');
}

/** @throws USAGE where it is no cursor of this list */
export function decodeCursor<T>(list: string, cursor: string, shape: z.ZodType<T>): T {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const body = text.slice(CHECK_LENGTH);
  if (text.slice(0, CHECK_LENGTH) !== checkOf(list, body) || encodedAgain(text) !== cursor) throw broken();
  const parsed = shape.safeParse(jsonOf(body));
  if (!parsed.success) throw broken();
  return parsed.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw broken(error);
  }
}

/** Digits of an int64, as ids are spelt. */
export const idDigits = z.string().regex(/^-?\d{1,19}$/);

function checkOf(list: string, text: string): string {
  return createHash('sha256').update(`${list}\n${text}`).digest('base64url').slice(0, CHECK_LENGTH);
}

/** What a decoder of base64 overlooks was not written by us. */
function encodedAgain(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}

function broken(cause?: unknown): AppError {
  const en = {
    what: 'the cursor cannot be read: it was cut or changed, or belongs to another list',
    remedy: 'send `next` of an answer of the same list as it is, or begin without a cursor',
  };
  const ru = {
    what: 'курсор не читается: он обрезан, изменён или взят из другого списка',
    remedy: 'Передайте `next` из ответа того же списка без изменений или начните без курсора',
  };
  return new AppError('USAGE', en.what, { advice: { en, ru }, cause, facts: { problem: 'broken-cursor' } });
}
