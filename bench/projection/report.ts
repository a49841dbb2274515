import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { RIVALS, TARGETS } from './cases.js';
import {
  type Baseline,
  losses,
  OURS,
  type Ratios,
  type Run,
  ratiosOf,
  rowsPerSecond,
  spreadOf,
  verdicts,
} from './figures.js';

const NAME_WIDTH = 30;
const NOTHING = '–';

/** Everything that was measured: the worker by case beside the ratios, and those that it is measured by. */
export function printRuns(runs: readonly Run[]): void {
  const ratios = ratiosOf(runs);
  const heads = ['rows/s', 'min', 'max', '× A', '× C', '× E', 'peak MB', 'CPU s own/mysqld/kafka'];
  console.log(line('case', heads));
  for (const [of, own] of Object.entries(ratios)) {
    const some = runs.filter((run) => run.case === of && run.contender === OURS);
    console.log(
      line(
        of,
        cells(
          some,
          ['A', 'C', 'E'].map((name) => own[name]),
        ),
      ),
    );
  }
  for (const [name, what] of Object.entries(RIVALS)) {
    const all = runs.filter((run) => run.contender === name);
    if (all.length === 0) continue;
    console.log(`${name}: ${what}`);
    const isFirst = (run: Run) => run.case === runs[0]?.case;
    console.log(line('  first seen', cells(all.filter(isFirst), [])));
    console.log(
      line(
        '  known rows, time moving',
        cells(
          all.filter((run) => !isFirst(run)),
          [],
        ),
      ),
    );
  }
}

export function printVerdicts(ratios: Ratios): void {
  for (const { case: of, contender, atLeast, aim, ratio, isMet } of verdicts(TARGETS, ratios)) {
    const aimed = aim === undefined ? '' : `, aim ${aim}: ${ratio >= aim ? 'yes' : 'no'}`;
    console.log(`${isMet ? 'yes' : 'NO '}  ${of}: ${ratio} × ${contender}, at least ${atLeast}${aimed}`);
  }
}

export function saveBaseline(file: string, baseline: Baseline): void {
  writeFileSync(file, `${JSON.stringify(baseline, null, 2)}\n`);
  console.log(`written: ${file}`);
}

/** Prints what has become slower than the baseline allows; answers whether nothing has. */
export function holdsAgainst(file: string, { rows, ratios }: Baseline): boolean {
  if (!existsSync(file)) throw new Error(`${file} is missing: \`npm run bench -- --save\` writes it`);
  const kept = JSON.parse(readFileSync(file, 'utf8')) as Baseline;
  if (kept.rows !== rows)
    throw new Error(`${file} was measured with ${kept.rows} rows, this run with ${rows}`);
  const lost = losses(kept.ratios, ratios);
  console.log(lost.length === 0 ? 'no ratio has fallen below the baseline' : `slower than ${file}:`);
  for (const one of lost) console.log(`  ${one}`);
  return lost.length === 0;
}

function cells(runs: readonly Run[], ratios: readonly (number | undefined)[]): string[] {
  const { median, least, greatest } = spreadOf(runs.map(rowsPerSecond));
  const peak = Math.max(...runs.map(({ peakMb }) => peakMb ?? Number.NaN));
  const cpu = (['own', 'mysqld', 'kafka'] as const).map((who) => {
    const known = runs.flatMap(({ cpu }) => cpu[who] ?? []);
    return known.length === 0 ? NOTHING : spreadOf(known).median.toFixed(2);
  });
  const shown = [0, 1, 2].map((index) => ratios[index]?.toFixed(2) ?? NOTHING);
  return [
    ...[median, least, greatest].map((rate) => String(Math.round(rate))),
    ...shown,
    Number.isNaN(peak) ? NOTHING : String(peak),
    cpu.join(' / '),
  ];
}

function line(name: string, columns: readonly string[]): string {
  const widths = [10, 10, 10, 8, 8, 8, 9, 24];
  return name.padEnd(NAME_WIDTH) + columns.map((cell, index) => cell.padStart(widths[index] ?? 0)).join('');
}
