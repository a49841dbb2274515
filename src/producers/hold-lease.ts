import { AppError, type BilingualAdvice, messageOf } from '../errors.js';
import type { FeedRegistry } from '../ports/feed-registry.js';
import type { Logger } from '../ports/logger.js';

/** Renewals in the time of one lease. */
const BEATS = 3;

const ADVICE: BilingualAdvice = {
  en: {
    what: 'Another run is reading the same marketplace account.',
    remedy: 'Wait until the other run has ended, then start again.',
  },
  ru: {
    what: 'Остатки этого кабинета сейчас читает другой запуск.',
    remedy: 'Дождитесь, пока он закончится, и запустите снова.',
  },
};

export interface LeaseDeps {
  readonly registry: FeedRegistry;
  /** Names this run in the leases, in words for whoever is kept out by them; no two runs at a time share it. */
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
 * Does the work while holding the leases of all these feeds, and gives them back however the work ends. Runs that
 * take leases in the same order never keep each other out of everything.
 *
 * @param work is handed a signal that fires, with a RUN_BUSY error, when one of the leases is lost
 * @throws AppError RUN_BUSY where another run holds one of them; whatever the registry or the work throws
 */
export async function holdLeases<T>(
  feeds: readonly LeasedFeed[],
  deps: LeaseDeps,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const held: LeasedFeed[] = [];
  let stop: (() => Promise<void>) | undefined;
  try {
    for (const feed of feeds) {
      if (!(await lease(feed, deps))) throw await busy(feed, deps);
      held.push(feed);
    }
    const lost = new AbortController();
    stop = renewing(feeds, deps, lost);
    return await work(lost.signal);
  } finally {
    await stop?.();
    for (const feed of held.toReversed()) await giveBack(feed, deps);
  }
}

/**
 * Renews by timer, all of them each time. A renewal that fails is tried again at the next beat; the leases count as
 * lost when they were not all renewed in their time. The returned function stops that and waits for a renewal under
 * way, which would otherwise take a lease again after it was given back.
 */
function renewing(feeds: readonly LeasedFeed[], deps: LeaseDeps, lost: AbortController): () => Promise<void> {
  let beatsSinceRenewal = 0;
  let underWay: Promise<void> | null = null;
  const renew = async () => {
    let failed = false;
    for (const feed of feeds) {
      try {
        if (!(await lease(feed, deps))) lost.abort(await busy(feed, deps));
      } catch (error) {
        failed = true;
        deps.logger?.warn({ feed: feed.name, error }, 'the lease could not be renewed');
      }
    }
    if (!failed) beatsSinceRenewal = 0;
    underWay = null;
  };
  const stopTimer = (deps.every ?? everyReal)((deps.leaseSeconds * 1000) / BEATS, () => {
    beatsSinceRenewal += 1;
    if (beatsSinceRenewal >= BEATS) lost.abort(expired(feeds));
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

function lease({ feedId }: LeasedFeed, { registry, owner, leaseSeconds }: LeaseDeps): Promise<boolean> {
  return registry.lease(feedId, owner, leaseSeconds);
}

async function giveBack(feed: LeasedFeed, { registry, owner, logger }: LeaseDeps): Promise<void> {
  try {
    await registry.release(feed.feedId, owner);
  } catch (error) {
    logger?.warn({ feed: feed.name, error }, 'the lease could not be given back; it runs out by itself');
  }
}

async function busy({ feedId, name }: LeasedFeed, deps: LeaseDeps): Promise<AppError> {
  const holder = await deps.registry.holder(feedId).catch((error: unknown) => {
    deps.logger?.info({ feed: name }, `who holds the lease cannot be said: ${messageOf(error)}`);
    return null;
  });
  if (holder === null) return runBusy(`${name}: another run is reading it`, { feed: name });
  const until = new Date(holder.until).toISOString();
  return runBusy(`${name}: "${holder.owner}" is reading it; its lease lasts until ${until} unless renewed`, {
    feed: name,
    owner: holder.owner,
    until,
  });
}

function expired(feeds: readonly LeasedFeed[]): AppError {
  const feed = feeds.map(({ name }) => name).join(', ');
  return runBusy(`${feed}: the lease could not be renewed in time`, { feed });
}

function runBusy(message: string, facts: Readonly<Record<string, string>>): AppError {
  return new AppError('RUN_BUSY', message, { advice: ADVICE, facts });
}
