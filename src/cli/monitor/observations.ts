import { createHash } from 'node:crypto';
import type { AnomalySettings } from '../../domain/anomaly/finding.js';
import { isCatalogue } from '../../domain/feed.js';
import type { Source } from '../../domain/stock-key.js';
import { EVENT_TYPES, envelope } from '../../events/envelope.js';
import type { SyncEvent } from '../../events/sync-event.js';
import type { RawRecord } from '../../ports/raw-log.js';
import type { FeedStanding } from '../../store/feed-health.js';
import { findingsOf } from '../../streams/topologies/anomaly-detection.js';
import { type AgeLimits, isStale } from './source-standing.js';

const HOUR_MS = 3_600_000;
/** What a source's feed is called before anything was read of it. */
const FIRST_FEED: Readonly<Record<Source, string>> = { ozon: 'product-stocks', wildberries: 'wb-warehouses' };

export interface ObservedSource {
  readonly source: Source;
  readonly account: string;
  readonly feeds: readonly FeedStanding[];
  readonly keyExpiresAt: number | null;
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
    ...sourceEvents(observed, limits),
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
 * The events as records. Their ids are made of the feed, the hour and what the rules say of them: two looks in an
 * hour that come to the same tell it once, and one that comes to something else is heard.
 */
export function observationRecords(
  events: readonly SyncEvent[],
  settings: AnomalySettings,
  prefix: string,
): RawRecord[] {
  return events.map((event) => {
    const said = findingsOf(event, settings).map(({ fingerprint, state }) => `${state}:${fingerprint}`);
    const hour = Math.floor(Date.parse(event.at) / HOUR_MS);
    const digest = createHash('sha256').update(said.join('\n')).digest('hex').slice(0, 16);
    const named = { ...event, snapshotId: `observed-${hour}-${digest}` };
    const id = `observed/${event.feed}/${event.source}/${event.account}/${hour}/${digest}`;
    const headers = envelope({ id, type: EVENT_TYPES.syncEvent, prefix, time: event.at });
    return { key: event.feed, value: JSON.stringify(named), headers };
  });
}
