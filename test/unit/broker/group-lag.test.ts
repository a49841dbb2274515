import { describe, expect, it } from 'vitest';
import { nextOffset, standing } from '../../../src/broker/group-lag.js';

const at = (mark: number, start: number, end: number) => ({
  partition: 0,
  owner: null,
  ...standing(mark, start, end),
});

describe('where a group stands in a partition', () => {
  it.each([
    ['in the midst', 40, 10, 100, { committed: 40, records: 60, oddity: null, next: 40 }],
    ['at the end', 100, 10, 100, { committed: 100, records: 0, oddity: null, next: 100 }],
    [
      'in an empty partition without an offset',
      -1,
      0,
      0,
      { committed: null, records: 0, oddity: null, next: 0 },
    ],
    [
      'with the sentinel for "latest"',
      -1,
      10,
      100,
      { committed: null, records: 90, oddity: 'none', next: 10 },
    ],
    [
      'with the sentinel for "earliest"',
      -2,
      10,
      100,
      { committed: null, records: 90, oddity: 'none', next: 10 },
    ],
    ['behind the beginning of the log', 5, 10, 100, { committed: 5, records: 90, oddity: 'lost', next: 10 }],
    ['beyond the end of the log', 140, 10, 100, { committed: 140, records: 90, oddity: 'beyond', next: 10 }],
  ])('%s', (_, mark, start, end, expected) => {
    const found = at(mark, start, end);
    expect({ ...found, next: nextOffset(found) }).toMatchObject(expected);
  });
});
