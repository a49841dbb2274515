import { describe, expect, test } from 'vitest';
import { harmless } from '../../../src/cli/dlq/desk.js';
import { futile, outcomeOf } from '../../../src/cli/dlq/verdict.js';
import type { SnapshotStatus } from '../../../src/ports/projection.js';
import type { NewestSnapshot } from '../../../src/store/redrive-standing.js';

const NOW = Date.parse('2026-11-23T10:00:00Z');
const HOUR = 3_600_000;
const newest = (status: SnapshotStatus, fields: Partial<NewestSnapshot> = {}): NewestSnapshot => ({
  ...{ snapshotId: 's2', status, reason: 'why', firstOffset: 100, lastOffset: 110, endedAt: NOW - HOUR },
  ...fields,
});
const letter = (snapshotId: string | null, offset = 105, type: string | null = 'page-chunk') => ({
  said: { type, snapshotId },
  offset,
});
const feed = (snapshot: NewestSnapshot | null) => ({ partition: 3, newest: snapshot });

describe('whether a record that is redriven now can still count', () => {
  test.each([
    ['of the newest, which is open', letter('s2'), newest('open'), null],
    ['of the newest, which is incomplete', letter('s2'), newest('incomplete'), null],
    ['of one that ended days ago', letter('s2'), newest('incomplete', { endedAt: NOW - 73 * HOUR }), 'late'],
    ['of one that is applied', letter('s2'), newest('applied'), 'ended'],
    ['of one that is held back', letter('s2'), newest('held'), 'ended'],
    ['of an older one', letter('s1', 90), newest('open'), 'newer'],
    ['that says nothing, from within the newest', letter(null), newest('incomplete'), null],
    ['that says nothing, from before the newest', letter(null, 99), newest('open'), 'newer'],
    ['of a feed that was never read', letter('s2'), null, null],
    ['that began a snapshot', letter('s2', 100, 'snapshot-started'), newest('open'), 'start'],
    ['that retired the feed', letter(null, 100, 'feed-retired'), newest('open'), 'retirement'],
  ])('one %s', (_name, one, snapshot, expected) => {
    expect(futile(one, feed(snapshot), NOW)).toBe(expected);
  });

  test('one of a feed that nobody knows', () => {
    expect(futile(letter('s2'), null, NOW)).toBeNull();
  });
});

describe('what became of one', () => {
  const sent = new Set([110, 111]);
  test.each([
    ['applied by what was redriven', 's2', newest('applied'), { kind: 'completed' }],
    ['applied before', 's2', newest('applied', { lastOffset: 109 }), { kind: 'stale' }],
    ['held', 's2', newest('held'), { kind: 'held', reason: 'why' }],
    [
      'still incomplete',
      's2',
      newest('incomplete', { lastOffset: 104 }),
      { kind: 'incomplete', reason: 'why' },
    ],
    ['still open', 's2', newest('open', { lastOffset: null }), { kind: 'open' }],
    ['no longer the newest', 's1', newest('open'), { kind: 'stale' }],
    ['unknown', 's1', null, { kind: 'stale' }],
  ] as const)('its snapshot is %s', (_name, snapshotId, snapshot, expected) => {
    expect(outcomeOf(snapshotId, snapshot, sent)).toEqual(expected);
  });
});

test('what would move the cursor of a terminal is spelled out', () => {
  expect(harmless('a\u001b[2Jb\u0007\u202e')).toBe('a\\u001b[2Jb\\u0007\\u202e');
  expect(harmless('a\nb\tё🧺', true)).toBe('a\nb\tё🧺');
  expect(harmless('a\nb')).toBe('a\\u000ab');
});
