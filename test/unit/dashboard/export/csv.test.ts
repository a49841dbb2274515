import { describe, expect, it } from 'vitest';
import type { BoardProduct } from '../../../../src/dashboard/board/contract.js';
import { productColumns } from '../../../../src/dashboard/export/columns.js';
import { productDownload } from '../../../../src/dashboard/export/download.js';
import { LOCALES, type Locale } from '../../../../src/domain/anomaly/wording.js';
import { boardProduct } from '../board/products.js';

const NOW = Date.parse('2026-11-23T09:05:00Z');

async function csv(products: readonly BoardProduct[], locale: Locale = 'ru'): Promise<string> {
  const { body } = productDownload('csv', products, { locale, timeZone: 'Europe/Moscow', now: NOW });
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}

/** The value of a column in the only row. */
async function value(
  product: BoardProduct,
  title: string,
  locale: Locale = 'en',
): Promise<string | undefined> {
  const [head = '', ...rows] = (await csv([product], locale)).replace('\uFEFF', '').split('\r\n');
  return rows.join('\r\n').split(';')[head.split(';').indexOf(title)];
}

describe('products as CSV', () => {
  it('begins with a byte order mark, and has semicolons and CRLF', async () => {
    const text = await csv([boardProduct()]);
    expect(Buffer.from(text, 'utf8').subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    const [head, row, end, ...rest] = text.split('\r\n');
    expect(head?.slice(1)).toMatch(/^Маркетплейс;Кабинет;Артикул;Название;ID товара;/);
    expect(row).toMatch(/^Ozon;1001;TEA-1;Чай;7;/);
    expect([end, rest]).toEqual(['', []]);
    expect(head?.split(';')).toHaveLength(row?.split(';').length ?? 0);
  });

  it.each(LOCALES)('has a title for each column in %s, no two alike', (locale) => {
    const titles = productColumns(locale).map(({ title }) => title);
    expect(titles.every((title) => title !== '')).toBe(true);
    expect(new Set(titles).size).toBe(titles.length);
    expect(titles).toHaveLength(24);
  });

  it.each(['=1+1', '+7', '-5 шт.', '@SUM(A1)', '\t=1', ' =1', '\r@x', '＝1', '\nx'])(
    'lets %j begin no formula',
    async (offerId) => {
      const said = await value(boardProduct({ offerId }), 'Article');
      expect(said?.replace(/^"|"$/g, '')).toBe(`'${offerId}`);
    },
  );

  it('leaves figures figures, those below zero too, and texts as they are', async () => {
    expect(await value(boardProduct({ available: -3 }), 'Available')).toBe('-3');
    expect(await value(boardProduct({ name: 'a-b=c' }), 'Name')).toBe('a-b=c');
    expect(await value(boardProduct({ productId: '9007199254740993' }), 'Product ID')).toBe(
      '9007199254740993',
    );
    expect(await value(boardProduct({ name: null }), 'Name')).toBe('');
  });

  it('quotes what would break a row', async () => {
    const text = await csv([boardProduct({ name: 'a;"b"\r\nc' })], 'en');
    expect(text).toContain(';"a;""b""\r\nc";');
  });

  it('writes decimals so that Excel in Russian makes no date of them', async () => {
    const product = boardProduct({ daysOfStock: 3.46, changedAt: NOW });
    expect(await value(product, 'Хватит на дней', 'ru')).toBe('3,5');
    expect(await value(product, 'Days of stock')).toBe('3.5');
    expect(await value(product, 'Changed')).toBe('2026-11-23 12:05');
  });

  it('has a file name without anything that a header would choke on', () => {
    const { fileName } = productDownload('xlsx', [], { locale: 'ru', timeZone: 'UTC', now: NOW });
    expect(fileName).toBe('stock-2026-11-23-0905.xlsx');
  });

  it('makes no more than is read', async () => {
    let asked = 0;
    const watched = Object.defineProperty(boardProduct(), 'account', {
      get: () => {
        asked += 1;
        return '1001';
      },
    });
    const many = Array.from({ length: 50_000 }, () => watched);
    const { body } = productDownload('csv', many, { locale: 'ru', timeZone: 'UTC', now: NOW });
    await new Promise((resolve) => body.once('readable', resolve));
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThan(10_000);
    body.destroy();
  });
});
