import { describe, expect, test } from 'vitest';
import type { StockRow } from '../../../src/domain/stock-change.js';
import { NO_STOCK } from '../../../src/domain/stock-level.js';
import type { PartitionPlace } from '../../../src/ports/partition-processor.js';
import type { ChangeRow } from '../../../src/ports/projection.js';
import { ledgerStatements } from '../../../src/store/statements/append-ledger.js';
import { levelStatements } from '../../../src/store/statements/upsert-levels.js';

const observedAt = '2026-01-02T03:04:05.006Z';
const PLACE: PartitionPlace = {
  ...{ topic: 't', incarnation: 4, life: 1, partition: 2, checkpoint: 0, logStart: 0 },
};

function rowOf(productId: string, seq: number, warehouseId = '507'): StockRow {
  return { productId, scheme: 'fbw', warehouseId, level: NO_STOCK, seq, closed: false, openedIn: 9 };
}

function keysOf(statement: string): string[] {
  return [...statement.matchAll(/\(0,(\d+),(\d+),'fbw','(\d*)',0,0,0,0,0,(\d+),/g)].map(
    ([, feed, product, warehouse, seq]) => `${feed}/${product}/${warehouse}#${seq}`,
  );
}

describe('levels', () => {
  const keys = (rows: readonly [feedId: number, row: StockRow][]) =>
    [...levelStatements(rows.map(([feedId, row]) => ({ feedId, row, observedAt })))].map(keysOf);

  test('go in the order of their keys, whatever order they come in, ids by their number', () => {
    const sorted = ['1/9/507#1', '1/10/1#1', '1/10/507#1', '2/3/507#1', '10/1/507#1'];
    const rows: [number, StockRow][] = [
      [1, rowOf('9', 1)],
      [1, rowOf('10', 1, '1')],
      [1, rowOf('10', 1)],
      [2, rowOf('3', 1)],
      [10, rowOf('1', 1)],
    ];
    expect(keys(rows)).toEqual([sorted]);
    expect(keys([...rows].reverse())).toEqual([sorted]);
  });

  test('are written once a key, as the newest row has it', () => {
    expect(
      keys([
        [1, rowOf('5', 1)],
        [1, rowOf('4', 1)],
        [1, rowOf('5', 2)],
        [1, rowOf('5', 3)],
        [1, rowOf('4', 2)],
      ]),
    ).toEqual([['1/4/507#2', '1/5/507#3']]);
    expect(
      keys([
        [1, rowOf('5', 1)],
        [1, rowOf('5', 2)],
      ]),
    ).toEqual([['1/5/507#2']]);
  });

  test('of a thousand rows make a statement', () => {
    const rows = Array.from({ length: 2_001 }, (_, at): [number, StockRow] => [1, rowOf(`${at + 1}`, 1)]);
    expect(keys(rows).map(({ length }) => length)).toEqual([1_000, 1_000, 1]);
    expect(keys([])).toEqual([]);
  });
});

describe('ledger', () => {
  const first: ChangeRow = {
    ...{ offset: 7, index: 0, feedId: 1, snapshot: 6, observedAt, offerId: undefined, name: undefined },
    step: { op: 'c', before: null, row: rowOf('5', 1) },
  };
  const [one] = [...ledgerStatements(PLACE, [first])];

  test('names no column of which nothing is said', () => {
    expect(one).not.toMatch(/before_|reason|offer_id|name/);
    expect(one).toContain("(4,2,7,0,1,5,'fbw','507','c',0,0,0,0,0,1,6,'2026-01-02 03:04:05.006')");
  });

  test('names a column for all rows when one says something', () => {
    const gone: ChangeRow = {
      ...{ ...first, index: 1, offerId: 'a\'"b', name: 'Имя' },
      step: { op: 'd', before: { ...NO_STOCK, available: 3 }, reason: 'absent', row: rowOf('6', 2) },
    };
    const [both] = [...ledgerStatements(PLACE, [first, gone])];
    expect(both).toContain(",'2026-01-02 03:04:05.006',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL),(");
    expect(both).toContain(",'2026-01-02 03:04:05.006',0,0,3,0,0,'absent','a\\'\\\"b','Имя')");
  });
});
