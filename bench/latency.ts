import type { RunningEngines } from '../engines/engines.js';
import { TOPICS } from '../src/events/topics.js';
import { ChangeWatch } from './latency/change-watch.js';
import { HeldProjector } from './site/held-projector.js';
import { catalogue, feedOf, pageOf, rowText, type Site, withSite } from './site/site.js';
import { printRows, quantile } from './site/text-table.js';

const QUIET = feedOf('quiet');
const BUSY = feedOf('busy');
const STEPS = ['folded', 'written', 'committed', 'published'];

export interface LatencyFigures {
  readonly name: string;
  readonly pages: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Milliseconds of a step by the point that they led to, mean of all. */
  readonly steps: Readonly<Record<string, number>>;
}

/**
 * From a page with one change, acknowledged by Kafka, to that change in the hands of a read_committed consumer of
 * another group: while nothing else happens, and while another feed is resynchronised over and over.
 */
export async function benchLatency(
  engines: RunningEngines,
  { pages = 300, busyRows = 300_000 } = {},
): Promise<readonly LatencyFigures[]> {
  const found = await withSite(engines, (site) => measure(site, pages, busyRows));
  printRows(
    ['latency, ms', 'pages', 'p50', 'p99', ...STEPS.map((step) => `→ ${step}`)],
    found.map(({ name, pages: count, p50, p99, steps }) => [
      name,
      count,
      ...[p50, p99, ...STEPS.map((step) => steps[step] ?? NaN)].map((ms) => ms.toFixed(1)),
    ]),
  );
  return found;
}

async function measure(site: Site, pages: number, busyRows: number): Promise<readonly LatencyFigures[]> {
  const projector = await HeldProjector.start(site.place);
  const first = () => catalogue(pages, () => 0);
  await site.applied([await site.publish(QUIET, first)]);
  await site.applied([await site.publish(BUSY, () => catalogue(busyRows, () => 0))]);
  const watch = await ChangeWatch.open(site.broker, site.topic(TOPICS.stockChanges), 'quiet');
  try {
    const quiet = await onePageAtATime(site, watch, projector, 'quiet', { pages, bump: 1 });
    let isOver = false;
    const resyncs = (async () => {
      while (!isOver)
        await site.applied([await site.publish(BUSY, () => catalogue(busyRows, () => 0), true)]);
    })();
    const busy = await onePageAtATime(site, watch, projector, 'under a full resync', { pages, bump: 2 });
    isOver = true;
    await resyncs;
    return [quiet, busy];
  } finally {
    await watch.close();
    await projector.stop();
  }
}

async function onePageAtATime(
  site: Site,
  watch: ChangeWatch,
  projector: HeldProjector,
  name: string,
  { pages, bump }: { readonly pages: number; readonly bump: number },
): Promise<LatencyFigures> {
  const taken: number[] = [];
  async function* walk() {
    for (let index = 0; index < pages; index += 1) {
      const seen = watch.change(String(90_000_000 + index));
      yield pageOf([rowText(index, bump)]);
      // The next page is asked for when this one is acknowledged.
      const arrived = performance.now();
      taken.push((await seen) - arrived);
    }
  }
  await projector.order('go');
  await site.applied([await site.publish(QUIET, walk)]);
  const { stages } = await projector.order('tell');
  const steps = Object.fromEntries(Object.entries(stages).map(([point, ms]) => [point, ms / pages]));
  return { name, pages, p50: quantile(taken, 0.5), p99: quantile(taken, 0.99), steps };
}
