import { isCatalogue } from '../../domain/feed.js';
import type { Source } from '../../domain/stock-key.js';
import { EVENT_TYPES, envelope } from '../../events/envelope.js';
import type { SyncEvent } from '../../events/sync-event.js';
import type { RawRecord } from '../../ports/raw-log.js';
import type { FeedStanding } from '../../store/feed-health.js';
import { type AgeLimits, isStale } from './source-standing.js';

/** The feed of a source's stock that is read whatever else is: the first that there is. */
const FIRST_FEED: Readonly<Record<Source, string>> = { ozon: 'product-stocks', wildberries: 'wb-warehouses' };

export interface ObservedSource {
  readonly source: Source;
  readonly account: string;
  readonly feeds: readonly FeedStanding[];
  readonly keyExpiresAt: number | null;
  /** Why key or token is not even tried; undefined where nothing speaks against it. */
  readonly keyRefused?: string | undefined;
  /** Raw records of its feeds that wait, and since when; undefined where nobody could look. */
  readonly lag?: { readonly records: number; readonly oldestAt: number | null } | undefined;
  readonly deadLetters: number;
}

/**
 * What a look at the sources says to the rules. The key is told with one feed only, for it is one key; a catalogue's
 * age only where it is too great, for the rules know but one limit, which is that of stock.
 */
export function observations(
  sources: readonly ObservedSource[],
  limits: AgeLimits & { readonly now: number },
): SyncEvent[] {
  return sources.flatMap((observed) => [
    ...withRefusal(sourceEvents(observed, limits), observed, limits.now),
    ...pipelineEvents(observed, limits),
  ]);
}

function sourceEvents(
  { source, account, feeds, keyExpiresAt }: ObservedSource,
  limits: AgeLimits & { readonly now: number },
): SyncEvent[] {
  const at = new Date(limits.now).toISOString();
  const common = { type: 'source-observed', source, account, at, snapshotId: '' } as const;
  const key = keyExpiresAt === null ? {} : { keyExpiresAt: new Date(keyExpiresAt).toISOString() };
  const unread = `${source}:${account}:${FIRST_FEED[source]}`;
  if (feeds.length === 0) return [{ ...common, feed: unread, lastSyncAt: null, ...key }];
  const bearer = feeds.find((feed) => !isCatalogue(feed)) ?? feeds[0];
  return feeds.flatMap((feed): SyncEvent[] => {
    const isTold = limits.catalogueHours === 0 || !isCatalogue(feed) || isStale(feed, limits, limits.now);
    const age = isTold
      ? { lastSyncAt: feed.completeAt === null ? null : new Date(feed.completeAt).toISOString() }
      : {};
    const more = feed === bearer ? { ...age, ...key } : age;
    return Object.keys(more).length === 0 ? [] : [{ ...common, feed: feed.feed, ...more }];
  });
}

/** That a key or token was not even tried, told with the stock that could not be read for it. */
export function refusal({
  source,
  account,
  reason,
  now,
}: Pick<ObservedSource, 'source' | 'account'> & {
  readonly reason: string;
  readonly now: number;
}): SyncEvent {
  return {
    ...{ type: 'source-observed', source, account, snapshotId: '', at: new Date(now).toISOString() },
    feed: `${source}:${account}:${FIRST_FEED[source]}`,
    keyRefused: reason,
  };
}

/** One event a feed: two of one moment would pass for copies of one. */
function withRefusal(
  events: readonly SyncEvent[],
  { source, account, keyRefused: reason }: ObservedSource,
  now: number,
): readonly SyncEvent[] {
  if (reason === undefined) return events;
  const refused = refusal({ source, account, reason, now });
  if (!events.some(({ feed }) => feed === refused.feed)) return [...events, refused];
  return events.map((event) =>
    event.type === 'source-observed' && event.feed === refused.feed
      ? { ...event, keyRefused: reason }
      : event,
  );
}

function pipelineEvents(
  { source, account, lag, deadLetters }: ObservedSource,
  { now }: { readonly now: number },
): SyncEvent[] {
  if (lag === undefined) return [];
  const oldestAt = lag.oldestAt === null ? null : new Date(lag.oldestAt).toISOString();
  return [
    {
      type: 'pipeline-observed',
      feed: 'pipeline',
      source,
      account,
      snapshotId: '',
      at: new Date(now).toISOString(),
      lag: { records: lag.records, oldestAt },
      deadLetters,
    },
  ];
}

/**
 * The events as records. Each look has ids of its own: two in an hour that find the same trouble tell it once all the
 * same, for the first has opened it, and trouble that came back after it was over is heard.
 */
export function observationRecords(events: readonly SyncEvent[], prefix: string): RawRecord[] {
  return events.map((event, index) => {
    const look = `${Date.parse(event.at)}-${index}`;
    const named = { ...event, snapshotId: `observed-${look}` };
    const id = `observed/${event.feed}/${event.source}/${event.account}/${look}`;
    const headers = envelope({ id, type: EVENT_TYPES.syncEvent, prefix, time: event.at });
    return { key: event.feed, value: JSON.stringify(named), headers };
  });
}
