import { setTimeout as delay } from 'node:timers/promises';
import { AppError, isAppError, messageOf } from '../../errors.js';

/** Clock, timer and dice, handed in so that tests own them. */
export interface Timing {
  /** Unix milliseconds. */
  now(): number;
  /** Rejects with what {@link abortError} says as soon as the signal fires. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** From 0 up to, not including, 1. */
  random(): number;
}

export const realTiming: Timing = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: async (ms, signal) => {
    try {
      await delay(ms, undefined, { signal });
    } catch {
      throw abortError(signal);
    }
  },
};

/** What an aborted call throws: the reason itself where it is one of ours, else TIMED_OUT with its words. */
export function abortError(signal: AbortSignal): AppError {
  const reason: unknown = signal.reason;
  if (isAppError(reason)) return reason;
  return new AppError('TIMED_OUT', `stopped before the end: ${messageOf(reason)}`);
}

export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortError(signal);
}
