import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deadLetters } from '../../../../src/domain/anomaly/dead-letters.js';
import type { Finding } from '../../../../src/domain/anomaly/finding.js';
import { keyExpiring } from '../../../../src/domain/anomaly/key-expiring.js';
import { lagGrowing } from '../../../../src/domain/anomaly/lag-growing.js';
import { newsOf } from '../../../../src/domain/anomaly/rules.js';
import { sourceStale } from '../../../../src/domain/anomaly/source-stale.js';
import { settings } from './settings.js';
import { applied, FEED, held, NOW, observed, pipeline } from './snapshots.js';

// What is found by looking at a source or at the pipe, apart from any read.
const states = (findings: readonly Finding[]) => findings.map(({ state }) => state);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('source-stale', () => {
  const look = (lastSyncAt: number | null | undefined) => sourceStale(observed({ lastSyncAt }), settings());

  test('older than allowed, and only older', () => {
    expect(look(NOW - 8 * HOUR)).toMatchObject([{ state: 'resolved' }]);
    expect(look(NOW - 8 * HOUR - 1)).toMatchObject([
      {
        state: 'raised',
        severity: 'critical',
        fingerprint: `source-stale:${FEED}`,
        evidence: { threshold: 8 },
      },
    ]);
  });

  test('never read is stale, not looked at is nothing, and a clock that went back is no alarm', () => {
    expect(look(null)).toMatchObject([{ state: 'raised' }]);
    expect(look(null)[0]?.text.en).toContain('nothing has ever been read');
    expect(look(undefined)).toEqual([]);
    expect(states(look(NOW + HOUR))).toEqual(['resolved']);
  });

  test('a complete read resolves it at once, a partial or held one does not', () => {
    expect(states(sourceStale(applied(), settings()))).toEqual(['resolved']);
    expect(states(sourceStale(applied({ first: true }), settings()))).toEqual(['resolved']);
    expect(sourceStale(applied({ partial: true }), settings())).toEqual([]);
    expect(sourceStale(held(), settings())).toEqual([]);
  });
});

describe('key-expiring', () => {
  const look = (left: number) => keyExpiring(observed({ keyExpiresAt: NOW + left }));
  const said = (left: number) =>
    look(left).map(({ state, fingerprint }) => `${state} ${fingerprint.slice(13)}`);

  test('raises the narrowest step that is reached, and resolves those that are not', () => {
    expect(said(15 * DAY)).toEqual(['resolved ozon:123:14', 'resolved ozon:123:7', 'resolved ozon:123:1']);
    expect(said(14 * DAY)).toEqual(['raised ozon:123:14', 'resolved ozon:123:7', 'resolved ozon:123:1']);
    expect(said(5 * DAY)).toEqual(['raised ozon:123:7', 'resolved ozon:123:1']);
    expect(said(DAY)).toEqual(['raised ozon:123:1']);
    expect(said(-40 * DAY)).toEqual(['raised ozon:123:1']);
  });

  test('severity grows, and what is over is called over', () => {
    expect([14, 7, 1].map((days) => look(days * DAY)[0]?.severity)).toEqual(['info', 'warning', 'critical']);
    expect(look(-1)[0]?.text.ru).toContain('истёк');
    expect(look(3 * DAY)[0]?.text.en).toContain('in 3 days');
  });

  test('each step is told once however often it is looked at, and renewal resolves all that was told', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), (hoursBetween) => {
        const looks: Finding[] = [];
        for (let left = 20 * DAY; left > -DAY; left -= hoursBetween * HOUR) looks.push(...look(left));
        const news = newsOf(looks, (one) => one, new Set<string>());
        expect(news.map(({ fingerprint }) => fingerprint.split(':').at(-1))).toEqual(['14', '7', '1']);
        const open = new Set(news.map(({ fingerprint }) => fingerprint));
        expect(states(newsOf(look(90 * DAY), (one) => one, open))).toEqual([
          'resolved',
          'resolved',
          'resolved',
        ]);
      }),
    );
  });

  test('where nobody knows when it expires nothing is said', () => {
    expect(keyExpiring(observed())).toEqual([]);
  });
});

describe('dead-letters and lag-growing', () => {
  test('one dead letter is enough, a day without resolves it', () => {
    expect(deadLetters(pipeline({ deadLetters: 1 }))).toMatchObject([
      { state: 'raised', fingerprint: 'dead-letters:pipeline:ozon:123', evidence: { after: 1 } },
    ]);
    expect(states(deadLetters(pipeline()))).toEqual(['resolved']);
    expect(deadLetters(applied())).toEqual([]);
  });

  test.each([
    [null, ['resolved']],
    [0, ['resolved']],
    [5, ['resolved']],
    [6, []],
    [15, []],
    [16, ['raised']],
    [-5, ['resolved']],
  ])('oldest record waits %j minutes: %j', (minutes, expected) => {
    const oldestAt = minutes === null ? null : NOW - minutes * MINUTE;
    expect(states(lagGrowing(pipeline({ lag: { records: 7, oldestAt } })))).toEqual(expected);
  });
});
