import { describe, expect, test } from 'vitest';
import { pointInTime } from '../../../../src/cli/replay/point-in-time.js';
import { replayRequest } from '../../../../src/cli/replay/request.js';

const NOW = Date.parse('2026-11-23T10:00:00.000Z');
const HOUR = 3_600_000;

describe('a point in time, as kafka-consumer-groups takes it', () => {
  test.each([
    ['2026-11-22T10:00:00.000', '2026-11-22T10:00:00.000Z'],
    ['2026-11-22T10:00:00.5Z', '2026-11-22T10:00:00.500Z'],
    ['2026-11-22T10:00', '2026-11-22T10:00:00.000Z'],
    ['2026-11-22T10:00:00+0300', '2026-11-22T07:00:00.000Z'],
    ['2026-11-22T10:00:00.123-05:30', '2026-11-22T15:30:00.123Z'],
    ['2026-11-22T10:00:00+03', '2026-11-22T07:00:00.000Z'],
  ])('%s', (text, iso) => {
    expect(new Date(pointInTime(text)).toISOString()).toBe(iso);
  });

  test.each([
    'yesterday',
    '2026-11-22',
    '2026-02-30T10:00:00',
    '2026-11-22T25:00:00',
    '2026-11-22 10:00:00',
    '',
  ])('not %j', (text) => {
    expect(() => pointInTime(text)).toThrow('Expected a time such as');
  });
});

describe('what replay is asked for', () => {
  test('since when, and of which feeds', () => {
    expect(replayRequest({ fromBeginning: true }, NOW)).toEqual({
      ...{ kind: 'new', ask: { since: { kind: 'beginning' }, sources: undefined, feed: undefined } },
      asked: '--from-beginning',
    });
    expect(replayRequest({ byDuration: 2 * HOUR, source: 'wb' }, NOW)).toMatchObject({
      ask: { since: { kind: 'time', at: NOW - 2 * HOUR }, sources: ['wildberries'] },
      asked: '--by-duration PT7200S --source wb',
    });
    expect(replayRequest({ toDatetime: NOW, feed: 'ozon:1:product-list' }, NOW)).toMatchObject({
      asked: '--to-datetime 2026-11-23T10:00:00.000Z --feed ozon:1:product-list',
    });
    expect(replayRequest({ snapshot: 's1', source: 'all' }, NOW)).toMatchObject({
      ask: { since: { kind: 'snapshot', id: 's1' }, sources: ['ozon', 'wildberries'] },
    });
    expect(replayRequest({ resume: 3, acceptAbsences: true }, NOW)).toEqual({
      kind: 'resume',
      generation: 3,
    });
  });

  test('where another group is to read on', () => {
    const reset = (options: Record<string, unknown>) => replayRequest({ resetGroup: 'g', ...options }, NOW);
    expect(reset({ toEarliest: true })).toEqual({
      ...{ kind: 'reset', group: 'g', topic: { name: 'stock-changes', partitions: null } },
      to: { kind: 'earliest' },
    });
    expect(reset({ shiftBy: -5, topic: 'alerts:0,2' })).toMatchObject({
      ...{ topic: { name: 'alerts', partitions: [0, 2] }, to: { kind: 'shift', by: -5 } },
    });
    expect(reset({ toCurrent: true })).toMatchObject({ to: { kind: 'current' } });
    expect(reset({ toOffset: 0 })).toMatchObject({ to: { kind: 'offset', offset: 0 } });
    expect(reset({ byDuration: HOUR })).toMatchObject({ to: { kind: 'time', at: NOW - HOUR } });
    expect(reset({ toLatest: true })).toMatchObject({ to: { kind: 'latest' } });
  });

  test.each([
    [{}, 'one of --from-beginning, --to-datetime'],
    [{ fromBeginning: true, snapshot: 's' }, 'only one of'],
    [{ fromBeginning: true, toEarliest: true }, '--to-earliest goes only with --reset-group'],
    [{ fromBeginning: true, topic: 'x' }, '--topic goes only with --reset-group'],
    [{ resume: 1, source: 'ozon' }, '--source goes only with a new replay'],
    [{ resetGroup: 'g' }, 'one of --to-earliest'],
    [{ resetGroup: 'g', toEarliest: true, topic: 'alerts:x' }, 'alerts:x is neither a topic'],
    [{ resetGroup: 'g', toEarliest: true, topic: ':1' }, ':1 is neither a topic'],
    [{ resetGroup: 'g', toLatest: true, toOffset: 3 }, 'only one of'],
    [{ resetGroup: 'g', toLatest: true, fromBeginning: true }, '--from-beginning goes only with'],
  ])('%j is refused', (options, message) => {
    expect(() => replayRequest(options, NOW)).toThrow(expect.objectContaining({ code: 'USAGE' }));
    expect(() => replayRequest(options, NOW)).toThrow(message);
  });
});
