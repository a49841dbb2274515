import type { ApiAnswer } from '../../../../src/marketplaces/http/api-answer.js';
import { quoting } from '../../../../src/marketplaces/http/words.js';

export const RECEIVED_AT = Date.parse('2026-11-23T10:00:00Z');

export function apiAnswer(
  status: number,
  text: string,
  headers: Record<string, string> = {},
  secrets: string[] = [],
): ApiAnswer {
  return { label: 'Test POST /x', status, text, headers, receivedAt: RECEIVED_AT, quote: quoting(secrets) };
}

/** What the call throws, or a failed test. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
