import { AppError, type BilingualAdvice, type ErrorCode, type ErrorDetails } from '../../errors.js';
import type { ApiAnswer } from './api-answer.js';
import { type ErrorWords, errorWords } from './words.js';

export interface Verdict {
  readonly code: ErrorCode;
  /** In English, for troubles that have no advice of their own. */
  readonly remedy?: string | undefined;
  readonly advice?: BilingualAdvice | undefined;
  /** Unix milliseconds. */
  readonly notBefore?: number | undefined;
  /** Further facts that the answer names, for example `maxRps`. */
  readonly facts?: ErrorDetails['facts'];
}

/** An error answer with what it says, read once. */
export interface ErrorAnswer extends ErrorWords {
  readonly answer: ApiAnswer;
}

export function readErrorAnswer(answer: ApiAnswer): ErrorAnswer {
  return { answer, ...errorWords(answer.text) };
}

/** The AppError of an error answer: method, status, the marketplace's own words, and the facts for its support. */
export function answerError(error: ErrorAnswer, verdict: Verdict): AppError {
  const { answer } = error;
  const { quote, headers } = answer;
  const said = quote(error.words);
  const requestId = error.requestId ?? headers['x-request-id'] ?? headers['x-o3-trace-id'];
  const short = (text: string | undefined) => (text === undefined ? undefined : quote(text, 100));
  return new AppError(
    verdict.code,
    `${answer.label} answered ${answer.status}${said === '' ? '' : `: ${said}`}`,
    {
      remedy: verdict.remedy,
      advice: verdict.advice,
      notBefore: verdict.notBefore,
      facts: {
        ...verdict.facts,
        status: answer.status,
        code: short(error.code),
        requestId: short(requestId),
        origin: short(error.origin),
      },
    },
  );
}
