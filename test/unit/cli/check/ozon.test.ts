import { describe, expect, it } from 'vitest';
import type { Config } from '../../../../config/schema.js';
import { CHECK_WORDS } from '../../../../src/cli/check/check-words.js';
import { checkOzon } from '../../../../src/cli/check/ozon.js';
import { ozonPaths } from '../../../../src/marketplaces/ozon/limits.js';

const NOW = Date.parse('2026-11-23T06:00:00Z');
const CATALOGUE = ['/v4/product/info/stocks', '/v3/product/list', '/v3/product/info/list'];

interface Shop {
  readonly methods: readonly string[];
  readonly role?: string;
  readonly expiresAt?: string;
  readonly paths?: Readonly<Record<string, string>>;
  readonly settings?: Partial<Config['ozon']>;
}

/** Lines of the check, and how often the stock was asked for. */
async function look({ methods, role = 'Product read-only', expiresAt, paths, settings }: Shop) {
  let asked = 0;
  const client = {
    paths: ozonPaths(paths),
    roles: async () => ({ expiresAt, roles: [{ name: role, methods }] }),
    stocks: async () => {
      asked += 1;
      return Promise.reject(new Error('not read in this test'));
    },
  };
  const ozon = { warehouseId: null, fboStocks: 'total', ...settings } as Config['ozon'];
  const work = checkOzon(client, { ozon }, CHECK_WORDS.en, NOW);
  return { lines: await work.catch((error: unknown) => error), asked: () => asked };
}

describe('the check of the Ozon key', () => {
  it('is content with the methods that the settings need, without reading stock', async () => {
    const { lines, asked } = await look({ methods: CATALOGUE, expiresAt: '2027-02-01T00:00:00Z' });
    expect(lines).toEqual([
      'the key may call every method that is needed (1)',
      'key valid until 2027-02-01, 69 days left',
    ]);
    expect(asked()).toBe(0);
  });

  it('does not fail a key for want of names', async () => {
    const { lines } = await look({ methods: ['/v4/product/info/stocks', '/v3/product/list'] });
    expect(lines).toEqual([
      'the key may call every method that is needed (1)',
      'the key may not call /v3/product/info/list: stock is read, products will have no names',
    ]);
  });

  it('points at a key that ends soon, and says nothing of an end that is not told', async () => {
    const soon = await look({ methods: CATALOGUE, expiresAt: '2026-12-06T05:59:59Z' });
    expect(soon.lines).toContain('key valid until 2026-12-06, 12 days left: make a new one soon');
    const unknown = await look({ methods: CATALOGUE, expiresAt: 'some day' });
    expect(unknown.lines).toHaveLength(1);
  });

  it('fails an expired key', async () => {
    const { lines } = await look({ methods: CATALOGUE, expiresAt: '2026-11-22T00:00:00Z' });
    expect(lines).toMatchObject({ code: 'API_CREDENTIALS', message: 'the key expired on 2026-11-22' });
  });

  it.each<[string, Partial<Config['ozon']>, string]>([
    ['warehouses', { warehouseId: 'all' }, '/v2/warehouse/list, /v1/product/info/warehouse/stocks'],
    ['FBO warehouses', { fboStocks: 'warehouses' }, '/v1/product/info/stocks-by-warehouse/fbo'],
    ['FBO analytics', { fboStocks: 'analytics' }, '/v1/analytics/stocks'],
  ])('names the methods that %s need and the key lacks', async (_what, settings, missing) => {
    const { lines } = await look({ methods: CATALOGUE, settings });
    expect(lines).toMatchObject({
      code: 'API_CREDENTIALS',
      message: `the key may not call ${missing}`,
      advice: { ru: { what: `ключу не разрешены методы ${missing}` } },
    });
  });

  it('asks about the paths of OZON_PATHS', async () => {
    const { lines } = await look({ methods: CATALOGUE, paths: { 'product-stocks': '/v5/stocks' } });
    expect(lines).toMatchObject({ message: 'the key may not call /v5/stocks' });
  });

  it('reads one page of stock where the roles do not tell', async () => {
    const { lines, asked } = await look({ methods: ['/v1/actions'], role: 'Admin' });
    expect(lines).toMatchObject({ message: 'not read in this test' });
    expect(asked()).toBe(1);
  });
});
