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

const NEW_TOKEN =
  'Make a personal token with the category Analytics in the Wildberries seller account ' +
  '(Settings, API access) and set WB_API_KEY.';

/** What 401 and 403 say (WB docs, error codes; recorded answers of 2026), and what to do about each. */
const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [/expired/i, `The token has run out (it lives 180 days). ${NEW_TOKEN}`],
  [/scope not allowed/i, `The token lacks a category, or is a test token. ${NEW_TOKEN}`],
  [/base token|additional requirements/i, `Tokens of this type may not read the stock report. ${NEW_TOKEN}`],
  [/empty authorization/i, 'Set WB_API_KEY.'],
  [/malformed|segments/i, `The token was not copied whole. ${NEW_TOKEN}`],
];

/**
 * The error that an answer of Wildberries stands for, or null where it is a 2xx. Its services write errors in
 * several shapes, so the HTTP status judges, and the words only choose the advice.
 */
export function wbError(answer: ApiAnswer): AppError | null {
  if (answer.status >= 200 && answer.status < 300) return null;
  const error = readErrorAnswer(answer);
  return answerError(error, verdictOf(error));
}

function verdictOf({ words, answer }: ErrorAnswer): Verdict {
  switch (answer.status) {
    case 401:
    case 403:
      return { code: 'API_CREDENTIALS', remedy: refusalRemedy(words) };
    case 402:
      return {
        code: 'API_CREDENTIALS',
        remedy: 'Wildberries wants this service paid for, in the seller account.',
      };
    case 404:
      return notFound(answer.text);
    case 429:
      return {
        code: 'API_LIMITED',
        remedy: 'Other programs with tokens of this seller count too; poll less often.',
        notBefore: notBeforeOf(answer.headers, answer.receivedAt),
      };
    default:
      return commonVerdict(answer.status) ?? rejected();
  }
}

function refusalRemedy(words: string): string {
  return REFUSALS.find(([pattern]) => pattern.test(words))?.[1] ?? NEW_TOKEN;
}

/** A switched-off method carries `PLUG-404-<date>` in some field, or is simply no path of the gateway any more. */
function notFound(body: string): Verdict {
  if (/PLUG-404|path not found/i.test(body)) {
    return {
      code: 'API_RETIRED',
      remedy: 'Check the WB_…_API_URL settings; if they are right, the method is off: update inventory-sync.',
    };
  }
  return rejected();
}

function rejected(): Verdict {
  return { code: 'API_REJECTED', remedy: 'Check the WB_…_API_URL settings; if they are right, report this.' };
}
