import type { AppError, ErrorCode } from '../../errors.js';
import type { ApiAnswer } from '../http/api-answer.js';
import { answerError, type ErrorAnswer, readErrorAnswer } from '../http/error-answer.js';
import { notBeforeOf } from '../http/retry-after.js';
import { WB_ADVICE, type WbTrouble } from './advice.js';

/** What 401 and 403 say (WB docs, error codes; recorded answers of 2026). The first that fits. */
const REFUSALS: readonly (readonly [RegExp, WbTrouble])[] = [
  [/empty authorization/i, 'noToken'],
  [/malformed|segments/i, 'tokenMalformed'],
  [/expired/i, 'tokenExpired'],
  [/scope not allowed/i, 'categoryMissing'],
  [/base token/i, 'baseToken'],
  [/additional requirements/i, 'tokenUnfit'],
  // Marketplace's {code: "AccessDenied"}, content's errorText, and analytics' own 403.
  [/access ?denied|authorization error/i, 'accessDenied'],
];

const BY_STATUS: Readonly<Record<number, readonly [ErrorCode, WbTrouble]>> = {
  402: ['API_CREDENTIALS', 'paymentRequired'],
  406: ['API_REJECTED', 'sellerBlocked'],
  408: ['API_UNAVAILABLE', 'unavailable'],
  409: ['API_REJECTED', 'conflict'],
  413: ['API_REJECTED', 'requestTooLarge'],
};

interface Judgement {
  readonly code: ErrorCode;
  readonly trouble: WbTrouble;
}

/**
 * The error that an answer of Wildberries stands for, or null where it is a 2xx. Its services write errors in
 * several shapes, so the HTTP status judges, and the words only tell its kinds apart.
 */
export function wbError(answer: ApiAnswer): AppError | null {
  if (answer.status >= 200 && answer.status < 300) return null;
  const error = readErrorAnswer(answer);
  return adviseOn(error, judge(error));
}

/** Content puts errors into answers of status 200 too (`error: true`, `errorText`). */
export function wbContentError(answer: ApiAnswer): AppError | null {
  if (answer.status !== 200 || !saysError(answer.text)) return wbError(answer);
  const error = readErrorAnswer(answer);
  return adviseOn(error, judgeWords(error));
}

function saysError(text: string): boolean {
  // A cheap look first: whole pages of cards pass here.
  if (!/"error"\s*:\s*true/.test(text)) return false;
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && 'error' in body && body.error === true;
  } catch {
    return false;
  }
}

function adviseOn(error: ErrorAnswer, { code, trouble }: Judgement): AppError {
  const { headers, receivedAt } = error.answer;
  const notBefore = code === 'API_LIMITED' ? notBeforeOf(headers, receivedAt) : undefined;
  return answerError(error, { code, advice: WB_ADVICE[trouble], notBefore });
}

function judge(error: ErrorAnswer): Judgement {
  const { words, answer } = error;
  switch (answer.status) {
    case 401:
    case 403:
      return { code: 'API_CREDENTIALS', trouble: refusal(`${words} ${error.code ?? ''}`) ?? 'tokenRefused' };
    case 404:
      return notFound(answer.text);
    case 429: {
      const ofSeller = /global limiter|per seller/i.test(words);
      return { code: 'API_LIMITED', trouble: ofSeller ? 'sellerLimited' : 'limited' };
    }
  }
  // A second's matter, say the documents of the methods that list it.
  if (error.code === 'StoreIsProcessing') return { code: 'API_UNAVAILABLE', trouble: 'warehouseBusy' };
  if (answer.status >= 500) return { code: 'API_UNAVAILABLE', trouble: 'unavailable' };
  const [code, trouble] = BY_STATUS[answer.status] ?? ['API_REJECTED', 'requestRefused'];
  return { code, trouble };
}

function refusal(words: string): WbTrouble | undefined {
  return REFUSALS.find(([pattern]) => pattern.test(words))?.[1];
}

/** A switched-off method carries `PLUG-404-<date>` in some field, or is simply no path of the gateway any more. */
function notFound(body: string): Judgement {
  if (/PLUG-404/i.test(body)) return { code: 'API_RETIRED', trouble: 'methodOff' };
  if (/path not found/i.test(body)) return { code: 'API_RETIRED', trouble: 'pathUnknown' };
  return { code: 'API_REJECTED', trouble: 'notFound' };
}

/** An error without a status to go by. */
function judgeWords({ words }: ErrorAnswer): Judgement {
  const refused = refusal(words);
  if (refused !== undefined) return { code: 'API_CREDENTIALS', trouble: refused };
  if (/internal|unavailable|time-?out|try again|внутренн|недоступ|позже/i.test(words)) {
    return { code: 'API_UNAVAILABLE', trouble: 'unavailable' };
  }
  return { code: 'API_REJECTED', trouble: 'requestRefused' };
}
