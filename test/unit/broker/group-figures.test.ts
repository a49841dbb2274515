import { describe, expect, it } from 'vitest';
import { standing } from '../../../src/broker/group-figures.js';

describe('where a group stands', () => {
  it.each([
    ['inside of the log', 7, 2, 10, 7, 3],
    ['at its end', 10, 2, 10, 10, 0],
    ['without an offset', -1, 2, 10, null, 8],
    ['with a client’s sentinel', -2, 2, 10, null, 8],
    ['before the log: the rest is lost', 1, 5, 10, 1, 5],
    ['beyond the log: it was made anew', 99, 0, 10, 99, 10],
  ])('%s', (_, mark, start, end, committed, records) => {
    expect(standing(mark, start, end)).toEqual({ committed, start, end, records });
  });
});
