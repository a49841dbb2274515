import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { RawProducer } from '../../../src/broker/raw-producer.js';
import { type Feed, formatFeed } from '../../../src/domain/feed.js';
import { TOPICS } from '../../../src/events/topics.js';
import type { RawLog, RawRecord } from '../../../src/ports/raw-log.js';
import { takeSnapshot } from '../../../src/producers/take-snapshot.js';
import { createFeedRegistry } from '../../../src/store/feed-registry.js';
import type { Random } from '../../support/random.js';
import type { Installation } from './installation.js';
import { type Content, contentOf, FEEDS } from './shop-rows.js';

/** How a read of a feed comes out. */
const KINDS = [
  'complete',
  'failed',
  'lacks a chunk',
  'announces more',
  'never ends',
  'shrunk',
  'accepted',
  'has a bad row',
  'has rubbish in it',
] as const;
type Kind = (typeof KINDS)[number];

const PRODUCTS = 40;
const BATCH_SIZE = 10;
/** Between two snapshots: faults are to meet work, not a mountain of it. */
const PACE_MS = 60;
const GOOD_MS = 90_000;

export interface PublishOptions {
  readonly kind?: Kind;
  /** Awaited before each page, from 1: for faults in the middle of a snapshot. */
  readonly beforePage?: (page: number) => Promise<void>;
}

/** A seller's pollers: writes snapshots of all feeds to the raw topic, good ones and bad ones, by a seed. */
export class Shop {
  /** Snapshots that were acknowledged to their end: these must come to an end in the tables too. */
  acknowledged: readonly string[] = [];
  readonly #partitions = new Map<string, number>();
  #raw: RawProducer | null = null;

  constructor(
    private readonly installation: Installation,
    private random: Random,
  ) {}

  /** From now on what happens follows from this seed. */
  reseed(random: Random): void {
    this.random = random;
  }

  /** One snapshot of each feed, mostly good ones. */
  async publishRound(stop?: AbortSignal): Promise<void> {
    for (const feed of FEEDS) {
      if (stop?.aborted === true) return;
      if (stop !== undefined) await delay(this.random.int(0, 2 * PACE_MS));
      const bad = this.random.int(0, 99) < 35;
      await this.publish(
        feed,
        bad ? { kind: KINDS[this.random.int(1, KINDS.length - 1)] ?? 'complete' } : {},
      );
    }
  }

  /** One good snapshot of each feed, tried as often as pollers come round. Answers their ids. */
  async publishGood(feeds: readonly Feed[] = FEEDS): Promise<string[]> {
    const ids: string[] = [];
    for (const feed of feeds) ids.push(await this.#good(feed));
    return ids;
  }

  async #good(feed: Feed): Promise<string> {
    for (const until = Date.now() + GOOD_MS; Date.now() < until; await delay(200)) {
      const id = await this.publish(feed, { kind: 'complete' });
      if (id !== null) return id;
    }
    throw new Error(`a good snapshot of ${formatFeed(feed)} could not be published`);
  }

  /** Publishes at a moderate pace until told to stop. */
  async publishUntil(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) await this.publishRound(stop);
  }

  /** The snapshot's id where all that was to be written was acknowledged, else null. */
  async publish(feed: Feed, { kind = 'complete', beforePage }: PublishOptions = {}): Promise<string | null> {
    const snapshotId = randomUUID();
    const content = contentOf(feed, this.random, PRODUCTS, kind === 'shrunk' ? 0.85 : undefined);
    const spoiled = spoil(content, kind);
    const failAfter = kind === 'failed' ? this.random.int(0, content.pages.length) : null;
    const which = this.random.int(1, 4);
    let log: SpoiledLog | undefined;
    try {
      const partition = await this.#partition(feed);
      log = new SpoiledLog(await this.#producer(), kind, which);
      await takeSnapshot(
        {
          feed,
          open: async () => ({
            scope: spoiled.scope,
            async *pages() {
              for (const [index, page] of spoiled.pages.entries()) {
                if (failAfter === index) throw new Error('the walk failed');
                await beforePage?.(index + 1);
                yield { ...page, fetchedAt: new Date().toISOString() };
              }
              if (failAfter === spoiled.pages.length) throw new Error('the walk failed');
            },
          }),
        },
        {
          log,
          partition,
          prefix: this.installation.name,
          batchSize: BATCH_SIZE,
          limits: { absenceLimit: 0.5, absenceMin: 8 },
          acceptAbsences: kind === 'accepted',
          now: () => new Date(),
          newId: () => snapshotId,
          signal: new AbortController().signal,
        },
      );
    } catch {
      // What became of it is in the log.
    }
    if (log?.broken !== false) await this.close();
    if (log?.broken !== false || !log.ended) return null;
    this.acknowledged = [...this.acknowledged, snapshotId];
    return snapshotId;
  }

  /** These have been destroyed: nobody can bring them to an end. */
  forget(snapshotIds: readonly string[]): void {
    this.acknowledged = this.acknowledged.filter((id) => !snapshotIds.includes(id));
  }

  async close(): Promise<void> {
    await this.#raw?.close().catch(() => undefined);
    this.#raw = null;
  }

  async #partition(feed: Feed): Promise<number> {
    const name = formatFeed(feed);
    const known = this.#partitions.get(name);
    if (known !== undefined) return known;
    const db = await this.installation.db();
    const { partition } = await createFeedRegistry(db).register(feed, 12);
    this.#partitions.set(name, partition);
    return partition;
  }

  async #producer(): Promise<RawProducer> {
    if (this.#raw === null) {
      const raw = this.installation.broker().rawProducer(this.installation.topic(TOPICS.rawSnapshots));
      await raw.connect();
      this.#raw = raw;
    }
    return this.#raw;
  }
}

function spoil(content: Content, kind: Kind): Content {
  const [first, ...rest] = content.pages;
  if (kind !== 'has a bad row' || first === undefined) return content;
  const bad = '{"product_id":"no number","chrtId":"none","stocks":[{"type":"fbo","present":"many"}]}';
  return { ...content, pages: [{ ...first, rows: [...first.rows, bad] }, ...rest] };
}

/** Passes records on to the log, but for what the kind of snapshot wants spoiled. */
class SpoiledLog implements RawLog {
  /** Something was not acknowledged: nobody knows what of it is in the log. */
  broken = false;
  /** The snapshot's end was acknowledged. */
  ended = false;
  #records = 0;

  constructor(
    private readonly log: RawLog,
    private readonly kind: Kind,
    private readonly which: number,
  ) {}

  async append(partition: number, records: readonly RawRecord[]): Promise<void> {
    for (const record of records) {
      this.#records += 1;
      const isEnd = /"type":"snapshot-(completed|failed)"/.test(record.value.slice(0, 60));
      if (this.kind === 'never ends' && isEnd) continue;
      if (this.kind === 'lacks a chunk' && this.#records === this.which + 1 && !isEnd) continue;
      const value =
        this.kind === 'announces more' && isEnd
          ? record.value.replace(/"rows":(\d+)/, '"rows":1$1')
          : record.value;
      await this.#write(partition, { ...record, value });
      if (this.kind === 'has rubbish in it' && this.#records === this.which)
        await this.#write(partition, { ...record, value: '{"type":"page-chunk", broken' });
      if (isEnd) this.ended = true;
    }
  }

  async #write(partition: number, record: RawRecord): Promise<void> {
    try {
      await this.log.append(partition, [record]);
    } catch (error) {
      this.broken = true;
      throw error;
    }
  }
}
