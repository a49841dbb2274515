/** CPU seconds, user and system together; undefined where the system does not tell. */
export interface CpuSeconds {
  readonly own: number;
  readonly mysqld: number | undefined;
  readonly kafka: number | undefined;
}

/** One contender's work on one case in one round. */
export interface Run {
  readonly round: number;
  readonly case: string;
  readonly contender: string;
  readonly rows: number;
  readonly seconds: number;
  /** The greatest resident size of the contender's process during the run. */
  readonly peakMb: number | undefined;
  readonly cpu: CpuSeconds;
}

/** The worker that is measured; all others are what it is measured by. */
export const OURS = 'worker';

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

/** @throws RangeError where there is nothing to choose from */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => {
    const value = sorted[index];
    if (value === undefined) throw new RangeError('a spread of no values');
    return value;
  };
  const middle = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    least: at(0),
    greatest: at(sorted.length - 1),
  };
}

export function rowsPerSecond({ rows, seconds }: Run): number {
  return rows / seconds;
}

/**
 * How many times a contender's rows per second the worker's are: the quotient within each round, where both met the
 * same load, and the median of these. Undefined where they never ran in the same round.
 */
export function ratioTo(contender: string, of: string, runs: readonly Run[]): number | undefined {
  const quotients = runs
    .filter((run) => run.case === of && run.contender === OURS)
    .flatMap((own) => {
      const other = runs.find(
        (run) => run.case === of && run.contender === contender && run.round === own.round,
      );
      return other === undefined ? [] : [rowsPerSecond(own) / rowsPerSecond(other)];
    });
  return quotients.length === 0 ? undefined : spreadOf(quotients).median;
}

/** Case → contender → ratio. */
export type Ratios = Readonly<Record<string, Readonly<Record<string, number>>>>;

export function ratiosOf(runs: readonly Run[]): Ratios {
  const cases = new Set(runs.filter(({ contender }) => contender === OURS).map((run) => run.case));
  const others = new Set(runs.map(({ contender }) => contender).filter((name) => name !== OURS));
  return Object.fromEntries(
    [...cases].map((of) => [
      of,
      Object.fromEntries(
        [...others].flatMap((contender) => {
          const ratio = ratioTo(contender, of, runs);
          return ratio === undefined ? [] : [[contender, Number(ratio.toPrecision(3))]];
        }),
      ),
    ]),
  );
}

/** What `--save` keeps. Ratios of lists of another length are others, so the length belongs to them. */
export interface Baseline {
  readonly rows: number;
  readonly ratios: Ratios;
}

/** By how much a ratio may fall before it counts as a loss: what runs on a shared machine differ by. */
const ALLOWED_FALL = 0.15;

/** One line for each ratio of the baseline that has fallen by more than is allowed, or is no longer measured. */
export function losses(before: Ratios, now: Ratios): string[] {
  return Object.entries(before).flatMap(([of, contenders]) =>
    Object.entries(contenders).flatMap(([contender, was]) => {
      const is = now[of]?.[contender];
      const name = `${of} × ${contender}`;
      if (is === undefined) return [`${name}: was ${was}, is no longer measured`];
      if (is >= was * (1 - ALLOWED_FALL)) return [];
      return [`${name}: was ${was}, is ${is} (${Math.round((1 - is / was) * 100)} % less)`];
    }),
  );
}

export interface Target {
  readonly case: string;
  readonly contender: string;
  readonly atLeast: number;
  /** What would be better still. */
  readonly aim?: number;
}

export interface Verdict extends Target {
  readonly ratio: number;
  readonly isMet: boolean;
}

/** Targets of which both sides were measured. */
export function verdicts(targets: readonly Target[], ratios: Ratios): Verdict[] {
  return targets.flatMap((target) => {
    const ratio = ratios[target.case]?.[target.contender];
    return ratio === undefined ? [] : [{ ...target, ratio, isMet: ratio >= target.atLeast }];
  });
}
