import { describe, expect, test } from 'vitest';
import { methodRetired } from '../../../../src/domain/anomaly/method-retired.js';
import { newsOf } from '../../../../src/domain/anomaly/rules.js';
import { applied, FEED, failed, held } from './snapshots.js';

const RETIRED = { code: 'API_RETIRED', message: '/v4/product/info/stocks: HTTP 404, method was removed' };

describe('method-retired', () => {
  test('a method that is switched off is critical, and says what to do', () => {
    const [finding, ...others] = methodRetired(failed(RETIRED));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      rule: 'method-retired',
      state: 'raised',
      severity: 'critical',
      fingerprint: `method-retired:${FEED}`,
      evidence: { reason: RETIRED.message },
    });
    expect(finding?.text.ru).toContain('OZON_PATHS');
    expect(finding?.text.ru).toContain('product-stocks');
    expect(finding?.text.en).toContain(RETIRED.message);
  });

  test('Wildberries has a setting of its own', () => {
    const [finding] = methodRetired(
      failed({ ...RETIRED, feed: 'wildberries:a:wb-warehouses', source: 'wildberries' }),
    );
    expect(finding?.text.ru).toContain('WB_PATHS');
    expect(finding?.text.en).toContain('WB_PATHS');
  });

  test('what the marketplace answered neither breaks the line nor fills the mail', () => {
    const [finding] = methodRetired(failed({ ...RETIRED, message: `gone\r\nBcc: x${'y'.repeat(5000)}` }));
    expect(finding?.text.en).not.toMatch(/[\r\n]/);
    expect(finding?.text.en.length).toBeLessThan(800);
    expect(finding?.evidence.reason?.length).toBeLessThanOrEqual(300);
  });

  test.each(['API_UNAVAILABLE', 'API_LIMITED', 'api_retired', ''])(
    'a read that broke off with %j says nothing',
    (code) => {
      expect(methodRetired(failed({ code }))).toEqual([]);
    },
  );

  test('the next read that works resolves it, in whole or in part; a held one says nothing', () => {
    for (const snapshot of [applied(), applied({ first: true }), applied({ partial: true })]) {
      expect(methodRetired(snapshot)).toMatchObject([
        { state: 'resolved', fingerprint: `method-retired:${FEED}`, evidence: {} },
      ]);
    }
    expect(methodRetired(held())).toEqual([]);
  });

  test('hour after hour it is one incident', () => {
    const findings = [failed(RETIRED), failed(RETIRED), applied(), applied(), failed(RETIRED)].flatMap(
      methodRetired,
    );
    expect(newsOf(findings, (one) => one, new Set()).map((one) => one.state)).toEqual([
      'raised',
      'resolved',
      'raised',
    ]);
  });
});
