import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { credentialsRefused } from '../../../../src/domain/anomaly/credentials-refused.js';
import type { Finding } from '../../../../src/domain/anomaly/finding.js';
import { longWait } from '../../../../src/domain/anomaly/long-wait.js';
import { productsVanished } from '../../../../src/domain/anomaly/products-vanished.js';
import { snapshotsFailing } from '../../../../src/domain/anomaly/snapshots-failing.js';
import { tooFewProducts } from '../../../../src/domain/anomaly/too-few-products.js';
import { settings } from './settings.js';
import { applied, FEED, failed, held, incomplete, NOW } from './snapshots.js';

const states = (findings: readonly Finding[]) => findings.map(({ state }) => state);
const HOUR = 3_600_000;

describe('too-few-products', () => {
  const few = (after: number, fields = {}) =>
    tooFewProducts(applied({ products: { before: 60, after }, ...fields }), settings());

  test.each([
    [9, ['raised']],
    [10, ['resolved']],
    [0, ['raised']],
  ])('%i products of at least 10: %j', (after, expected) => {
    expect(states(few(after))).toEqual(expected);
  });

  test('none at all is critical', () => {
    expect(few(9)).toMatchObject([
      { severity: 'warning', fingerprint: `too-few-products:${FEED}`, evidence: { after: 9, threshold: 10 } },
    ]);
    expect(few(0)).toMatchObject([{ severity: 'critical' }]);
  });

  test('a partial read, a first one and later parts say nothing, and 0 switches it off', () => {
    expect(few(3, { partial: true })).toEqual([]);
    expect(few(3, { first: true })).toEqual([]);
    expect(few(3, { part: 2 })).toEqual([]);
    const snapshot = applied({ products: { before: 60, after: 0 } });
    expect(tooFewProducts(snapshot, settings({ minProducts: 0 }))).toEqual([]);
  });
});

describe('products-vanished', () => {
  const vanish = (vanished: number, before: number, fields = {}) =>
    productsVanished(applied({ vanished, products: { before, after: before - vanished }, ...fields }));

  test.each([
    [2, 10, 'resolved'],
    [3, 10, 'raised'],
    [3, 300, 'raised'],
    [3, 301, 'resolved'],
    [99, 10_000, 'resolved'],
    [100, 10_000, 'raised'],
  ])('%i of %i: %s', (vanished, before, state) => {
    expect(states(vanish(vanished, before))).toEqual([state]);
  });

  test('from a quarter on it is critical, and each breach is news', () => {
    expect(vanish(24, 100)).toMatchObject([{ severity: 'warning', evenIfOpen: true }]);
    expect(vanish(25, 100)).toMatchObject([{ severity: 'critical', evidence: { before: 100, after: 75 } }]);
  });

  test('narrower settings, a first read, a partial one or an event without the figure say nothing', () => {
    for (const fields of [
      { rescoped: 1 },
      { first: true },
      { partial: true },
      { part: 2 },
      { vanished: undefined },
    ])
      expect(vanish(50, 100, fields)).toEqual([]);
  });
});

describe('snapshots-failing', () => {
  test('speaks from the set number on, of failed and incomplete reads alike', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), (failures, maxFailures) => {
        const expected = failures >= maxFailures ? ['raised'] : [];
        expect(states(snapshotsFailing(failed({ failures }), settings({ maxFailures })))).toEqual(expected);
        expect(states(snapshotsFailing(incomplete({ failures }), settings({ maxFailures })))).toEqual(
          expected,
        );
      }),
    );
  });

  test('what has a rule of its own, a count nobody knows, or a threshold of 0 says nothing', () => {
    expect(snapshotsFailing(failed({ failures: 9, code: 'API_CREDENTIALS' }), settings())).toEqual([]);
    expect(snapshotsFailing(failed({ failures: 9, code: 'API_RETIRED' }), settings())).toEqual([]);
    expect(snapshotsFailing(failed(), settings())).toEqual([]);
    expect(snapshotsFailing(failed({ failures: 9 }), settings({ maxFailures: 0 }))).toEqual([]);
  });

  test('any applied read resolves it, once; a held one does not', () => {
    expect(states(snapshotsFailing(applied(), settings()))).toEqual(['resolved']);
    expect(states(snapshotsFailing(applied({ partial: true }), settings()))).toEqual(['resolved']);
    expect(snapshotsFailing(applied({ part: 2 }), settings())).toEqual([]);
    expect(snapshotsFailing(held(), settings())).toEqual([]);
  });

  test('the cause stands at the end, on one line and not without end', () => {
    const [finding] = snapshotsFailing(
      failed({ failures: 3, message: `a\r\nb${'c'.repeat(900)}` }),
      settings(),
    );
    expect(finding?.evidence.reason).toMatch(/^a bc{290,}…$/);
    const [gaps] = snapshotsFailing(
      incomplete({ failures: 3, gaps: ['one', 'two', 'three', 'four'] }),
      settings(),
    );
    expect(gaps?.evidence.reason).toBe('one; two; three');
  });
});

describe('credentials-refused', () => {
  test('speaks at once, for the feed, and names the setting', () => {
    const refused = { code: 'API_CREDENTIALS', message: 'HTTP 401\nx' };
    expect(credentialsRefused(failed(refused))).toMatchObject([
      {
        state: 'raised',
        severity: 'critical',
        fingerprint: `credentials-refused:${FEED}`,
        evidence: { reason: 'HTTP 401 x' },
      },
    ]);
    const [wb] = credentialsRefused(
      failed({ ...refused, source: 'wildberries', feed: 'wildberries:1:wb-warehouses' }),
    );
    expect(wb?.text.ru).toContain('WB_API_KEY');
    expect(wb?.text.en).toContain('token');
  });

  test('other failures say nothing, what works resolves', () => {
    expect(credentialsRefused(failed())).toEqual([]);
    expect(credentialsRefused(held())).toEqual([]);
    expect(states(credentialsRefused(applied()))).toEqual(['resolved']);
  });
});

describe('long-wait', () => {
  const wait = (ms: number, fields = {}) =>
    longWait(failed({ code: 'API_LIMITED', at: NOW, notBefore: NOW + ms, ...fields }));

  test('an hour and more is told, less is not', () => {
    expect(wait(HOUR - 1)).toEqual([]);
    expect(wait(HOUR)).toMatchObject([{ state: 'raised', fingerprint: `long-wait:${FEED}` }]);
    expect(wait(5 * HOUR + 60_000)[0]?.text.ru).toContain('подождать 5 ч');
    expect(wait(-HOUR)).toEqual([]);
  });

  test('other codes, and waits whose length is not known, say nothing; a read that works resolves', () => {
    expect(wait(9 * HOUR, { code: 'API_UNAVAILABLE' })).toEqual([]);
    expect(wait(9 * HOUR, { at: undefined })).toEqual([]);
    expect(wait(9 * HOUR, { notBefore: undefined })).toEqual([]);
    expect(states(longWait(applied()))).toEqual(['resolved']);
  });
});
