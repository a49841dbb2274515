import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding, JudgedSnapshot } from '../../../../src/domain/anomaly/finding.js';
import { judge, newsOf, RULES } from '../../../../src/domain/anomaly/rules.js';
import { settings } from './settings.js';
import {
  applied,
  back,
  changed,
  failed,
  gone,
  held,
  incomplete,
  observed,
  pipeline,
  product,
} from './snapshots.js';

function finding(fingerprint: string, state: Finding['state'], evenIfOpen?: true): Finding {
  return {
    rule: 'r',
    severity: 'warning',
    state,
    fingerprint,
    evenIfOpen,
    evidence: {},
    text: { ru: '', en: '' },
  };
}

const news = (findings: readonly Finding[], open: readonly string[] = []) =>
  newsOf(findings, (one) => one, new Set(open)).map((one) => `${one.state} ${one.fingerprint}`);

const anyFinding = fc
  .record({
    fingerprint: fc.constantFrom('a', 'b', 'c'),
    state: fc.constantFrom('raised' as const, 'resolved' as const),
    repeats: fc.boolean(),
  })
  .map(({ fingerprint, state, repeats }) => finding(fingerprint, state, repeats || undefined));
const anyOpen = fc.subarray(['a', 'b', 'c']);

describe('newsOf', () => {
  test('only what is open can be resolved, and only once', () => {
    expect(
      news([finding('a', 'resolved'), finding('b', 'resolved'), finding('a', 'resolved')], ['a']),
    ).toEqual(['resolved a']);
  });

  test('an open incident is not raised again, unless every breach is news', () => {
    expect(news([finding('a', 'raised'), finding('b', 'raised', true)], ['a', 'b'])).toEqual(['raised b']);
  });

  test('what was raised a moment ago is open, what was resolved is not', () => {
    const [up, down] = [finding('a', 'raised'), finding('a', 'resolved')];
    expect(news([down, up, up, down, down, up])).toEqual(['raised a', 'resolved a', 'raised a']);
  });

  test('raised and resolved take turns, and nothing is resolved that was not open', () => {
    fc.assert(
      fc.property(fc.array(anyFinding, { maxLength: 40 }), anyOpen, (findings, open) => {
        const now = new Set(open);
        for (const one of newsOf(findings, (item) => item, new Set(open))) {
          if (one.state === 'resolved') expect(now.delete(one.fingerprint)).toBe(true);
          else {
            expect(now.has(one.fingerprint) && one.evenIfOpen !== true).toBe(false);
            now.add(one.fingerprint);
          }
        }
        // Nothing is lost on the way: the incidents that are open in the end are those of the last findings.
        for (const fingerprint of ['a', 'b', 'c']) {
          const last = findings.findLast((one) => one.fingerprint === fingerprint);
          expect(now.has(fingerprint)).toBe(
            last === undefined ? open.includes(fingerprint) : last.state === 'raised',
          );
        }
      }),
    );
  });

  test('the given set stays as it was', () => {
    const open = new Set(['a']);
    newsOf([finding('a', 'resolved'), finding('b', 'raised')], (one) => one, open);
    expect([...open]).toEqual(['a']);
  });
});

describe('judge', () => {
  const usual = settings();

  test('a quiet snapshot has nothing to raise', () => {
    expect(judge(applied(), usual).filter((one) => one.state === 'raised')).toEqual([]);
  });

  test('a first snapshot raises nothing, whatever it says', () => {
    const count = fc.integer({ min: 0, max: 1_000_000 });
    fc.assert(
      fc.property(count, count, fc.nat(3), (before, after, products) => {
        const ranOut = Array.from({ length: products }, (_, index) => gone(String(index + 1)));
        const findings = judge(applied({ first: true, available: { before, after }, ranOut }), usual);
        expect(findings.filter((one) => one.state === 'raised')).toEqual([]);
      }),
    );
  });

  test('all rules have their say, the feed first', () => {
    const snapshot = applied({
      available: { before: 10, after: 1 },
      ranOut: [gone('1')],
      cameBack: [back('2')],
    });
    expect(judge(snapshot, usual).map((one) => `${one.rule} ${one.state}`)).toEqual([
      'feed-held resolved',
      'method-retired resolved',
      'credentials-refused resolved',
      'source-stale resolved',
      'snapshots-failing resolved',
      'long-wait resolved',
      'total-moved raised',
      'too-few-products resolved',
      'ran-out raised',
      'ran-out resolved',
    ]);
    expect(judge(held(), usual).map((one) => one.rule)).toEqual(['feed-held']);
    expect(judge(failed({ code: 'API_RETIRED' }), usual).map((one) => one.rule)).toEqual(['method-retired']);
    expect(judge(failed(), usual)).toEqual([]);
  });

  test('only what a rule says it needs has anything to do with it', () => {
    const all: readonly JudgedSnapshot[] = [
      applied({ vanished: 5, ranOut: [gone('1')], cameBack: [back('2')] }),
      held(),
      failed({ code: 'API_RETIRED', failures: 9 }),
      failed({ failures: 9 }),
      incomplete({ failures: 9 }),
      observed({ lastSyncAt: null, keyExpiresAt: 0 }),
      pipeline({ deadLetters: 1 }),
      changed([product({ before: 9, after: 1, reserved: { before: 1, after: 20 } })]),
    ];
    for (const rule of RULES) {
      const types = new Set(all.filter((one) => rule.judge(one, usual).length > 0).map(({ type }) => type));
      expect([rule.name, ...[...types].filter((type) => !rule.needs.includes(type))]).toEqual([rule.name]);
    }
  });

  test('says of ten thousand products what it says of each', () => {
    const products = Array.from({ length: 10_000 }, (_, index) =>
      product({ productId: `${index}`, before: 9, after: index % 2 === 0 ? 5 : 0 }),
    );
    const raised = judge(changed(products), usual).filter((one) => one.state === 'raised');
    expect(new Set(raised.map((one) => one.rule))).toEqual(new Set(['low-stock']));
    expect(new Set(raised.map((one) => one.fingerprint)).size).toBe(5000);
  });
});
