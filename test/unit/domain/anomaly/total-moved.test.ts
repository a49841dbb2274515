import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { totalMoved } from '../../../../src/domain/anomaly/total-moved.js';
import { settings } from './settings.js';
import { applied, FEED, failed, held } from './snapshots.js';

const judge = (before: number, after: number, threshold = 0.1) =>
  totalMoved(applied({ available: { before, after } }), settings({ threshold }));
const figure = fc.integer({ min: 0, max: 10_000_000 });

describe('total-moved', () => {
  test('says by how much, from what to what, in both languages', () => {
    const [finding, ...others] = judge(12_400, 7192);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      rule: 'total-moved',
      state: 'raised',
      severity: 'warning',
      fingerprint: `total-moved:${FEED}`,
      evidence: { before: 12_400, after: 7192, threshold: 0.1 },
    });
    expect(finding?.text.ru).toBe(
      'Ozon: остаток упал на 42,0\u00a0%: было 12\u00a0400 шт., стало 7\u00a0192 шт. (выгрузка product-stocks)',
    );
    expect(finding?.text.en).toBe(
      'Ozon: stock fell by 42.0%: 12,400 units before, 7,192 units now (feed product-stocks)',
    );
  });

  test('a rise is an alert too, and has no upper end', () => {
    const [finding] = judge(10, 35);
    expect(finding).toMatchObject({ state: 'raised', severity: 'critical' });
    expect(finding?.text.ru).toContain('вырос на 250,0\u00a0%');
  });

  test.each([
    [100, 90, 0.1, 'resolved'],
    [100, 89, 0.1, 'raised'],
    [100, 110, 0.1, 'resolved'],
    [100, 111, 0.1, 'raised'],
    [3, 2, 0.3333333333333333, 'resolved'],
    [10, 7, 0.3, 'resolved'],
    [1000, 711, 0.289, 'resolved'],
  ])('%i → %i at %d: %s', (before, after, threshold, state) => {
    expect(judge(before, after, threshold).map((finding) => finding.state)).toEqual([state]);
  });

  test('exactly the threshold is no alert, whatever the figures', () => {
    const perMille = fc.integer({ min: 0, max: 999 });
    fc.assert(
      fc.property(perMille, fc.integer({ min: 1, max: 9_000_000 }), fc.boolean(), (share, size, up) => {
        const before = 1000 * size;
        const after = before + (up ? share : -share) * size;
        expect(judge(before, after, Number(`0.${String(share).padStart(3, '0')}`))[0]?.state).toBe(
          'resolved',
        );
      }),
    );
  });

  test('raises beyond the threshold and only there', () => {
    fc.assert(
      fc.property(figure, figure, fc.integer({ min: 0, max: 100 }), (before, after, percent) => {
        const raised = judge(before, after, percent / 100).some((finding) => finding.state === 'raised');
        // In whole numbers, where nothing is rounded.
        expect(raised).toBe(
          before > 0 && BigInt(Math.abs(after - before)) * 100n > BigInt(percent) * BigInt(before),
        );
      }),
    );
  });

  test('critical above one half, not at it', () => {
    expect(judge(100, 50)[0]?.severity).toBe('warning');
    expect(judge(100, 49)[0]?.severity).toBe('critical');
  });

  test('from zero there is nothing to compare: stock that comes resolves, zero that stays says nothing', () => {
    expect(judge(0, 500).map((finding) => finding.state)).toEqual(['resolved']);
    expect(judge(0, 0)).toEqual([]);
    expect(judge(500, 0)).toMatchObject([{ state: 'raised', severity: 'critical' }]);
  });

  test('the first snapshot, later parts and held snapshots are none of its business', () => {
    const available = { before: 100, after: 1 };
    const usual = settings();
    expect(totalMoved(applied({ available, first: true }), usual)).toEqual([]);
    expect(totalMoved(applied({ available, part: 2 }), usual)).toEqual([]);
    expect(totalMoved(held(), usual)).toEqual([]);
    expect(totalMoved(failed(), usual)).toEqual([]);
  });

  test('where the settings cover less, or only what is new was read, the figures compare nothing', () => {
    const usual = settings();
    fc.assert(
      fc.property(figure, figure, fc.integer({ min: 1, max: 1000 }), (before, after, rescoped) => {
        expect(totalMoved(applied({ available: { before, after }, rescoped }), usual)).toEqual([]);
        expect(totalMoved(applied({ available: { before, after }, partial: true }), usual)).toEqual([]);
      }),
    );
    const available = { before: 100, after: 1 };
    expect(totalMoved(applied({ available, rescoped: 0, partial: false }), usual)).toHaveLength(1);
  });
});
