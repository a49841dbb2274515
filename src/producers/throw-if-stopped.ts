import { AppError, isAppError, messageOf } from '../errors.js';

/** Throws the signal's reason where it is one of our errors, else TIMED_OUT with its words. */
export function throwIfStopped(signal: AbortSignal): void {
  if (!signal.aborted) return;
  const reason: unknown = signal.reason;
  throw isAppError(reason)
    ? reason
    : new AppError('TIMED_OUT', `stopped before the end: ${messageOf(reason)}`);
}
