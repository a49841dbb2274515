import { expect, test } from 'vitest';
import { RecentEvents } from '../../../src/consumers/recent-events.js';
import { syncRecords } from '../../topology/sync-records.js';

test('the oldest are forgotten, the newest are not', () => {
  const records = syncRecords(['a', 'b', 'c', 'd']);
  const recent = new RecentEvents(2);
  recent.remember(records);
  expect(recent.withoutCopies(records).map((record) => record.offset)).toEqual([0, 1]);
});

test('asking changes nothing', () => {
  const records = syncRecords(['a', 'b']);
  const recent = new RecentEvents(10);
  expect(recent.withoutCopies(records)).toEqual(records);
  expect(recent.withoutCopies(records)).toEqual(records);
});
