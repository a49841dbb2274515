import { describe, expect, it } from 'vitest';
import type { Config } from '../../../../config/schema.js';
import { checkWildberries } from '../../../../src/cli/check/wildberries.js';
import { readToken, type WbCategory } from '../../../../src/marketplaces/wildberries/token.js';
import { SID, wbToken } from '../../marketplaces/support/wb-token.js';

const NOW = Date.parse('2026-11-23T06:00:00Z');
const DAY_S = 24 * 60 * 60;
const BITS: Readonly<Record<WbCategory, number>> = { content: 1, analytics: 2, marketplace: 4 };

interface Shop {
  readonly categories?: readonly WbCategory[];
  readonly days?: number;
  readonly acc?: number;
  readonly fbsStocks?: Config['wildberries']['fbsStocks'];
  readonly supplierId?: string;
  readonly locale?: 'ru' | 'en';
}

/** Lines of the check, and the hosts that were pinged. */
async function look(shop: Shop = {}) {
  const categories = shop.categories ?? ['content', 'analytics', 'marketplace'];
  const mask = categories.reduce((sum, category) => sum + 2 ** BITS[category], 0);
  const exp = NOW / 1000 + (shop.days ?? 100) * DAY_S + 60;
  const text = wbToken({ exp, s: mask, acc: shop.acc ?? 3 });
  const pinged: string[] = [];
  const client = {
    token: readToken({ reveal: () => text }, NOW),
    sellerInfo: async () => ({ name: 'ИП Иванов', sid: SID }),
    ping: async (host: string) => void pinged.push(host),
  };
  const { fbsStocks = 'auto', supplierId = null } = shop;
  const wildberries = { fbsStocks, supplierId } as Config['wildberries'];
  const work = checkWildberries(client, { wildberries }, shop.locale ?? 'en', NOW);
  return { lines: await work.catch((error: unknown) => error), pinged };
}

describe('the check of the Wildberries token', () => {
  it('names the seller and the last day, and pings the hosts in use', async () => {
    const { lines, pinged } = await look();
    expect(lines).toEqual([`seller ИП Иванов (${SID})`, 'token valid until 2027-03-03, 100 days left']);
    expect(pinged).toEqual(['analytics', 'content', 'marketplace']);
  });

  it.each(['report', 'off'] as const)('does not ping the marketplace with WB_FBS_STOCKS=%s', async (fbs) => {
    expect((await look({ fbsStocks: fbs })).pinged).toEqual(['analytics', 'content']);
  });

  it('tells what the token lacks and may do without', async () => {
    const { lines, pinged } = await look({ categories: ['analytics'], acc: 1, days: 3, supplierId: '77' });
    expect(pinged).toEqual(['analytics']);
    expect(lines).toEqual([
      expect.stringContaining('seller'),
      'token valid until 2026-11-26, 3 days left: make a new one soon',
      expect.stringContaining('base token'),
      expect.stringContaining('lacks the category Content'),
    ]);
  });

  it('says in the language of the reader that WB_SUPPLIER_ID is another seller', async () => {
    const supplierId = '00000000-0000-4000-8000-000000000000';
    const { lines } = await look({ supplierId, locale: 'ru' });
    expect(lines).toContain(
      `WB_SUPPLIER_ID=${supplierId}, а токен выдан продавцу ${SID}: читаются остатки продавца из токена`,
    );
  });

  it('fails a token that lacks what WB_FBS_STOCKS asks for, before any request', async () => {
    const { lines, pinged } = await look({ categories: ['analytics', 'content'], fbsStocks: 'marketplace' });
    expect(lines).toMatchObject({ code: 'API_CREDENTIALS', remedy: expect.stringContaining('Marketplace') });
    expect(pinged).toEqual([]);
  });

  it('hands a token that ends soon to whoever wants to warn of it', async () => {
    const text = wbToken({ exp: NOW / 1000 + 3 * DAY_S + 60, s: 2 ** BITS.analytics, acc: 3 });
    const client = {
      token: readToken({ reveal: () => text }, NOW),
      sellerInfo: async () => ({ name: 'ИП Иванов', sid: SID }),
      ping: async () => undefined,
    };
    const warned: string[] = [];
    const wildberries = { fbsStocks: 'off', supplierId: null } as Config['wildberries'];
    const lines = await checkWildberries(client, { wildberries }, 'en', NOW, (line) => warned.push(line));
    expect(warned).toEqual(['token valid until 2026-11-26, 3 days left: make a new one soon']);
    expect(lines.join()).not.toContain('valid until');
  });
});
