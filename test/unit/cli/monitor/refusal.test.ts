import { expect, it } from 'vitest';
import { observationRecords, observations } from '../../../../src/cli/monitor/observations.js';
import { syncEvent } from '../../../../src/events/sync-event.js';

const NOW = Date.UTC(2026, 10, 23, 8, 30);
const LIMITS = { maxSyncAgeHours: 8, catalogueHours: 24, now: NOW };
const feed = (endpoint: string) => ({
  ...({ feed: `wildberries:a-b:${endpoint}`, source: 'wildberries', account: 'a-b', endpoint } as const),
  ...{ partition: 0, completeAt: NOW - 3_600_000, failures: 0, held: 0 },
});
const told = (...endpoints: string[]) => {
  const shop = {
    source: 'wildberries',
    account: 'a-b',
    feeds: endpoints.map(feed),
    keyExpiresAt: null,
  } as const;
  const events = observations([{ ...shop, keyRefused: 'no token', deadLetters: 0 }], LIMITS);
  const records = observationRecords(events, 'inventory');
  // Two of one feed and one moment would pass for copies of one.
  expect(new Set(records.map(({ headers }) => headers.ce_id)).size).toBe(records.length);
  return records.flatMap(({ value }) => {
    const event = syncEvent.parse(JSON.parse(value));
    return event.type === 'source-observed'
      ? [[event.feed.split(':')[2], event.keyRefused, event.lastSyncAt]]
      : [];
  });
};

it('a refused token is told with the stock that is always read, beside the age of every feed', () => {
  const at = new Date(NOW - 3_600_000).toISOString();
  expect(told('fbs-stocks', 'wb-warehouses')).toEqual([
    ['fbs-stocks', undefined, at],
    ['wb-warehouses', 'no token', at],
  ]);
  expect(told('fbs-stocks')).toEqual([
    ['fbs-stocks', undefined, at],
    ['wb-warehouses', 'no token', undefined],
  ]);
  expect(told()).toEqual([['wb-warehouses', 'no token', null]]);
});
