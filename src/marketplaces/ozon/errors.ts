import type { AppError } from '../../errors.js';
import type { ApiAnswer } from '../http/api-answer.js';
import {
  answerError,
  commonVerdict,
  type ErrorAnswer,
  readErrorAnswer,
  type Verdict,
} from '../http/error-answer.js';
import { notBeforeOf } from '../http/retry-after.js';
import { CIRCUIT_OPEN_MS } from './limits.js';

/** gRPC status numbers in Ozon's error bodies. */
const NOT_FOUND = '5';
const RESOURCE_EXHAUSTED = '8';
const FAILED_PRECONDITION = '9';

const NEW_KEY = 'Make a key in the Ozon seller account (Settings, Seller API) and set OZON_API_KEY.';

/** Why Ozon answers 403 (Ozon docs, common errors), and what to do about each. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [
    /missing a required role/i,
    'Give the key the role "Product read-only" or "Admin", or make one that has it.',
  ],
  [/deactivated/i, `The key was switched off or has run out. ${NEW_KEY}`],
  [
    /restricted to specific ip/i,
    "Add this machine's outgoing IP address to the key's list in the seller account.",
  ],
  [/offer not signed/i, 'Sign the current offer in the Ozon seller account.'],
];

/**
 * The error that an answer of Ozon stands for, or null where it is a 2xx. Ozon judges oddly: a wrong key is a 404
 * with code 5, a retired method a 400 with code 9, and the breaker's text comes with a status nobody documents.
 */
export function ozonError(answer: ApiAnswer): AppError | null {
  if (answer.status >= 200 && answer.status < 300) return null;
  const error = readErrorAnswer(answer);
  return answerError(error, textVerdict(error) ?? statusVerdict(error));
}

function textVerdict({ words, code, answer }: ErrorAnswer): Verdict | null {
  if (/circle is open/i.test(words)) {
    return {
      code: 'API_LIMITED',
      remedy: 'Ozon has shut this method for some minutes; run again after that.',
      notBefore: answer.receivedAt + CIRCUIT_OPEN_MS,
    };
  }
  if (answer.status === 429 || code === RESOURCE_EXHAUSTED) {
    return {
      code: 'API_LIMITED',
      remedy: 'Other programs with this Client-Id count too; poll less often.',
      notBefore: notBeforeOf(answer.headers, answer.receivedAt),
    };
  }
  if (/obsolete method/i.test(words) || (answer.status === 400 && code === FAILED_PRECONDITION)) {
    return { code: 'API_RETIRED', remedy: 'Ozon has switched this method off: update inventory-sync.' };
  }
  return null;
}

function statusVerdict({ words, code, answer }: ErrorAnswer): Verdict {
  const { status } = answer;
  if (status === 401) {
    return { code: 'API_CREDENTIALS', remedy: 'Set both OZON_CLIENT_ID and OZON_API_KEY.' };
  }
  if (status === 403) return forbidden(words);
  if (status === 404 && code === NOT_FOUND && /api-?key/i.test(words)) {
    return {
      code: 'API_CREDENTIALS',
      remedy: `OZON_CLIENT_ID and OZON_API_KEY do not belong together, or the key is gone. ${NEW_KEY}`,
    };
  }
  if (status === 400 && /client-id/i.test(words)) {
    return { code: 'API_CREDENTIALS', remedy: 'Set OZON_CLIENT_ID to the number shown beside the key.' };
  }
  return (
    commonVerdict(status) ?? {
      code: 'API_REJECTED',
      remedy: 'Check OZON_API_URL; if it is right, report this.',
    }
  );
}

function forbidden(words: string): Verdict {
  const known = FORBIDDEN.find(([pattern]) => pattern.test(words));
  return { code: 'API_CREDENTIALS', remedy: known?.[1] ?? NEW_KEY };
}
