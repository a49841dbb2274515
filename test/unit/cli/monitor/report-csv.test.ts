import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { harmless, reportCsv } from '../../../../src/cli/monitor/report-csv.js';
import { shopReport } from '../../../../src/streams/report/report.js';

const NOW = Date.UTC(2026, 10, 23);
const span = {
  since: NOW - 86_400_000,
  until: NOW,
  dayOf: (at: number) => new Date(at).toISOString().slice(0, 10),
};
const shop = (products: readonly { productId: string; article: string; name: string; available: number }[]) =>
  shopReport(
    {
      ...{ source: 'ozon', account: '7', confirmedAt: NOW, hours: [], runs: { total: 1, succeeded: 1 } },
      products,
    },
    span,
  );
const textOf = (content: Uint8Array) => Buffer.from(content).toString('utf8');

describe('the table for Excel', () => {
  it('has a byte order mark, semicolons, Windows line ends and decimal commas', () => {
    const { content } = reportCsv(
      [shop([{ productId: '1', article: 'A;1', name: 'say "so"', available: 0 }])],
      'ru',
    );
    expect([...content.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const [, line] = textOf(content).split('\r\n');
    expect(line).toBe('Ozon;7;"A;1";"say ""so""";1;0;0;0;0;0;1');
    expect(textOf(reportCsv([shop([])], 'en').content)).toContain('Marketplace;Account;');
  });

  it('is no formula, whatever the names', () => {
    for (const text of ['=1+1', '+7', '-1', '@x', '\t=cmd', ' =x', '\r\n=x', '＝1'])
      expect(harmless(text)).toMatch(/^'/);
    for (const text of ['a=1', 'x-y', "'", '']) expect(harmless(text)).toBe(text);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(harmless(text)).not.toMatch(/^[=+\-@\t\r\n]/);
        expect(harmless(text)).not.toMatch(/[\r\n]/);
      }),
    );
  });

  it('says how many products it had no room for', () => {
    const products = Array.from({ length: 20_001 }, (_, index) => ({
      ...{ productId: String(index), article: '', name: '', available: 1 },
    }));
    expect(reportCsv([shop(products)], 'ru')).toMatchObject({ shown: 20_000, all: 20_001 });
  });
});
