import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ShopFacts, shopReport } from '../../../../src/streams/report/report.js';
import { stockChart } from '../../../../src/streams/report/report-chart.js';
import { reportHtml } from '../../../../src/streams/report/report-html.js';
import { reportText } from '../../../../src/streams/report/report-text.js';
import { reportView } from '../../../../src/streams/report/report-view.js';

const HOUR = 3_600_000;
const UNTIL = Date.UTC(2026, 10, 23, 9);
const SINCE = UNTIL - 7 * 24 * HOUR;
const span = { since: SINCE, until: UNTIL, dayOf: (at: number) => new Date(at).toISOString().slice(0, 10) };
const hourOf = (hoursAgo: number) => UNTIL / HOUR - hoursAgo;
const product = (productId: string, available: number, more = {}) => ({
  ...{ productId, article: `A-${productId}`, name: `Товар ${productId}`, available },
  ...more,
});
const moved = (productId: string, hoursAgo: number, sold: number, received: number) => ({
  ...{ productId, hour: hourOf(hoursAgo), sold, received },
});
const report = (more: Partial<ShopFacts>) =>
  shopReport(
    {
      ...{ source: 'ozon', account: '7', confirmedAt: UNTIL, products: [], hours: [] },
      runs: { total: 28, succeeded: 27 },
      ...more,
    },
    span,
  );
const options = {
  ...({ locale: 'ru', timeZone: 'Europe/Moscow', since: SINCE, until: UNTIL } as const),
  time: (at: number) => new Date(at).toISOString(),
  day: span.dayOf,
  attached: true,
};

describe('a report', () => {
  it('tells stock, movers and days without stock', () => {
    const { stock, sold, received, up, down, stockOuts, neverInStock, inStock } = report({
      products: [product('1', 0), product('2', 30), product('3', 5), product('4', 0)],
      hours: [moved('1', 36, 8, 0), moved('2', 10, 0, 25), moved('3', 60, 5, 0), moved('3', 12, 0, 5)],
    });
    expect({ stock, sold, received, inStock, neverInStock }).toEqual({
      ...{ stock: { before: 18, after: 35 }, sold: 13, received: 30, inStock: 2, neverInStock: 1 },
    });
    expect(up.map(({ productId, before }) => [productId, before])).toEqual([['2', 5]]);
    expect(down.map(({ productId, before }) => [productId, before])).toEqual([['1', 8]]);
    expect(stockOuts.map(({ productId, daysOut }) => [productId, daysOut])).toEqual([
      ['3', 2],
      ['1', 1.5],
    ]);
  });

  it('tells of a product that has just sold out, although that is no tenth of a day', () => {
    const { stockOuts } = report({ products: [product('1', 0)], hours: [moved('1', 0, 3, 0)] });
    expect(stockOuts).toMatchObject([{ productId: '1', daysOut: 0 }]);
  });

  it('ends every day with what the next begins with', () => {
    const hours = fc.array(
      fc.record({
        productId: fc.constantFrom('1', '2'),
        hour: fc.integer({ min: hourOf(160), max: hourOf(0) }),
        sold: fc.nat(20),
        received: fc.nat(20),
      }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(hours, (some) => {
        const net = some.reduce((sum, { sold, received }) => sum + received - sold, 0);
        // More in stock than ever left, so that no earlier figure would be below nothing.
        const { days, stock } = report({ products: [product('1', 2000), product('2', 2000)], hours: some });
        expect(days).toHaveLength(8);
        expect(days.at(-1)?.stock).toBe(4000);
        expect(stock).toEqual({ before: 4000 - net, after: 4000 });
        let before = stock.before;
        for (const day of days) {
          expect(day.stock).toBe(before + day.received - day.sold);
          before = day.stock;
        }
      }),
    );
  });

  it('is the same in text and HTML, in both languages, and safe from names', () => {
    const evil = product('1', 0, { article: '<b>"&', name: 'x\r\nBcc: y\u202e<script>' });
    const shops = [report({ products: [evil], hours: [moved('1', 30, 4, 0)] })];
    for (const locale of ['ru', 'en'] as const) {
      const view = reportView(shops, { ...options, locale });
      const html = reportHtml(view, { locale, footer: 'f', chart: { cid: 'c@d', alt: 'a' } });
      expect(html).not.toMatch(/<script|<b>"/);
      expect(html).toContain('&lt;b&gt;');
      expect(html).toContain('cid:c@d');
      expect(view.subject).not.toMatch(/[\r\n]/);
      const text = reportText(view);
      expect(text).not.toMatch(/\u202e|^Bcc/m);
      expect(text).toContain(
        locale === 'ru' ? 'успешных 27 из 28 (96,4\u00a0%)' : '27 of 28 succeeded (96.4%)',
      );
    }
  });

  it('names accounts where a marketplace has several, and says so where there is nothing', () => {
    const two = reportView([report({}), report({ account: '8' })], options);
    expect(two.shops.map(({ heading }) => heading)).toEqual(['Ozon 7', 'Ozon 8']);
    expect(reportText(reportView([], options))).toContain('inventory-sync sync');
  });

  it('draws what there is', () => {
    const shops = [report({ account: '<&', products: [product('1', 5)] })];
    const svg = stockChart(shops, 'ru', true) ?? '';
    expect(svg.match(/<rect /g)).toHaveLength(1 + 8);
    expect(svg).not.toContain('<&');
    expect(stockChart(shops, 'ru', false)).not.toContain('<text');
    expect(stockChart([report({})], 'ru', true)).toBeNull();
  });

  it('names in one line what is no longer read', () => {
    const noLongerRead = [
      { source: 'ozon', account: '8' },
      { source: 'wildberries', account: 'a-b' },
    ] as const;
    const { shops, notes } = reportView([report({})], { ...options, noLongerRead });
    expect(shops.map(({ heading }) => heading)).toEqual(['Ozon']);
    expect(notes.at(-1)).toBe('Больше не читаются, в отчёт не вошли: Ozon 8, Wildberries a-b.');
    expect(reportText(reportView([], { ...options, locale: 'en', noLongerRead }))).toContain(
      '\nNo longer read, not in this report: Ozon 8, Wildberries a-b.\n',
    );
    expect(reportView([report({})], options).notes).toHaveLength(1);
  });
});
