import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningEngines } from '../../engines/engines.js';
import { CASES, type Case, RIVALS, type RivalName } from './cases.js';
import { Catalogue } from './catalogue.js';
import { Child } from './child.js';
import { OURS, type Run, rowsPerSecond } from './figures.js';
import { Installation, type Published } from './installation.js';
import type { RivalDeeds } from './rival.js';
import type { RivalRun } from './rivals.js';
import { EngineClock } from './usage.js';
import type { WorkerDeeds } from './worker.js';

export interface ProjectionOptions {
  readonly rows: number;
  readonly rounds: number;
  /** The worker by itself, without those that it is measured by. */
  readonly alone: boolean;
  /** Folder for a CPU profile of each case. */
  readonly profile: string | undefined;
}

/** Interleaved: within a case everybody has the same rows in the same topic, and works while all others rest. */
export async function benchProjection(engines: RunningEngines, options: ProjectionOptions): Promise<Run[]> {
  if (options.profile !== undefined) mkdirSync(options.profile, { recursive: true });
  const runs: Run[] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    console.error(`round ${round} of ${options.rounds}`);
    const one = await Round.open(engines, options, round);
    try {
      for (const [index, of] of CASES.entries()) runs.push(...(await one.run(of, index)));
    } finally {
      await one.close();
    }
  }
  return runs;
}

type Contender = (task: { of: Case; index: number; published: Published }) => Promise<RivalRun>;

class Round {
  private readonly catalogue: Catalogue;
  private readonly rivals = new Map<RivalName, Child<RivalDeeds>>();
  private readonly worker = Child.start<WorkerDeeds>('worker.js');

  private constructor(
    private readonly engines: RunningEngines,
    private readonly installation: Installation,
    private readonly options: ProjectionOptions,
    private readonly number: number,
  ) {
    this.catalogue = new Catalogue(options.rows);
  }

  static async open(engines: RunningEngines, options: ProjectionOptions, number: number): Promise<Round> {
    const installation = await Installation.create(engines);
    const round = new Round(engines, installation, options, number);
    const { place } = installation;
    await round.worker.ask('start', place);
    for (const name of options.alone ? [] : (Object.keys(RIVALS) as RivalName[])) {
      const rival = Child.start<RivalDeeds>('rival.js');
      round.rivals.set(name, rival);
      await rival.ask('start', { name, place, rows: options.rows });
    }
    return round;
  }

  async run(of: Case, index: number): Promise<Run[]> {
    const told = this.catalogue.advance(of);
    const changes = index === 0 ? this.catalogue.size : told;
    await this.worker.ask('hold', null);
    const published = await this.installation.publish(this.catalogue);
    const before = await this.installation.published();
    const runs: Run[] = [];
    for (const [name, contender] of this.order()) {
      const clock = await EngineClock.start(this.engines.dir);
      const { rows, seconds, peakMb, cpuSeconds } = await contender({ of, index, published });
      const cpu = { own: cpuSeconds, ...clock.read() };
      const run = { round: this.number, case: of.name, contender: name, rows, seconds, peakMb, cpu };
      console.error(`  ${of.name}, ${name}: ${Math.round(rowsPerSecond(run))} rows/s`);
      runs.push(run);
    }
    await this.installation.expect(published.snapshotId, this.catalogue, changes);
    const out = (await this.installation.published()) - before;
    if (out < changes) throw new Error(`${changes} changes, but ${out} new records in their topic`);
    return runs;
  }

  /** Each round begins with another one, so that nobody always works in another's wake. */
  private order(): [string, Contender][] {
    const all: [string, Contender][] = [[OURS, (task) => this.work(task)]];
    for (const [name, child] of this.rivals)
      all.push([name, (task) => this.compete(child, task.index, task.published)]);
    const first = (this.number - 1) % all.length;
    return [...all.slice(first), ...all.slice(0, first)];
  }

  private async work({ of, index }: { of: Case; index: number }): Promise<RivalRun> {
    const { profile } = this.options;
    const name = `${index + 1}-${of.name.replace(/\W+/g, '-')}-round-${this.number}.cpuprofile`;
    const measured = await this.worker.ask('apply', profile === undefined ? null : join(profile, name));
    return { ...measured, rows: this.catalogue.size };
  }

  private compete(child: Child<RivalDeeds>, generation: number, stretch: Published): Promise<RivalRun> {
    return child.ask('run', {
      generation,
      brokers: this.installation.place.brokers,
      stretch,
      rows: this.catalogue.size,
      sum: this.catalogue.sum,
    });
  }

  async close(): Promise<void> {
    for (const rival of this.rivals.values()) {
      await rival.ask('finish', null).catch(console.error);
      await rival.close();
    }
    await this.worker.close();
    await this.installation.remove();
  }
}
