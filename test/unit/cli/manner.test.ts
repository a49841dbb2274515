import { afterEach, describe, expect, it } from 'vitest';
import { isPlain, isWatched, printPlainly } from '../../../src/cli/manner.js';
import { table } from '../../../src/cli/sync/table.js';

const terminal = { isTTY: true };
const pipe = { isTTY: false };
afterEach(() => printPlainly(false));

describe('plain printing', () => {
  it('is for whoever asks, has no terminal, a dumb one, or wants no colour', () => {
    expect(isPlain(terminal, { TERM: 'xterm' })).toBe(false);
    expect(isPlain(terminal, { TERM: 'xterm', NO_COLOR: '' })).toBe(false);
    expect(isPlain(terminal, { NO_COLOR: '1' })).toBe(true);
    expect(isPlain(terminal, { TERM: 'dumb' })).toBe(true);
    expect(isPlain(pipe, { TERM: 'xterm' })).toBe(true);
    printPlainly(true);
    expect(isPlain(terminal, { TERM: 'xterm' })).toBe(true);
  });

  it('tells what to do next only where a person sees all of it', () => {
    expect(isWatched(terminal, terminal)).toBe(true);
    expect(isWatched(pipe, terminal)).toBe(false);
    expect(isWatched(terminal, pipe)).toBe(false);
  });

  it('names the columns in every row, only where it is asked for', () => {
    const rows = [
      ['Source', 'Outcome', 'Rows'],
      ['Ozon', 'success', '2,000'],
      ['Wildberries', '', '46'],
    ];
    expect(table(rows, 2)).toBe(
      'Source       Outcome   Rows\nOzon         success  2,000\nWildberries              46\n',
    );
    printPlainly(true);
    expect(table(rows, 2)).toBe(
      'Source: Ozon; Outcome: success; Rows: 2,000\nSource: Wildberries; Rows: 46\n',
    );
  });
});
