import type { RunningEngines } from '../engines/engines.js';
import { Command } from './site/command.js';
import { HeldProjector } from './site/held-projector.js';
import { catalogue, feedOf, type Site, withSite } from './site/site.js';
import { printRows } from './site/text-table.js';

const FEED = feedOf('replay');
const CATALOGUE_ROWS = 300_000;
const CHANGED_EVERY = 50;

export interface ReplayFigures {
  readonly name: string;
  readonly rows: number;
  readonly seconds: number;
  readonly peakMb: number;
}

/** The command `replay` over a long log: what it would do, and doing it, beside a worker that reads on. */
export async function benchReplay(
  engines: RunningEngines,
  rows = 10_000_000,
): Promise<readonly ReplayFigures[]> {
  const found = await withSite(engines, async (site) => {
    const projector = await HeldProjector.start(site.place);
    const written = await fill(site, rows);
    await projector.done();
    const replay = async (name: string, ...args: readonly string[]): Promise<ReplayFigures> => {
      const command = Command.start(site.place, ['replay', '--from-beginning', ...args]);
      await command.ended();
      return { name, rows: written, seconds: command.age / 1000, peakMb: command.peak };
    };
    const figures = [await replay('replay, dry run'), await replay('replay --execute', '--execute')];
    await projector.stop();
    return figures;
  });
  printRows(
    ['replay', 'rows', 'seconds', 'rows/s', 'peak MB'],
    found.map(({ name, rows: count, seconds, peakMb }) => [
      name,
      count,
      seconds.toFixed(1),
      Math.round(count / seconds),
      peakMb,
    ]),
  );
  return found;
}

/** Snapshot after snapshot of one catalogue, every fiftieth row changed. @returns rows written */
async function fill(site: Site, rows: number): Promise<number> {
  const size = Math.min(CATALOGUE_ROWS, rows);
  let written = 0;
  for (let generation = 0; written < rows; generation += 1, written += size) {
    const bumpOf = (index: number) => (index % CHANGED_EVERY === 0 ? generation : 0);
    // One after the other: a snapshot that is overtaken by the next one is abandoned.
    await site.applied([await site.publish(FEED, () => catalogue(size, bumpOf))]);
  }
  return written;
}
