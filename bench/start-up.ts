import type { RunningEngines } from '../engines/engines.js';
import { Command } from './site/command.js';
import { withSite } from './site/site.js';
import { printRows, quantile } from './site/text-table.js';

const HELPS = 10;
const WORKERS = 5;

export interface StartUpFigures {
  readonly name: string;
  /** Median, least and greatest, in milliseconds. */
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** From the start of the process: to the end of `--help`, and to a worker that has joined its groups. */
export async function benchStartUp(engines: RunningEngines): Promise<readonly StartUpFigures[]> {
  const found = await withSite(engines, async ({ place }) => [
    await repeated('--help', HELPS, async () => {
      const command = Command.start(place, ['--help']);
      await command.ended();
      return command.age;
    }),
    await repeated('worker, ready', WORKERS, async () => {
      const command = Command.start(place, ['worker']);
      await command.says(/^worker ready/);
      const ready = command.age;
      await command.stop();
      return ready;
    }),
  ]);
  printRows(
    ['start-up, ms', 'median', 'least', 'most'],
    found.map(({ name, ...times }) => [name, ...Object.values(times).map(Math.round)]),
  );
  return found;
}

async function repeated(name: string, times: number, once: () => Promise<number>): Promise<StartUpFigures> {
  const taken: number[] = [];
  for (let round = 0; round < times; round += 1) taken.push(await once());
  return { name, median: quantile(taken, 0.5), least: Math.min(...taken), most: Math.max(...taken) };
}
