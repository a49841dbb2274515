import { describe, expect, it } from 'vitest';
import { PlainTeller } from '../../../../src/cli/sync/plain-teller.js';

const feed = { source: 'ozon', account: '1', endpoint: 'product-stocks' } as const;
const START = Date.UTC(2026, 10, 23, 7, 0, 0);

function told(locale: 'ru' | 'en') {
  const lines: string[] = [];
  let now = START;
  const say = (line: string) => lines.push(line);
  const teller = new PlainTeller({ say, locale, timeZone: 'Europe/Moscow', now: () => now });
  return {
    lines,
    teller,
    at: (ms: number) => {
      now = START + ms;
    },
  };
}

describe('a run told in lines', () => {
  it('says how far it is, once a second at most', () => {
    const { lines, teller, at } = told('en');
    teller.page(feed, { pages: 1, rows: 1, expectedPages: 1_200 });
    at(999);
    teller.page(feed, { pages: 2, rows: 1_001, expectedPages: 1_200 });
    teller.page({ ...feed, endpoint: 'product-list' }, { pages: 1, rows: 2 });
    at(1_000);
    teller.page(feed, { pages: 3, rows: 2_001, expectedPages: 1_200 });
    teller.read('ozon', 2_001);
    teller.applied('ozon');
    expect(lines).toEqual([
      'ozon: stock, page 1 of 1,200, 1 row',
      'ozon: products, page 1, 2 rows',
      'ozon: stock, page 3 of 1,200, 2,001 rows',
      'ozon: read 2,001 rows',
      'ozon: applied',
    ]);
  });

  it('says until when it waits, where anybody would wonder, and once', () => {
    const { lines, teller, at } = told('ru');
    teller.waits('wildberries', 'a', START + 1_900);
    teller.waits('wildberries', 'a', START + 20_000);
    at(500);
    teller.waits('wildberries', 'a', START + 20_400);
    teller.waits('wildberries', 'b', START + 20_500);
    expect(lines).toEqual([
      'wildberries: ждём лимит маркетплейса, 20 с, до 10:00:20',
      'wildberries: ждём лимит маркетплейса, 20 с, до 10:00:20',
    ]);
  });

  it('has its plurals right in Russian', () => {
    const { lines, teller } = told('ru');
    for (const rows of [1, 2, 5, 21]) teller.read('ozon', rows);
    expect(lines.map((line) => line.replace('ozon: прочитано ', ''))).toEqual([
      '1 строка',
      '2 строки',
      '5 строк',
      '21 строка',
    ]);
  });
});
