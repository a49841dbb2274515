import { duration, number, syncCommand } from '../../domain/anomaly/wording.js';
import { isCatalogue } from '../../domain/feed.js';
import type { Source } from '../../domain/stock-key.js';
import type { FeedStanding } from '../../store/feed-health.js';
import { SOURCE_NAMES, SYNC_WORDS } from '../sync/sync-words.js';
import type { Locale } from '../words.js';
import type { Part, Problem } from './part.js';
import { MONITOR_WORDS } from './words.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** From then on an end of a key is a problem; before it is only told. */
const KEY_SOON_MS = 7 * DAY_MS;

export interface AgeLimits {
  readonly maxSyncAgeHours: number;
  readonly catalogueHours: number;
}

/** How old a feed's last complete read may be, in milliseconds: catalogues are not read whole at every sync. */
function ageLimit(feed: Pick<FeedStanding, 'source' | 'endpoint'>, limits: AgeLimits): number {
  const hours = isCatalogue(feed) ? limits.catalogueHours : 0;
  return (limits.maxSyncAgeHours + hours) * HOUR_MS;
}

export function isStale(feed: FeedStanding, limits: AgeLimits, now: number): boolean {
  return feed.completeAt === null || now - feed.completeAt > ageLimit(feed, limits);
}

export interface SourceFacts {
  readonly source: Source;
  readonly feeds: readonly FeedStanding[];
  /** When key or token end, Unix milliseconds; null: not known. */
  readonly keyExpiresAt: number | null;
  /** Why that could not be learned, and whether it is because the key is no good. */
  readonly keyTrouble?: Problem | undefined;
  readonly keyRefused?: boolean | undefined;
}

export interface StandingOptions extends AgeLimits {
  readonly locale: Locale;
  readonly now: number;
  /** FAILURES_THRESHOLD. */
  readonly maxFailures: number;
  /** Unix milliseconds → what people read. */
  readonly time: (at: number) => string;
}

/**
 * A source is down where nothing can be read of it: its key has ended, or all its stock is out of date and its reads
 * fail again and again. Anything less is degraded.
 */
export function sourcePart(facts: SourceFacts, options: StandingOptions): Part {
  const { source, feeds, keyExpiresAt } = facts;
  const { now } = options;
  const words = MONITOR_WORDS[options.locale];
  const told = feeds.map((feed) => feedTold(feed, options));
  const command = syncCommand(source);
  const unread: Problem[] =
    feeds.length === 0 ? [{ what: words.nothingYet, remedy: words.staleRemedy(command) }] : [];
  const key = keyTold(facts, options);
  const problems = [...key.problems, ...unread, ...told.flatMap((one) => one.problems)];
  const stock = feeds.filter((feed) => !isCatalogue(feed));
  const failing = (feed: FeedStanding) => isStale(feed, options, now) && feed.failures >= options.maxFailures;
  const isDown = (keyExpiresAt !== null && keyExpiresAt <= now) || (stock.length > 0 && stock.every(failing));
  return {
    name: source,
    title: SOURCE_NAMES[source],
    status: isDown ? 'down' : problems.length > 0 ? 'degraded' : 'ok',
    problems,
    facts: [...told.flatMap((one) => one.facts), ...key.facts],
    data: {
      feeds: feeds.map((feed) => feedData(feed, options)),
      keyExpiresAt: isoOf(keyExpiresAt),
      keyDaysLeft: keyExpiresAt === null ? null : Math.floor((keyExpiresAt - now) / DAY_MS),
    },
  };
}

interface Told {
  readonly facts: readonly string[];
  readonly problems: readonly Problem[];
}

function feedTold(feed: FeedStanding, options: StandingOptions): Told {
  const { locale, now, time, maxFailures } = options;
  const words = MONITOR_WORDS[locale];
  const name = feedName(feed, locale);
  const command = syncCommand(feed.source);
  const count = (value: number) => number(locale, value);
  const problems: Problem[] = [];
  const age = feed.completeAt === null ? null : duration(locale, now - feed.completeAt);
  if (feed.completeAt === null || age === null)
    problems.push({ what: words.never(name), remedy: words.staleRemedy(command) });
  else if (isStale(feed, options, now)) {
    const limit = duration(locale, ageLimit(feed, options));
    const what = words.stale(name, time(feed.completeAt), age, limit);
    problems.push({ what, remedy: words.staleRemedy(command) });
  }
  if (feed.failures >= maxFailures)
    problems.push({
      what: words.failing(name, count(feed.failures)),
      remedy: words.failingRemedy(command),
    });
  if (feed.held > 0)
    problems.push({ what: words.held(name, count(feed.held)), remedy: words.heldRemedy(command) });
  const isFine = problems.length === 0 && feed.completeAt !== null && age !== null;
  return { problems, facts: isFine ? [words.fresh(name, time(feed.completeAt), age)] : [] };
}

function keyTold(
  { source, keyExpiresAt, keyTrouble, keyRefused }: SourceFacts,
  options: StandingOptions,
): Told {
  const { locale, now, time } = options;
  const words = MONITOR_WORDS[locale];
  const key = words.keys[source];
  if (keyTrouble !== undefined && keyRefused === true) return { facts: [], problems: [keyTrouble] };
  const unknown = keyTrouble === undefined ? [] : [words.keyUnknown(keyTrouble.what)];
  if (keyExpiresAt === null) return { facts: unknown, problems: [] };
  const remedy = words.keyRemedy(source === 'ozon' ? 'OZON_API_KEY' : 'WB_API_KEY');
  if (keyExpiresAt <= now)
    return { facts: [], problems: [{ what: words.keyOver(key, time(keyExpiresAt)), remedy }] };
  const left = words.keyLeft(key, time(keyExpiresAt), duration(locale, keyExpiresAt - now));
  return keyExpiresAt - now <= KEY_SOON_MS
    ? { facts: [], problems: [{ what: left, remedy }] }
    : { facts: [left], problems: [] };
}

export function feedName({ endpoint }: Pick<FeedStanding, 'endpoint'>, locale: Locale): string {
  return SYNC_WORDS[locale].feeds[endpoint] ?? endpoint;
}

/** A feed for programs. */
export function feedData(feed: FeedStanding, options: AgeLimits & { readonly now: number }) {
  const age = feed.completeAt === null ? null : options.now - feed.completeAt;
  return {
    feed: feed.feed,
    completeAt: isoOf(feed.completeAt),
    ageSeconds: age === null ? null : Math.round(age / 1000),
    limitSeconds: Math.round(ageLimit(feed, options) / 1000),
    stale: isStale(feed, options, options.now),
    failures: feed.failures,
    held: feed.held,
  };
}

export function isoOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
