import { describe, expect, it } from 'vitest';
import { syncVerdict } from '../../../../src/cli/monitor/last-sync.js';

const NOW = Date.UTC(2026, 10, 23);
const HOUR = 3_600_000;
const OPTIONS = { maxSyncAgeHours: 8, catalogueHours: 24, now: NOW };
const feed = (hours: number | null, endpoint = 'product-stocks') => ({
  ...({
    feed: `ozon:7:${endpoint}`,
    source: 'ozon',
    account: '7',
    endpoint,
    partition: 0,
    failures: 0,
    held: 0,
  } as const),
  completeAt: hours === null ? null : NOW - hours * HOUR,
});
const run = (status: string) => ({
  ...({
    source: 'ozon',
    account: '7',
    status,
    records: 1,
    error: null,
    startedAt: NOW,
    finishedAt: NOW,
  } as const),
});
const of = (feeds: readonly ReturnType<typeof feed>[], status = 'success') =>
  ({ source: 'ozon', account: '7', feeds, run: run(status) }) as const;

describe('the last sync', () => {
  it.each([
    ['fine', [of([feed(1), feed(30, 'product-list')])]],
    ['fine', [of([feed(1)], 'running')]],
    ['degraded', [of([feed(9)])]],
    ['degraded', [of([feed(1), feed(33, 'product-list')])]],
    ['degraded', [of([feed(1)], 'failed')]],
    ['degraded', [of([feed(1)], 'held')]],
    ['degraded', [of([feed(1)]), of([])]],
    ['degraded', [{ ...of([feed(1)]), trouble: { what: 'no such token' } }, of([feed(1)])]],
    ['down', [of([]), of([feed(null)])]],
  ] as const)('is %s', (verdict, syncs) => {
    expect(syncVerdict(syncs, OPTIONS)).toBe(verdict);
  });
});
