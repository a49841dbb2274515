import type { RunningEngines } from '../engines/engines.js';
import { HeldProjector } from './site/held-projector.js';
import { catalogue, feedOf, type Site, withSite } from './site/site.js';
import { printRows } from './site/text-table.js';

const SIZES = [30_000, 300_000, 3_000_000];
const CHANGES = 6_000;
const FEED = feedOf('growth');

export interface GrowthFigures {
  readonly rows: number;
  /** Of a snapshot in which 6,000 rows have changed, from the opened gate to the last publication. */
  readonly seconds: number;
  readonly peakMb: number;
  /** A worker that has just started on tables that hold all the rows. */
  readonly cold: {
    readonly readySeconds: number;
    readonly firstSeconds: number;
    readonly seconds: number;
    readonly peakMb: number;
  };
}

/** The same 6,000 changes in larger and larger catalogues. */
export async function benchGrowth(
  engines: RunningEngines,
  rowsMost = Infinity,
): Promise<readonly GrowthFigures[]> {
  const found: GrowthFigures[] = [];
  for (const rows of SIZES.filter((size) => size <= rowsMost))
    found.push(await withSite(engines, (site) => grow(site, rows)));
  printRows(
    [
      '6,000 changes in',
      'seconds',
      'rows/s',
      'µs a row',
      'peak MB',
      'cold: ready',
      'first',
      'all',
      'peak MB',
    ],
    found.map(({ rows, seconds, peakMb, cold }) => [
      `${rows} rows`,
      seconds.toFixed(2),
      Math.round(rows / seconds),
      ((seconds * 1e6) / rows).toFixed(2),
      peakMb,
      cold.readySeconds.toFixed(2),
      cold.firstSeconds.toFixed(2),
      cold.seconds.toFixed(2),
      cold.peakMb,
    ]),
  );
  return found;
}

async function grow(site: Site, rows: number): Promise<GrowthFigures> {
  const warm = await HeldProjector.start(site.place);
  await site.applied([await site.publish(FEED, () => catalogue(rows, () => 0))]);
  const { seconds } = await oneMore(site, warm, rows, 1);
  const peakMb = warm.peak;
  await warm.stop();
  const cold = await HeldProjector.start(site.place);
  const first = await oneMore(site, cold, rows, 2);
  const peak = cold.peak;
  await cold.stop();
  return {
    ...{ rows, seconds, peakMb },
    cold: {
      readySeconds: cold.readySeconds,
      firstSeconds: first.firstSeconds ?? NaN,
      seconds: first.seconds,
      peakMb: peak,
    },
  };
}

/** Work begins when all of the snapshot lies in the topic. */
async function oneMore(site: Site, projector: HeldProjector, rows: number, generation: number) {
  const every = Math.max(1, Math.floor(rows / CHANGES));
  await projector.order('hold');
  const pages = () => catalogue(rows, (index) => (index % every === 0 ? generation : 0));
  const snapshotId = await site.publish(FEED, pages);
  await projector.order('go');
  await site.applied([snapshotId]);
  return projector.done();
}
