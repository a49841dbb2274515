import { AppError } from '../errors.js';
import type { FeedFigures, GroupFigures, OperatingFigures, RunFigures } from '../ports/operating-figures.js';
import { within } from './deadline.js';
import type { Labels } from './label-guard.js';
import type { GaugeName } from './metric-names.js';
import type { PrometheusMetrics, Sample } from './metrics.js';

/** Scrapes that come closer together see the same figures: several scrapers must not add up to a load. */
const FRESH_MS = 5_000;
/** Prometheus gives up after ten seconds. */
const PATIENCE_MS = 6_000;

const OF_TABLES: readonly GaugeName[] = [
  'feedComplete',
  'feedFailures',
  'feedHeld',
  'feedRows',
  'feedProducts',
  'feedAvailable',
  'lastSuccess',
  'lastRun',
  'lastRows',
  'lastChanges',
  'deadLetters',
  'alertsOpen',
  'alertsWaiting',
];
const OF_BROKER: readonly GaugeName[] = ['members', 'committed', 'lag', 'lagSum', 'end', 'start'];

export interface ScrapeParts {
  readonly metrics: PrometheusMetrics;
  readonly tables: () => Promise<OperatingFigures>;
  readonly groups: () => Promise<GroupFigures>;
  /** Unix milliseconds. */
  readonly now?: (() => number) | undefined;
}

/**
 * The whole text of `/metrics`. Figures of tables and broker are read when somebody asks, at most every few seconds;
 * where they cannot be had they are left out, and `inventory_sync_part_up` says so.
 */
export class Scrape {
  readonly #now: () => number;
  #refreshed: Promise<void> = Promise.resolve();
  #until = Number.NEGATIVE_INFINITY;

  constructor(private readonly parts: ScrapeParts) {
    this.#now = parts.now ?? Date.now;
  }

  get contentType(): string {
    return this.parts.metrics.contentType;
  }

  async text(): Promise<string> {
    const now = this.#now();
    if (now >= this.#until || now < this.#until - 2 * FRESH_MS) {
      this.#until = now + FRESH_MS;
      this.#refreshed = this.#refresh();
    }
    await this.#refreshed;
    return this.parts.metrics.text();
  }

  async #refresh(): Promise<void> {
    const { metrics, tables, groups } = this.parts;
    const [ofTables, ofBroker] = await Promise.all([read(tables, tableSamples), read(groups, groupSamples)]);
    metrics.set(OF_TABLES, ofTables ?? []);
    metrics.set(OF_BROKER, ofBroker ?? []);
    const up = (part: string, samples: readonly Sample[] | null): Sample => ({
      gauge: 'partUp',
      labels: { part },
      value: samples === null ? 0 : 1,
    });
    metrics.set(['partUp'], [up('database', ofTables), up('kafka', ofBroker)]);
  }
}

async function read<T>(
  figures: () => Promise<T>,
  samplesOf: (figures: T) => readonly Sample[],
): Promise<readonly Sample[] | null> {
  try {
    return samplesOf(await within(PATIENCE_MS, figures(), tooSlow));
  } catch {
    return null;
  }
}

const tooSlow = () => new AppError('TIMED_OUT', 'reading the figures took too long');

function tableSamples({ feeds, runs, alerts, deadLetters, waiting }: OperatingFigures): Sample[] {
  return [
    ...feeds.flatMap(feedSamples),
    ...runs.flatMap(runSamples),
    sample('deadLetters', {}, deadLetters),
    ...Object.entries(alerts).map(([severity, open]) => sample('alertsOpen', { severity }, open)),
    ...Object.entries(waiting).map(([channel, count]) => sample('alertsWaiting', { channel }, count)),
  ];
}

function feedSamples(figures: FeedFigures): Sample[] {
  const { source, account, feed } = figures;
  const labels = { source, account, feed };
  return [
    sample('feedComplete', labels, unixSeconds(figures.completeAt)),
    sample('feedFailures', labels, figures.failures),
    sample('feedHeld', labels, figures.held),
    sample('feedRows', labels, figures.rows),
    sample('feedProducts', labels, figures.productsInStock),
    sample('feedAvailable', labels, figures.available),
  ];
}

function runSamples({
  source,
  lastSuccessAt,
  lastEndedAt,
  lastStatus,
  records,
  changed,
}: RunFigures): Sample[] {
  const success = sample('lastSuccess', { source }, unixSeconds(lastSuccessAt));
  if (lastStatus === null) return [success];
  return [
    success,
    sample('lastRun', { source, status: lastStatus }, unixSeconds(lastEndedAt)),
    sample('lastRows', { source }, records),
    sample('lastChanges', { source }, changed),
  ];
}

function groupSamples({ partitions, members }: GroupFigures): Sample[] {
  const sums = new Map<string, { labels: Labels; value: number }>();
  const samples: Sample[] = [];
  for (const { group: consumergroup, topic, partition, committed, start, end, records } of partitions) {
    const place = { topic, partition: String(partition) };
    const labels = { consumergroup, ...place };
    samples.push(
      sample('committed', labels, committed ?? -1),
      sample('lag', labels, records),
      sample('end', place, end),
      sample('start', place, start),
    );
    const sum = sums.get(`${consumergroup} ${topic}`) ?? { labels: { consumergroup, topic }, value: 0 };
    sum.value += records;
    sums.set(`${consumergroup} ${topic}`, sum);
  }
  for (const { labels, value } of sums.values()) samples.push(sample('lagSum', labels, value));
  for (const [consumergroup, count] of Object.entries(members))
    samples.push(sample('members', { consumergroup }, count));
  return samples;
}

function sample(gauge: GaugeName, labels: Labels, value: number): Sample {
  return { gauge, labels, value };
}

function unixSeconds(ms: number | null): number {
  return ms === null ? 0 : ms / 1000;
}
