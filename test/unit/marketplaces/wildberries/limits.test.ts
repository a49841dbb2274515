import { describe, expect, it } from 'vitest';
import { WB_METHODS, wbPlans } from '../../../../src/marketplaces/wildberries/limits.js';

const sid = 'seller-1';
const personal = wbPlans({ sid, kind: 'personal' }, {});
const base = wbPlans({ sid, kind: 'base' }, {});
const bucketOf = (plans: typeof personal) => (method: keyof typeof personal) => {
  const { intervalMs, burst } = plans[method].bucket;
  return [intervalMs, burst];
};

describe('the limits', () => {
  it('are those of the documents for personal and service tokens', () => {
    expect(WB_METHODS.map(bucketOf(personal))).toEqual([
      [20_000, 1],
      [20_000, 1],
      [600, 5],
      [200, 20],
      [200, 20],
      [60_000, 10],
      [10_000, 3],
    ]);
    expect(WB_METHODS.map(bucketOf(wbPlans({ sid, kind: 'service' }, {})))).toEqual(
      WB_METHODS.map(bucketOf(personal)),
    );
  });

  it('are no wider for base tokens', () => {
    for (const method of WB_METHODS) {
      const { intervalMs, burst } = base[method].bucket;
      expect(intervalMs).toBeGreaterThanOrEqual(personal[method].bucket.intervalMs);
      expect(burst).toBeLessThanOrEqual(personal[method].bucket.burst);
    }
    expect(bucketOf(base)('seller-info')).toEqual([86_400_000, 1]);
    // 150 a minute.
    expect(bucketOf(base)('fbs-stocks')).toEqual([400, 10]);
  });

  it('have a bucket for each seller and method, whatever the token', () => {
    const keys = WB_METHODS.map((method) => personal[method].bucket.key);
    expect(new Set(keys).size).toBe(WB_METHODS.length);
    expect(keys).toContain('wildberries:seller-1:fbs-stocks');
    expect(WB_METHODS.map((method) => base[method].bucket.key)).toEqual(keys);
  });

  it('count a 4XX of marketplace as ten requests', () => {
    expect(WB_METHODS.filter((method) => personal[method].penalty !== undefined)).toEqual([
      'warehouses',
      'fbs-stocks',
    ]);
    expect(personal['fbs-stocks'].penalty).toBe(9);
  });
});
