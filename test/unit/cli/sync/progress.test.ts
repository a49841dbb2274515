import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Board } from '../../../../src/cli/sync/progress/board.js';
import { progressLines, type View } from '../../../../src/cli/sync/progress/lines.js';

const stock = { source: 'ozon', account: '1', endpoint: 'product-stocks' } as const;
const list = { ...stock, endpoint: 'product-list' } as const;
const wb = { source: 'wildberries', account: 'sid', endpoint: 'wb-warehouses' } as const;
const START = Date.UTC(2026, 10, 23, 7, 0, 0);

function board() {
  let now = START;
  const made = new Board(() => now);
  return {
    board: made,
    at: (seconds: number) => {
      now = START + seconds * 1000;
    },
  };
}

const view = (more: Partial<View> = {}): View => ({
  ...{ now: START + 30_000, columns: 100, locale: 'en', timeZone: 'Europe/Moscow', color: false },
  ...more,
});

/** Ozon's stock half read, its list still to come, WB read to its end and being applied. */
function scene(): Board {
  const { board: it, at } = board();
  it.planned('ozon', [stock, list]);
  it.planned('wildberries', [wb]);
  it.began(stock);
  it.began(wb);
  it.page(stock, { pages: 25, rows: 25_000, expectedPages: 50 });
  it.page(wb, { pages: 1, rows: 1 });
  at(5);
  it.ended(wb, true);
  it.read('wildberries');
  at(30);
  return it;
}

describe('the lines of a run', () => {
  it('show what is read, how much of it, and how long it will take', () => {
    expect(progressLines(scene().progress, view())).toEqual([
      '▸ Ozon: stock                 ━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌  50 %  page 25 of 50  25,000 rows  left 0:30',
      '· Ozon: products              waits for its turn',
      '✓ Wildberries: WB warehouses  page 1  1 row  0:05',
      '  Wildberries: being applied to the tables',
    ]);
  });

  it('speak Russian', () => {
    const [first, second, third, fourth] = progressLines(scene().progress, view({ locale: 'ru' }));
    expect(first).toMatch(
      /^▸ Ozon: остатки {11}━+╌+ {2}50 % {2}стр\. 25 из 50 {2}25\s000 строк {2}осталось 0:30$/,
    );
    expect(second).toMatch(/^· Ozon: товары +ждёт очереди$/);
    expect(third).toMatch(/^✓ Wildberries: склады WB {2}стр\. 1 {2}1 строка {2}0:05$/);
    expect(fourth).toBe('  Wildberries: записываем в таблицы');
  });

  it('go by the products where the pages are not known, and tell nothing where neither is', () => {
    const { board: it, at } = board();
    it.began(stock);
    it.page(stock, { pages: 1, rows: 1_000, announcedProducts: 4_000 });
    it.began(list);
    it.page(list, { pages: 3, rows: 2_400 });
    at(10);
    const lines = progressLines(it.progress, view({ now: START + 10_000 }));
    expect(lines[0]).toMatch(/25 % {2}page 1 {2}1,000 rows {2}left 0:30$/);
    expect(lines[1]).toBe('▸ Ozon: products  page 3  2,400 rows');
  });

  it('say until when a limit keeps a request waiting, and no longer', () => {
    const { board: it, at } = board();
    it.waits('wildberries', 'wildberries:sid:cards', START + 75_000);
    // The usual pace of a method is not worth a line.
    it.waits('wildberries', 'wildberries:sid:fbs-stocks', START + 600);
    expect(it.progress.waits).toHaveLength(1);
    at(15);
    expect(progressLines(it.progress, view({ now: START + 15_000 }))).toEqual([
      "  Wildberries: waiting for the marketplace's limit until 10:01:15 (1:00)",
    ]);
    at(75);
    expect(it.progress.waits).toEqual([]);
    it.waits('wildberries', 'b', START + 200_000);
    it.over('wildberries');
    expect(it.progress.waits).toEqual([]);
  });

  it('mark what broke off', () => {
    const { board: it } = board();
    it.began(stock);
    it.page(stock, { pages: 2, rows: 2_000 });
    it.ended(stock, false);
    expect(progressLines(it.progress, view())).toEqual(['✗ Ozon: stock  page 2  2,000 rows  0:00']);
  });

  it('are coloured where that is wanted, and read the same', () => {
    const coloured = progressLines(scene().progress, view({ color: true }));
    expect(coloured.join('\n')).toContain('\u001b[36m━');
    expect(coloured.map((line) => stripVTControlCharacters(line))).toEqual(
      progressLines(scene().progress, view()),
    );
  });

  it('give up the end first where the terminal is narrow, and never wrap', () => {
    const [narrow] = progressLines(scene().progress, view({ columns: 50 }));
    expect(narrow).toBe('▸ Ozon: stock                 50 %  page 25 of 50');
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 200 }),
        fc.boolean(),
        fc.constantFrom('ru', 'en'),
        (columns, color, locale) => {
          const it = scene();
          it.waits('ozon', 'ozon:1:all', START + 90_000);
          for (const line of progressLines(it.progress, view({ columns, color, locale }))) {
            expect(stripVTControlCharacters(line).length).toBeLessThan(columns);
          }
        },
      ),
    );
  });
});
