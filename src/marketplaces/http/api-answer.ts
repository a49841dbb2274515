import type { z } from 'zod';
import { parseExactJson } from '../../domain/json.js';
import { AppError } from '../../errors.js';
import { ADVICE } from './advice.js';
import type { Quote } from './words.js';

/** What is needed to read a body and to complain about it. */
export interface AnswerText {
  /** Opens every message about it, for example `Ozon POST /v1/roles`. */
  readonly label: string;
  readonly text: string;
  readonly quote: Quote;
}

/** One whole answer of a marketplace, whatever its status. */
export interface ApiAnswer extends AnswerText {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Unix milliseconds when the last byte was here. */
  readonly receivedAt: number;
}

/** An answer that is none: `what` follows the label and the words "the answer". */
export function badAnswer(answer: AnswerText, what: string): AppError {
  return new AppError('API_BAD_ANSWER', `${answer.label}: the answer ${answer.quote(what)}`, {
    advice: ADVICE.badAnswer,
  });
}

/**
 * Reads a small answer.
 *
 * @throws AppError API_BAD_ANSWER where it is no JSON or not of this shape
 */
export function readJson<T>(answer: AnswerText, schema: z.ZodType<T>): T {
  let body: unknown;
  try {
    body = parseExactJson(answer.text);
  } catch {
    throw badAnswer(
      answer,
      answer.text.trim() === '' ? 'is empty' : `is no JSON: ${answer.text.slice(0, 200)}`,
    );
  }
  return fitted(answer, body, schema);
}

/** @throws AppError API_BAD_ANSWER where the value is not of this shape; the message names the place */
export function fitted<T>(answer: AnswerText, value: unknown, schema: z.ZodType<T>): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw badAnswer(answer, `has an unexpected shape at "${issue?.path.join('.')}": ${issue?.message}`);
}
