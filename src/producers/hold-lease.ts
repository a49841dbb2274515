import { AppError } from '../errors.js';
import type { FeedRegistry } from '../ports/feed-registry.js';
import type { Logger } from '../ports/logger.js';

/** Renewals in the time of one lease. */
const BEATS = 3;

export interface LeaseDeps {
  readonly registry: FeedRegistry;
  /** Names this run in the lease. */
  readonly owner: string;
  /** How long a lease lasts without being renewed; it is renewed three times as often. */
  readonly leaseSeconds: number;
  /** Calls back every so many milliseconds until the returned function is called. */
  readonly every?: ((ms: number, callback: () => void) => () => void) | undefined;
  readonly logger?: Logger | undefined;
}

export interface LeasedFeed {
  readonly feedId: number;
  /** Feed id in words, for messages. */
  readonly name: string;
}

/**
 * Does the work while holding the feed's lease, and gives it back however the work ends.
 *
 * @param work is handed a signal that fires, with a RUN_BUSY error, when the lease is lost
 * @throws AppError RUN_BUSY where another run holds the lease; whatever the work throws
 */
export async function holdLease<T>(
  feed: LeasedFeed,
  deps: LeaseDeps,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { registry, owner, leaseSeconds, logger } = deps;
  if (!(await registry.lease(feed.feedId, owner, leaseSeconds)))
    throw busy(feed, 'another run is reading it');
  const lost = new AbortController();
  const stop = renewing(feed, deps, lost);
  try {
    return await work(lost.signal);
  } finally {
    await stop();
    try {
      await registry.release(feed.feedId, owner);
    } catch (error) {
      logger?.warn({ feed: feed.name, error }, 'the lease could not be given back; it runs out by itself');
    }
  }
}

/**
 * Renews by timer. A renewal that fails is tried again at the next beat; the lease counts as lost when it was not
 * renewed in its time. The returned function stops that and waits for a renewal under way, which would otherwise
 * take the lease again after it was given back.
 */
function renewing(feed: LeasedFeed, deps: LeaseDeps, lost: AbortController): () => Promise<void> {
  let beatsSinceRenewal = 0;
  let underWay: Promise<void> | null = null;
  const renew = async () => {
    try {
      if (await deps.registry.lease(feed.feedId, deps.owner, deps.leaseSeconds)) beatsSinceRenewal = 0;
      else lost.abort(busy(feed, 'another run took it over'));
    } catch (error) {
      deps.logger?.warn({ feed: feed.name, error }, 'the lease could not be renewed');
    }
    underWay = null;
  };
  const stopTimer = (deps.every ?? everyReal)((deps.leaseSeconds * 1000) / BEATS, () => {
    beatsSinceRenewal += 1;
    if (beatsSinceRenewal >= BEATS) lost.abort(busy(feed, 'its lease could not be renewed in time'));
    if (!lost.signal.aborted) underWay ??= renew();
  });
  return async () => {
    stopTimer();
    await underWay;
  };
}

function everyReal(ms: number, callback: () => void): () => void {
  const timer = setInterval(callback, ms);
  return () => clearInterval(timer);
}

function busy({ name }: LeasedFeed, why: string): AppError {
  return new AppError('RUN_BUSY', `${name}: ${why}`, {
    remedy: 'Wait until the other run has ended, then start again.',
    facts: { feed: name },
  });
}
