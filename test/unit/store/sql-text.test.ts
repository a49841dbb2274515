import { describe, expect, test } from 'vitest';
import { bounded } from '../../../src/store/statements/sql-text.js';

describe('texts of one statement', () => {
  test('are cut by count and by length, in order, and a long one goes alone', () => {
    expect([...bounded(['a', 'b', 'c'], 2, 100)]).toEqual([['a', 'b'], ['c']]);
    expect([...bounded(['aa', 'bb', 'ccccccc', 'd'], 10, 4)]).toEqual([['aa', 'bb'], ['ccccccc'], ['d']]);
    expect([...bounded([], 2, 4)]).toEqual([]);
  });
});
