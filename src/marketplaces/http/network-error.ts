import { isAxiosError } from 'axios';
import { AppError, type BilingualAdvice, type ErrorCode, messageOf } from '../../errors.js';
import { ADVICE } from './advice.js';
import type { Quote } from './words.js';

export interface FailedRequest {
  readonly label: string;
  /** Scheme and host asked, without credentials. */
  readonly origin: string;
  readonly quote: Quote;
}

interface Diagnosis {
  readonly code: ErrorCode;
  readonly what: string;
  readonly advice: BilingualAdvice;
}

const RESET = 'the connection broke before the answer was complete';

const BY_CODE: Readonly<Record<string, readonly [what: string, advice: BilingualAdvice]>> = {
  ENOTFOUND: ['the host name cannot be resolved', ADVICE.noName],
  EAI_AGAIN: ['the host name cannot be resolved at the moment', ADVICE.noName],
  ECONNREFUSED: ['the connection is refused', ADVICE.noConnection],
  ECONNRESET: [RESET, ADVICE.connectionBroke],
  EPIPE: [RESET, ADVICE.connectionBroke],
  ERR_STREAM_PREMATURE_CLOSE: [RESET, ADVICE.connectionBroke],
  ETIMEDOUT: ['the host does not answer', ADVICE.noConnection],
  EHOSTUNREACH: ['the host cannot be reached', ADVICE.noConnection],
  ENETUNREACH: ['the network cannot be reached', ADVICE.noConnection],
};

/**
 * Turns what axios throws into an AppError. The axios error itself is dropped, not kept as a cause: it carries the
 * request's headers, and with them the key.
 */
export function networkError(error: unknown, request: FailedRequest): AppError {
  const networkCode = codeOf(error);
  const { code, what, advice } = diagnose(error, networkCode, request.quote);
  return new AppError(code, `${request.label}: ${what} (${request.origin})`, {
    advice,
    facts: { origin: request.origin, code: networkCode },
  });
}

function diagnose(error: unknown, code: string | undefined, quote: Quote): Diagnosis {
  const message = quote(messageOf(error), 200);
  if (code === 'ERR_BAD_RESPONSE' && message.startsWith('maxContentLength')) {
    return { code: 'API_BAD_ANSWER', what: `the answer is too large, ${message}`, advice: ADVICE.badAnswer };
  }
  // The answer came whole over the wire but is not what its headers say: zlib, brotli, HTTP parser.
  if (code !== undefined && /^(Z_|ERR__ERROR_|ERR_BROTLI|HPE_)/.test(code)) {
    return {
      code: 'API_BAD_ANSWER',
      what: `the answer is no valid HTTP, ${message}`,
      advice: ADVICE.badAnswer,
    };
  }
  if (code !== undefined && /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO/.test(code)) {
    return { code: 'API_UNAVAILABLE', what: `no secure connection, ${code}`, advice: ADVICE.noTrust };
  }
  const broke = [RESET, ADVICE.connectionBroke] as const;
  const unknown = message.includes('aborted') ? broke : ([message, ADVICE.noConnection] as const);
  const [what, advice] = (code === undefined ? undefined : BY_CODE[code]) ?? unknown;
  return { code: 'API_UNAVAILABLE', what, advice };
}

function codeOf(error: unknown): string | undefined {
  const cause = isAxiosError(error) ? (error.code ?? error.cause) : error;
  if (typeof cause === 'string') return cause;
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined;
  return typeof cause.code === 'string' ? cause.code : undefined;
}
