import { type AppError, isAppError } from '../errors.js';
import type { ClaimedDigest } from '../ports/alert-store.js';

const FIRST_MS = 30_000;
const LONGEST_MS = 15 * 60_000;
/** How long a refused digest goes on being tried while others may pass it. */
const MOST_ASIDE_MS = 2 * 60 * 60_000;
/** Tries after which «not now» is no more taken for a passing trouble of the server: some seven minutes. */
const PATIENCE = 5;

/** Waiting time before the try after `attempt` (from 1): 30 s, doubled each time, at most 15 minutes. */
export function backoff(attempt: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, attempt - 1));
}

/**
 * What becomes of a digest that was not sent: milliseconds until the next try, or null to give it up. Refused logins,
 * certificates, senders, recipients, tokens and chats are mended by a person, and the digest waits for that. Alerts
 * are dropped where no setting can mend it, the server has refused this message for good; and where a receiver still
 * refuses the digest two hours after it stood aside: whatever comes later is not held up, all of it is in the table.
 *
 * @param now Unix milliseconds
 */
export function retryAfter(
  error: unknown,
  { attempt, asideMs = 0 }: Pick<ClaimedDigest, 'attempt' | 'asideMs'>,
  now: number,
): number | null {
  if (!isAppError(error)) return LONGEST_MS;
  if (error.code === 'MAIL_UNAVAILABLE' || error.code === 'CHANNEL_UNAVAILABLE') {
    return Math.max(backoff(attempt), (error.notBefore ?? now) - now);
  }
  if (error.code === 'MAIL_REFUSED' && error.facts.stage === 'message') return null;
  return isForSomebody(error) && asideMs >= MOST_ASIDE_MS ? null : LONGEST_MS;
}

/**
 * Whether it may be this digest alone that cannot go, for what it says or for whom it is: then others are tried. A
 * server that is not there, or does not let us in, takes none.
 */
export function isOwnFault(error: unknown, attempt: number): boolean {
  // A fault of ours met its content.
  if (!isAppError(error)) return true;
  if (isForSomebody(error) || error.facts.stage === 'message') {
    return error.code === 'CHANNEL_REFUSED' || error.code === 'MAIL_REFUSED' || attempt >= PATIENCE;
  }
  const { status } = error.facts;
  const isBroken = typeof status === 'number' && status >= 500;
  return (isBroken || mayHaveArrived(error)) && attempt >= PATIENCE;
}

/** The server has looked at recipient or chat. */
function isForSomebody({ code, facts }: AppError): boolean {
  return code === 'CHANNEL_REFUSED' || facts.stage === 'recipient';
}

/** Whether the receiver may have taken the digest although it failed for us: then it may come twice, unchanged. */
export function mayHaveArrived(error: unknown): boolean {
  return isAppError(error) && error.facts.unclear === true;
}
