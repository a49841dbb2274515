/**
 * `npm run test:chaos -- --rounds N --seed S`: plays random faults on real processes and judges after each. Goes on
 * where it stopped; all rounds are kept in `.chaos/rounds.ndjson`, with what differed.
 */
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { enginesWipe } from '../../engines/engines.js';
import { FAULTS } from './faults/all.js';
import { ChaosLab, type RoundReport } from './lab/chaos-lab.js';
import type { Fault } from './lab/round.js';
import { seeded } from './lab/seeded.js';

interface State {
  readonly seed: number;
  /** Rounds played. */
  rounds: number;
  seconds: number;
  /** Rounds and, of these, rounds in which something differed, by kind of fault. */
  readonly faults: Record<string, { rounds: number; differing: number }>;
}

const HOME = join(import.meta.dirname, '..', '..', '.chaos');
/** Topics grow, and are read whole after each round. */
const ROUNDS_PER_INSTALLATION = 6;
/** In one round of so many another client reads along. */
const WATCHED_EACH = 3;

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '10' }, seed: { type: 'string' }, only: { type: 'string' } },
});
const file = join(HOME, 'state.json');
const state = opened(values.seed === undefined ? undefined : Number(values.seed));
const faults = FAULTS.filter(({ fault }) => values.only === undefined || fault.name.includes(values.only));
let stopped = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => (stopped = true));

mkdirSync(HOME, { recursive: true });
const dir = join(HOME, 'servers');
await enginesWipe({ dir });
rmSync(dir, { recursive: true, force: true });
const lab = await ChaosLab.start(dir);
console.log(`seed ${state.seed}, ${state.rounds} rounds played so far`);
let clean = true;
try {
  for (let left = Number(values.rounds); left > 0 && !stopped; left -= 1) {
    const seed = state.seed * 100_000 + state.rounds;
    const report = await lab.play([drawn(seed)], seed, seed % WATCHED_EACH === 0);
    note(report);
    if (report.differences.length > 0) clean = false;
    if (report.differences.length > 0 || state.rounds % ROUNDS_PER_INSTALLATION === 0) await lab.renew();
  }
} finally {
  await lab.stop();
}
tell();
process.exit(clean ? 0 : 1);

function opened(seed: number | undefined): State {
  try {
    const known = JSON.parse(readFileSync(file, 'utf8')) as State;
    if (seed === undefined || known.seed === seed) return known;
  } catch {
    // The first time.
  }
  return { seed: seed ?? Date.now() % 100_000, rounds: 0, seconds: 0, faults: {} };
}

function drawn(seed: number): Fault {
  const random = seeded(seed);
  let ticket = random.int(
    1,
    faults.reduce((sum, { weight }) => sum + weight, 0),
  );
  for (const { fault, weight } of faults) {
    ticket -= weight;
    if (ticket <= 0) return fault;
  }
  throw new Error('no such fault');
}

function note(report: RoundReport): void {
  const { fault, seconds, differences, seed, schedule } = report;
  state.rounds += 1;
  state.seconds += seconds;
  const figures = (state.faults[fault] ??= { rounds: 0, differing: 0 });
  figures.rounds += 1;
  console.log(`${state.rounds} ${differences.length === 0 ? '✓' : '✗'} ${fault} (${seconds.toFixed(0)} s)`);
  appendFileSync(join(HOME, 'rounds.ndjson'), `${JSON.stringify(report)}\n`);
  if (differences.length > 0) {
    figures.differing += 1;
    console.log(`  seed ${seed}\n  ${[...schedule, ...differences.slice(0, 20)].join('\n  ')}`);
  }
  writeFileSync(file, JSON.stringify(state, null, 2));
}

function tell(): void {
  const rows = Object.entries(state.faults).sort(([, a], [, b]) => b.rounds - a.rounds);
  for (const [name, { rounds, differing }] of rows) console.log(`${rounds}\t${differing}\t${name}`);
  const differing = rows.reduce((sum, [, one]) => sum + one.differing, 0);
  console.log(
    `${state.rounds} rounds in ${(state.seconds / 60).toFixed(0)} minutes, ${differing} with differences`,
  );
}
