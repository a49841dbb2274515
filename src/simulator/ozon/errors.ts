import { type Answer, json } from '../http/answer.js';

/**
 * Ozon's error body, a gRPC status as JSON: `{code, message, details}` (Ozon docs, every method's `default`
 * answer). The wrong key is 404, not 401.
 */
export function ozonProblem(
  status: number,
  code: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return json(status, { code, message, details: [] }, headers);
}

/** 429 with code 8; `Retry-After` in seconds where the answer says when. */
export function ozonLimited(message: string, retrySeconds: number | undefined): Answer {
  return ozonProblem(
    429,
    8,
    message,
    retrySeconds === undefined ? {} : { 'Retry-After': String(retrySeconds) },
  );
}

/** 400 with code 3, the common answer to a request that does not validate. */
export function ozonInvalid(message: string): Answer {
  return ozonProblem(400, 3, message);
}
