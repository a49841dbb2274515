import type { RunningEngines } from '../engines/engines.js';
import { HeldProjector, type ProjectorFigures } from './site/held-projector.js';
import { catalogue, feedOf, type Site, withSite } from './site/site.js';
import { printRows } from './site/text-table.js';

const WORKERS = [1, 2, 4];
/** As many as there are partitions: each feed has one of its own. */
const FEEDS = 12;
const CASES = [
  { name: 'first seen', changed: () => false },
  { name: '2 % changed', changed: (index: number) => index % 50 === 0 },
  { name: 'unchanged', changed: () => false },
];

export interface ScalingFigures {
  readonly workers: number;
  readonly name: string;
  readonly rows: number;
  readonly seconds: number;
  /** Of all workers together. */
  readonly cpuSeconds: number;
}

/** One, two and four workers over twelve feeds of equal size. */
export async function benchScaling(
  engines: RunningEngines,
  rowsAFeed = 25_000,
): Promise<readonly ScalingFigures[]> {
  const found: ScalingFigures[] = [];
  for (const workers of WORKERS)
    found.push(...(await withSite(engines, (site) => scale(site, workers, rowsAFeed))));
  printRows(
    ['workers, 12 feeds', 'case', 'rows/s', '× one', 'CPU s'],
    found.map(({ workers, name, rows, seconds, cpuSeconds }) => [
      workers,
      name,
      Math.round(rows / seconds),
      ((found.find((one) => one.name === name)?.seconds ?? NaN) / seconds).toFixed(2),
      cpuSeconds.toFixed(1),
    ]),
  );
  return found;
}

async function scale(site: Site, workers: number, rows: number): Promise<readonly ScalingFigures[]> {
  const projectors: HeldProjector[] = [];
  for (let number = 0; number < workers; number += 1) projectors.push(await HeldProjector.start(site.place));
  const found: ScalingFigures[] = [];
  const bumps = new Map<number, number>();
  for (const { name, changed } of CASES) {
    for (let index = 0; index < rows; index += 1)
      if (changed(index)) bumps.set(index, (bumps.get(index) ?? 0) + 1);
    // Who joined last has made the others take over anew: all of them must have settled.
    await Promise.all(projectors.map((one) => one.done()));
    await Promise.all(projectors.map((one) => one.order('hold')));
    const snapshots: string[] = [];
    for (let feed = 0; feed < FEEDS; feed += 1)
      snapshots.push(
        await site.publish(feedOf(`feed-${feed}`), () => catalogue(rows, (index) => bumps.get(index) ?? 0)),
      );
    await Promise.all(projectors.map((one) => one.order('go')));
    await site.applied(snapshots);
    const figures = await Promise.all(projectors.map((one) => one.done()));
    found.push({ workers, name, rows: FEEDS * rows, ...together(figures) });
  }
  await Promise.all(projectors.map((one) => one.stop()));
  return found;
}

function together(figures: readonly ProjectorFigures[]): Pick<ScalingFigures, 'seconds' | 'cpuSeconds'> {
  return {
    seconds: Math.max(...figures.map(({ seconds }) => seconds)),
    cpuSeconds: figures.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
  };
}
