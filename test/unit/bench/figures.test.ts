import { describe, expect, it } from 'vitest';
import {
  losses,
  OURS,
  type Run,
  ratiosOf,
  ratioTo,
  spreadOf,
  verdicts,
} from '../../../bench/projection/figures.js';

const run = (round: number, contender: string, seconds: number, of = 'unchanged', rows = 100): Run => ({
  ...{ round, contender, seconds, rows, case: of },
  peakMb: undefined,
  cpu: { own: 0, mysqld: undefined, kafka: undefined },
});

describe('spreadOf', () => {
  it('takes the middle value of an odd number, in whatever order', () => {
    expect(spreadOf([9, 1, 5])).toEqual({ median: 5, least: 1, greatest: 9 });
  });

  it('takes the mean of the two middle ones of an even number, and sorts by size', () => {
    expect(spreadOf([100, 9, 20, 10])).toEqual({ median: 15, least: 9, greatest: 100 });
  });

  it('has no answer for nothing', () => {
    expect(() => spreadOf([])).toThrow(RangeError);
  });
});

describe('ratioTo', () => {
  it('divides within each round before it takes the median', () => {
    // By rounds: 2, 4, 3. The medians of both by themselves would give 2.
    const runs = [
      ...[run(1, OURS, 1), run(1, 'A', 2)],
      ...[run(2, OURS, 10), run(2, 'A', 40)],
      ...[run(3, 'A', 1.5), run(3, OURS, 0.5)],
    ];
    expect(ratioTo('A', 'unchanged', runs)).toBe(3);
  });

  it('compares rates, as lists may differ by some rows', () => {
    expect(ratioTo('A', 'unchanged', [run(1, OURS, 1, 'unchanged', 300), run(1, 'A', 1)])).toBe(3);
  });

  it('takes no round or case in which only one of both ran', () => {
    const runs = [run(1, OURS, 1), run(2, 'A', 2), run(1, 'A', 2, 'first seen')];
    expect(ratioTo('A', 'unchanged', runs)).toBeUndefined();
  });
});

it('ratios are kept by case and contender, to three digits', () => {
  const runs = [run(1, OURS, 3), run(1, 'A', 2), run(1, 'C', 0.03), run(1, OURS, 1, 'first seen')];
  expect(ratiosOf(runs)).toEqual({ unchanged: { A: 0.667, C: 0.01 }, 'first seen': {} });
});

describe('losses', () => {
  const before = { unchanged: { A: 4, C: 0.4 } };

  it('lets a ratio fall by 15 %, and rise', () => {
    expect(losses(before, { unchanged: { A: 3.4, C: 0.9 } })).toEqual([]);
  });

  it('names each that fell further', () => {
    expect(losses(before, { unchanged: { A: 3, C: 0.1 } })).toEqual([
      'unchanged × A: was 4, is 3 (25 % less)',
      'unchanged × C: was 0.4, is 0.1 (75 % less)',
    ]);
  });

  it('does not take what was not measured for unharmed', () => {
    expect(losses(before, { unchanged: { A: 4 } })).toEqual([
      'unchanged × C: was 0.4, is no longer measured',
    ]);
    expect(losses(before, {})).toHaveLength(2);
  });
});

it('a target is met at its very figure; what was not measured has no verdict', () => {
  const targets = [
    { case: 'unchanged', contender: 'A', atLeast: 4 },
    { case: 'unchanged', contender: 'C', atLeast: 0.5 },
    { case: 'first seen', contender: 'E', atLeast: 0.3 },
  ];
  expect(verdicts(targets, { unchanged: { A: 4, C: 0.499 } }).map(({ isMet }) => isMet)).toEqual([
    true,
    false,
  ]);
});
