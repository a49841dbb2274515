import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from './lab.js';

describe('a method that the marketplace has switched off', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start('cli_retired', { ozonProducts: 20, wbProducts: 20 });
    expect(await lab.run(['sync'])).toMatchObject({ code: 0 });
  });
  afterAll(() => lab.close());

  const alerts = () =>
    lab.db.query(
      "SELECT rule, state, severity, feed FROM alerts WHERE rule = 'method-retired' ORDER BY feed",
    );

  it.each([
    ['ozon', '/v4/product/info/stocks', 'product-stocks', 'OZON_PATHS'],
    ['wb', '/api/analytics/v1/stocks-report/wb-warehouses', 'wb-warehouses', 'WB_PATHS'],
  ] as const)(
    'is not tried again, raises an alert, and is over when it answers (%s)',
    async (source, path, endpoint, setting) => {
      lab.simulator.faults.inject({ kind: 'retired', match: path, rate: 1 });
      lab.simulator.clearRequests();
      const mails = lab.sink.messages().length;
      const failed = await lab.run(['sync', `--source=${source}`], { API_RETRY_COUNT: '3' });
      expect(failed.code).not.toBe(0);
      expect(lab.simulator.requests().filter((request) => request.path === path)).toHaveLength(1);
      expect(await alerts()).toContainEqual(
        expect.objectContaining({
          state: 'open',
          severity: 'critical',
          feed: expect.stringContaining(endpoint),
        }),
      );
      const [mail] = lab.sink.messages().slice(mails);
      expect(mail?.text).toContain(setting);
      const [run] = await lab.runs();
      expect(run).toMatchObject({ error_code: 'API_RETIRED' });

      lab.simulator.faults.clear();
      expect(await lab.run(['sync', `--source=${source}`])).toMatchObject({ code: 0 });
      expect(await alerts()).toContainEqual(
        expect.objectContaining({ state: 'resolved', feed: expect.stringContaining(endpoint) }),
      );
    },
  );
});
