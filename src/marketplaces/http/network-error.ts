import { isAxiosError } from 'axios';
import { AppError, type ErrorCode, messageOf } from '../../errors.js';
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
  readonly remedy: string;
}

const TRY_LATER = 'Check the network and try again later.';
const RESET = 'the connection broke before the answer was complete';

const BY_CODE: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host name cannot be resolved',
  EAI_AGAIN: 'the host name cannot be resolved at the moment',
  ECONNREFUSED: 'the connection is refused',
  ECONNRESET: RESET,
  EPIPE: RESET,
  ERR_STREAM_PREMATURE_CLOSE: RESET,
  ETIMEDOUT: 'the host does not answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
};

/**
 * Turns what axios throws into an AppError. The axios error itself is dropped, not kept as a cause: it carries the
 * request's headers, and with them the key.
 */
export function networkError(error: unknown, request: FailedRequest): AppError {
  const networkCode = codeOf(error);
  const { code, what, remedy } = diagnose(error, networkCode, request.quote);
  return new AppError(code, `${request.label}: ${what} (${request.origin})`, {
    remedy,
    facts: { origin: request.origin, code: networkCode },
  });
}

function diagnose(error: unknown, code: string | undefined, quote: Quote): Diagnosis {
  const message = quote(messageOf(error), 200);
  if (code === 'ERR_BAD_RESPONSE' && message.startsWith('maxContentLength')) {
    return { code: 'API_BAD_ANSWER', what: `the answer is too large, ${message}`, remedy: TRY_LATER };
  }
  // The answer came whole over the wire but is not what its headers say: zlib, brotli, HTTP parser.
  if (code !== undefined && /^(Z_|ERR__ERROR_|ERR_BROTLI|HPE_)/.test(code)) {
    return { code: 'API_BAD_ANSWER', what: `the answer is no valid HTTP, ${message}`, remedy: TRY_LATER };
  }
  if (code !== undefined && /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO/.test(code)) {
    return {
      code: 'API_UNAVAILABLE',
      what: `no secure connection, ${code}`,
      remedy:
        'Update the root certificates of this system (Ozon moved to HARICA roots in 2026), or name a file with ' +
        'the missing root in NODE_EXTRA_CA_CERTS.',
    };
  }
  const known = code === undefined ? undefined : BY_CODE[code];
  const what = known ?? (message.includes('aborted') ? RESET : message);
  return { code: 'API_UNAVAILABLE', what, remedy: TRY_LATER };
}

function codeOf(error: unknown): string | undefined {
  const cause = isAxiosError(error) ? (error.code ?? error.cause) : error;
  if (typeof cause === 'string') return cause;
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined;
  return typeof cause.code === 'string' ? cause.code : undefined;
}
