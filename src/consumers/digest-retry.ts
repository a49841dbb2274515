import { isAppError } from '../errors.js';

const FIRST_MS = 30_000;
const LONGEST_MS = 15 * 60_000;
/** Two hours, at a try every quarter of one. */
const MOST_REFUSALS = 8;

/** Waiting time before the try after `attempt` (from 1): 30 s, doubled each time, at most 15 minutes. */
export function backoff(attempt: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, attempt - 1));
}

/**
 * What becomes of a digest that was not sent: milliseconds until the next try, or null to give it up. Alerts are
 * dropped only where no setting can mend it: the server has refused this recipient or this message for good. A
 * refused login, certificate, sender, token or chat is mended by a person, and the digest waits for that.
 *
 * @param now Unix milliseconds
 */
export function retryAfter(error: unknown, attempt: number, now: number): number | null {
  if (!isAppError(error)) return LONGEST_MS;
  if (error.code === 'MAIL_UNAVAILABLE' || error.code === 'CHANNEL_UNAVAILABLE') {
    return Math.max(backoff(attempt), (error.notBefore ?? now) - now);
  }
  // A chat or a receiver that goes on refusing must not keep what comes later back for ever: all of it is in the table.
  if (error.code === 'CHANNEL_REFUSED' && attempt >= MOST_REFUSALS) return null;
  const { stage } = error.facts;
  return error.code === 'MAIL_REFUSED' && (stage === 'recipient' || stage === 'message') ? null : LONGEST_MS;
}

/** Whether the receiver may have taken the digest although it failed for us: then it may come twice, unchanged. */
export function mayHaveArrived(error: unknown): boolean {
  return isAppError(error) && error.facts.unclear === true;
}
