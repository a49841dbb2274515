import type { AppError, ErrorCode } from '../../errors.js';
import type { ApiAnswer } from '../http/api-answer.js';
import { answerError, type ErrorAnswer, readErrorAnswer } from '../http/error-answer.js';
import { notBeforeOf } from '../http/retry-after.js';
import { type OzonTrouble, ozonAdvice } from './advice.js';
import { CIRCUIT_OPEN_MS } from './limits.js';

/** gRPC status numbers in Ozon's error bodies. */
const NOT_FOUND = '5';
const RESOURCE_EXHAUSTED = '8';
const FAILED_PRECONDITION = '9';

const CODES: Readonly<Record<OzonTrouble, ErrorCode>> = {
  'headers-missing': 'API_CREDENTIALS',
  'client-id-invalid': 'API_CREDENTIALS',
  'key-unknown': 'API_CREDENTIALS',
  'role-missing': 'API_CREDENTIALS',
  'key-deactivated': 'API_CREDENTIALS',
  'ip-bound': 'API_CREDENTIALS',
  'offer-unsigned': 'API_CREDENTIALS',
  forbidden: 'API_CREDENTIALS',
  'method-retired': 'API_RETIRED',
  'method-unknown': 'API_REJECTED',
  'request-invalid': 'API_REJECTED',
  'rate-limited': 'API_LIMITED',
  'circle-open': 'API_LIMITED',
  'ozon-down': 'API_UNAVAILABLE',
  unknown: 'API_REJECTED',
};

/** Why Ozon answers 403 (Ozon docs, guide to frequent errors). */
const FORBIDDEN: readonly (readonly [RegExp, OzonTrouble])[] = [
  [/missing a required role/i, 'role-missing'],
  [/deactivated/i, 'key-deactivated'],
  [/restricted to specific ip/i, 'ip-bound'],
  [/offer not signed/i, 'offer-unsigned'],
];

/**
 * The error that an answer of Ozon stands for, or null where it is a 2xx. Its facts name the trouble (`trouble`, of
 * advice.ts) and, where Ozon says how many requests per second it allows now, that number (`maxRps`).
 */
export function ozonError(answer: ApiAnswer): AppError | null {
  if (answer.status >= 200 && answer.status < 300) return null;
  const error = readErrorAnswer(answer);
  const trouble = textTrouble(error) ?? statusTrouble(error);
  const maxRps = maxRpsOf(error.words);
  return answerError(error, {
    code: CODES[trouble],
    advice: ozonAdvice(trouble, maxRps),
    notBefore: notBeforeAfter(trouble, answer),
    facts: { trouble, maxRps },
  });
}

/**
 * Ozon judges oddly: a retired method is a 400 with code 9, and the breaker's text comes with a status that nobody
 * documents. So words and code go first.
 */
function textTrouble({ words, code, answer }: ErrorAnswer): OzonTrouble | null {
  if (/circle is open/i.test(words)) return 'circle-open';
  if (answer.status === 429 || code === RESOURCE_EXHAUSTED) return 'rate-limited';
  if (/obsolete method/i.test(words)) return 'method-retired';
  if (answer.status === 400 && code === FAILED_PRECONDITION) return 'method-retired';
  return /method is not allowed/i.test(words) ? 'method-unknown' : null;
}

/** A wrong key is 404 with code 5, not 401; an address that nobody serves is 404 too. */
function statusTrouble({ words, code, answer: { status } }: ErrorAnswer): OzonTrouble {
  if (status >= 500 || status === 408) return 'ozon-down';
  if (status === 401) return 'headers-missing';
  if (status === 403) return FORBIDDEN.find(([pattern]) => pattern.test(words))?.[1] ?? 'forbidden';
  if (status === 404 && code === NOT_FOUND && /api-?key/i.test(words)) return 'key-unknown';
  // "item not found" is about what was asked for, a bare "Not Found" about the address.
  if (status === 404 && code === NOT_FOUND && !/^not found\W*$/i.test(words)) return 'request-invalid';
  if (status === 404 || status === 405) return 'method-unknown';
  if (status !== 400) return 'unknown';
  return /client-id/i.test(words) ? 'client-id-invalid' : 'request-invalid';
}

function maxRpsOf(words: string): number | undefined {
  const digits = /max rate per sec\.?:\s*(\d+(?:\.\d+)?)/i.exec(words)?.[1];
  const rate = Number(digits);
  return rate > 0 && Number.isFinite(rate) ? rate : undefined;
}

function notBeforeAfter(trouble: OzonTrouble, { headers, receivedAt }: ApiAnswer): number | undefined {
  if (trouble === 'circle-open') return receivedAt + CIRCUIT_OPEN_MS;
  return trouble === 'rate-limited' ? notBeforeOf(headers, receivedAt) : undefined;
}
