import { describe, expect, it } from 'vitest';
import { observationRecords, observations } from '../../../../src/cli/monitor/observations.js';
import { type Part, type PartStatus, partText, verdictOf } from '../../../../src/cli/monitor/part.js';
import { isStale, sourcePart } from '../../../../src/cli/monitor/source-standing.js';
import { RecentEvents } from '../../../../src/consumers/recent-events.js';
import { syncEvent } from '../../../../src/events/sync-event.js';
import type { FeedStanding } from '../../../../src/store/feed-health.js';
import { runBatch } from '../../../../src/streams/run-batch.js';
import { anomalyDetection, findingsOf } from '../../../../src/streams/topologies/anomaly-detection.js';
import { settings } from '../../domain/anomaly/settings.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 23, 8, 30);
const LIMITS = { maxSyncAgeHours: 8, catalogueHours: 24, now: NOW };
const OPTIONS = {
  ...LIMITS,
  locale: 'en',
  maxFailures: 3,
  time: (at: number) => new Date(at).toISOString(),
} as const;

function feed(more: Partial<FeedStanding> = {}): FeedStanding {
  const endpoint = more.endpoint ?? 'product-stocks';
  return {
    ...{ feed: `ozon:7:${endpoint}`, source: 'ozon', account: '7', endpoint, partition: 0 },
    ...{ completeAt: NOW - HOUR, failures: 0, held: 0 },
    ...more,
  };
}
const ozon = (feeds: readonly FeedStanding[], keyExpiresAt: number | null = null) => ({
  ...({
    source: 'ozon',
    account: '7',
    feeds,
    keyExpiresAt,
    deadLetters: 0,
    lag: { records: 0, oldestAt: null },
  } as const),
});
const statusOf = (feeds: readonly FeedStanding[], key: number | null = null) =>
  sourcePart(ozon(feeds, key), OPTIONS).status;

describe('a source', () => {
  it('is as good as its feeds and its key', () => {
    const old = feed({ completeAt: NOW - 9 * HOUR });
    expect(statusOf([feed()])).toBe('ok');
    expect(statusOf([])).toBe('degraded');
    expect(statusOf([old])).toBe('degraded');
    expect(statusOf([feed({ completeAt: null })])).toBe('degraded');
    expect(statusOf([feed({ held: 1 })])).toBe('degraded');
    expect(statusOf([feed({ failures: 3 })])).toBe('degraded');
    expect(statusOf([{ ...old, failures: 3 }])).toBe('down');
    expect(statusOf([{ ...old, failures: 3 }, feed({ endpoint: 'other' })])).toBe('degraded');
    expect(statusOf([feed()], NOW + 8 * DAY)).toBe('ok');
    expect(statusOf([feed()], NOW + 6 * DAY)).toBe('degraded');
    expect(statusOf([feed()], NOW)).toBe('down');
  });

  it('gives a catalogue its own hours besides', () => {
    const catalogue = (hours: number) => feed({ endpoint: 'product-list', completeAt: NOW - hours * HOUR });
    expect(isStale(catalogue(31), LIMITS, NOW)).toBe(false);
    expect(isStale(catalogue(33), LIMITS, NOW)).toBe(true);
    expect(isStale(feed({ completeAt: NOW - 8 * HOUR }), LIMITS, NOW)).toBe(false);
    expect(isStale(feed({ completeAt: NOW - 8 * HOUR - 1 }), LIMITS, NOW)).toBe(true);
  });
});

describe('the verdict', () => {
  const part = (name: string, status: PartStatus): Part => ({
    name,
    title: name,
    status,
    facts: [],
    problems: [],
  });
  const of = (...parts: Part[]) => verdictOf(parts, ['ozon', 'wildberries']);

  it('is down where nothing works, degraded where something does not', () => {
    expect(of(part('database', 'ok'), part('ozon', 'ok'), part('mail', 'unused'))).toBe('fine');
    expect(of(part('database', 'down'), part('ozon', 'ok'))).toBe('down');
    expect(of(part('kafka', 'down'))).toBe('down');
    expect(of(part('ozon', 'down'), part('wildberries', 'ok'))).toBe('degraded');
    expect(of(part('ozon', 'down'), part('wildberries', 'down'))).toBe('down');
    expect(of(part('kafka', 'ok'), part('mail', 'degraded'))).toBe('degraded');
    expect(of(part('sources', 'down'))).toBe('down');
  });

  it('is told with causes and remedies', () => {
    const problems = [{ what: 'a\nb', remedy: 'do c' }, { what: 'd' }];
    expect(partText({ ...part('x', 'degraded'), problems, facts: ['e'] }, 'ru')).toBe(
      '✗ x: a\n    b\n    Что делать: do c\n    d\n    e\n',
    );
    expect(partText({ ...part('x', 'unused'), facts: ['f'] }, 'en')).toBe('– x\n    f\n');
  });
});

describe('what a look says to the rules', () => {
  const said = (...of: Parameters<typeof observations>) =>
    observations(...of).flatMap((event) =>
      findingsOf(event, settings()).map(({ fingerprint, state }) => [state, fingerprint]),
    );

  it('is events that can be read, with ids that fit their column', () => {
    const events = observations(
      [ozon([feed(), feed({ endpoint: 'product-list', completeAt: null })], NOW + DAY)],
      LIMITS,
    );
    for (const { value, headers } of observationRecords(events, 'inventory')) {
      const event = syncEvent.parse(JSON.parse(value));
      expect(event.snapshotId).toMatch(/^observed-[\w-]{1,55}$/);
      expect(headers.ce_id).toMatch(/^observed\//);
    }
  });

  it('names the main feed of a source of which nothing was read', () => {
    const [event] = observations([ozon([])], LIMITS);
    expect(event).toMatchObject({ feed: 'ozon:7:product-stocks', lastSyncAt: null });
    expect(said([ozon([])], LIMITS)).toContainEqual(['raised', 'source-stale:ozon:7:product-stocks']);
  });

  it('tells the key once, whatever the feeds', () => {
    const events = observations(
      [ozon([feed({ endpoint: 'product-list' }), feed(), feed({ endpoint: 'b' })], NOW + DAY)],
      LIMITS,
    );
    expect(events.filter((event) => 'keyExpiresAt' in event).map((event) => event.feed)).toEqual([
      'ozon:7:product-stocks',
    ]);
  });

  it('says nothing of a catalogue that is as old as it may be', () => {
    const list = (hours: number) => feed({ endpoint: 'product-list', completeAt: NOW - hours * HOUR });
    expect(
      said([ozon([feed(), list(20)])], LIMITS).filter(([, print]) => print?.includes('product-list')),
    ).toEqual([]);
    expect(said([ozon([feed(), list(40)])], LIMITS)).toContainEqual([
      'raised',
      'source-stale:ozon:7:product-list',
    ]);
  });

  it('tells what came back after it was over as another incident, within an hour too', async () => {
    const ages = [30, 30, 1, 30];
    const records = ages.flatMap((age, look) =>
      observationRecords(
        observations([ozon([feed({ completeAt: NOW - age * HOUR })])], {
          ...LIMITS,
          now: NOW + look * 60_000,
        }),
        'p',
      ).map(({ key, value, headers }, index) => ({
        ...{ topic: 'p.sync-events.v1', partition: 0, offset: look * 10 + index, timestamp: 0 },
        ...{ key, value: Buffer.from(value), headers },
      })),
    );
    const fresh = new RecentEvents(100).withoutCopies(records);
    const outcomes = await runBatch(fresh, (stream) =>
      anomalyDetection(settings())(stream, async () => new Set<string>()),
    );
    const alerts = outcomes.flatMap((one) => (one.kind === 'alert' ? [one.alert] : []));
    expect(alerts.map(({ state, rule }) => `${state} ${rule}`)).toEqual([
      'raised source-stale',
      'resolved source-stale',
      'raised source-stale',
    ]);
    expect(new Set(alerts.map(({ id }) => id)).size).toBe(3);
  });
});
