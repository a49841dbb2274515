import { type AppError, isAppError } from '../../errors.js';

export interface RetryPolicy {
  /** Tries after the first one (API_RETRY_COUNT). */
  readonly retries: number;
  /** Milliseconds before the first retry; doubles with each further one (API_RETRY_DELAY). */
  readonly delayMs: number;
}

const LONGEST_BACKOFF_MS = 5 * 60 * 1000;
/** Spreads several processes that were all told the same moment. */
const LIMIT_JITTER_MS = 1000;

/**
 * Milliseconds between half and the whole of `delayMs` doubled per failed try.
 *
 * @param attempt number of the try that failed, from 1
 * @param random from 0 to 1
 */
export function backoffMs(attempt: number, delayMs: number, random: number): number {
  const whole = Math.min(LONGEST_BACKOFF_MS, delayMs * 2 ** (attempt - 1));
  return Math.round((whole / 2) * (1 + random));
}

export interface RetryMoment {
  /** Unix milliseconds. */
  readonly now: number;
  /** From 0 to 1. */
  readonly random: number;
  /** Milliseconds that may still be spent waiting for limits (from SYNC_WAIT). */
  readonly allowedMs: number;
}

/**
 * How long to wait before the next try, in milliseconds, or null where trying again is useless, exhausted or,
 * for a limit, further away than we may wait.
 *
 * @param attempt number of the try that failed, from 1
 */
export function retryWait(
  error: unknown,
  attempt: number,
  policy: RetryPolicy,
  at: RetryMoment,
): number | null {
  if (!isAppError(error) || error.fate !== 'retry' || attempt > policy.retries) return null;
  if (error.code !== 'API_LIMITED') return backoffMs(attempt, policy.delayMs, at.random);
  const wait = limitWait(error, attempt, policy, at);
  return wait > at.allowedMs ? null : wait;
}

function limitWait(error: AppError, attempt: number, policy: RetryPolicy, at: RetryMoment): number {
  if (error.notBefore === undefined) return backoffMs(attempt, policy.delayMs, at.random);
  const due = Math.max(0, error.notBefore - at.now);
  const jitter = Math.round(at.random * LIMIT_JITTER_MS);
  return due > at.allowedMs ? due : Math.min(at.allowedMs, due + jitter);
}
