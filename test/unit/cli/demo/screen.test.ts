import { expect, test } from 'vitest';
import { alignedRows, secondsOf } from '../../../../src/cli/demo/screen.js';

test('columns are as wide as they must be, and figures end at the right', () => {
  const rows = alignedRows([
    ['source', 'count', 'last'],
    ['ozon', '2000', 'a 1'],
    ['wildberries', '46', 'b'],
  ]);
  expect(rows.map((row) => row.join('|'))).toEqual([
    'source     |count|last',
    'ozon       | 2000|a 1 ',
    'wildberries|   46|b   ',
  ]);
});

test('a table without rows is its head', () => {
  expect(alignedRows([['a', 'b']])).toEqual([['a', 'b']]);
});

test('seconds in the reader’s way of writing', () => {
  expect([secondsOf(2_449, 'ru'), secondsOf(2_449, 'en')]).toEqual(['2,4 с', '2.4 s']);
});
