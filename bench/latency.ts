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
  /** Milliseconds that steps of any feed took, by the point that they led to, per page of the quiet one. */
  readonly steps: Readonly<Record<string, number>>;
}

/**
 * From a page with one change, acknowledged by Kafka, to that change in the hands of a read_committed consumer of
 * another group: while nothing else happens, and while another feed is resynchronised over and over.
 */
export async function benchLatency(
  engines: RunningEngines,
  { pages = 300, busyPages = 100, busyRows = 300_000 } = {},
): Promise<readonly LatencyFigures[]> {
  const found = await withSite(engines, (site) => measure(site, { pages, busyPages, busyRows }));
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

async function measure(
  site: Site,
  { pages, busyPages, busyRows }: { pages: number; busyPages: number; busyRows: number },
): Promise<readonly LatencyFigures[]> {
  const projector = await HeldProjector.start(site.place);
  const first = () => catalogue(pages, () => 0);
  await site.applied([await site.publish(QUIET, first)]);
  await site.applied([await site.publish(BUSY, () => catalogue(busyRows, () => 0))]);
  // In the tables is not yet published.
  await projector.done();
  const watch = await ChangeWatch.open(site.broker, site.topic(TOPICS.stockChanges), 'quiet');
  try {
    const quiet = await onePageAtATime(site, watch, projector, 'quiet', { pages, bump: 1, rest: [] });
    let isOver = false;
    const resyncs = (async () => {
      while (!isOver)
        await site.applied([await site.publish(BUSY, () => catalogue(busyRows, () => 0), true)]);
    })();
    const busy = await onePageAtATime(site, watch, projector, 'under a full resync', {
      pages: busyPages,
      bump: 2,
      rest: Array.from({ length: pages - busyPages }, (_, at) => rowText(busyPages + at, 1)),
    });
    isOver = true;
    await resyncs;
    return [quiet, busy];
  } finally {
    await watch.close();
    await projector.stop();
  }
}

interface Walk {
  /** Each with one row. */
  readonly pages: number;
  /** By how much its quantity has grown. */
  readonly bump: number;
  /** Rows that no page has: what is missing from a snapshot would count as gone. */
  readonly rest: readonly string[];
}

async function onePageAtATime(
  site: Site,
  watch: ChangeWatch,
  projector: HeldProjector,
  name: string,
  { pages, bump, rest }: Walk,
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
    if (rest.length > 0) yield pageOf(rest);
  }
  await projector.order('go');
  await site.applied([await site.publish(QUIET, walk)]);
  const { stages } = await projector.order('tell');
  const steps = Object.fromEntries(Object.entries(stages).map(([point, ms]) => [point, ms / pages]));
  return { name, pages, p50: quantile(taken, 0.5), p99: quantile(taken, 0.99), steps };
}
