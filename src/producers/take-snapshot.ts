import { type Feed, formatFeed } from '../domain/feed.js';
import type { ShrinkLimits } from '../domain/shrink-guard.js';
import type { SnapshotScope } from '../domain/snapshot.js';
import { isAppError, messageOf } from '../errors.js';
import type { SnapshotCompleted } from '../events/raw-snapshot.js';
import type { Tracer } from '../ports/instruments.js';
import type { Logger } from '../ports/logger.js';
import type { FeedReader, FeedWalk, FetchedPage } from '../ports/marketplace.js';
import type { RawLog, RawRecord } from '../ports/raw-log.js';
import { plainScope, RawRecords } from './raw-records.js';
import { throwIfStopped } from './throw-if-stopped.js';

const LONGEST_MESSAGE = 1000;
/** What is said of a read that failed before it was known what there is to read: it proves nothing. */
const NOTHING: SnapshotScope = { schemes: [], partial: true };

export interface SnapshotDeps {
  readonly log: RawLog;
  /** The feed's partition of raw-snapshots.v1. */
  readonly partition: number;
  /** Topic prefix, for the headers. */
  readonly prefix: string;
  /** Most rows in a page chunk (BATCH_SIZE). */
  readonly batchSize: number;
  readonly limits: ShrinkLimits;
  /** A person says that what is missing is really gone. */
  readonly acceptAbsences: boolean;
  /** Compare with the tables themselves, whatever the owner of the partition remembers of them. */
  readonly reconcile?: boolean | undefined;
  now(): Date;
  /** A new snapshot's id, at most 64 characters. */
  newId(): string;
  /** Told after each page that is in the log. */
  readonly onProgress?: ((progress: SnapshotProgress) => void) | undefined;
  readonly signal: AbortSignal;
  readonly logger?: Logger | undefined;
  readonly tracer?: Tracer | undefined;
}

export interface SnapshotProgress {
  readonly feed: Feed;
  /** Pages and rows so far. */
  readonly page: number;
  readonly rows: number;
  /** Pages of the whole walk, as far as is known by now. */
  readonly expectedPages?: number | undefined;
  /** The total of products that the marketplace named last. */
  readonly announcedProducts?: number | undefined;
}

/** What was written of a snapshot that was read to its end. */
export interface SnapshotReceipt {
  readonly feed: Feed;
  readonly snapshotId: string;
  readonly pages: number;
  readonly rows: number;
  readonly partition: number;
}

interface Totals {
  pages: number;
  rows: number;
  products: { least: number; greatest: number } | undefined;
}

/**
 * Reads one feed to its end and writes what it said to the log: snapshot-started, page chunks, snapshot-completed.
 * A page is written before the next one is asked for, so memory holds no more than those two.
 *
 * @throws whatever stopped it, after snapshot-failed was written or at least tried
 */
export async function takeSnapshot(reader: FeedReader, deps: SnapshotDeps): Promise<SnapshotReceipt> {
  const snapshot = new Snapshot(reader, deps);
  if (deps.tracer === undefined) return snapshot.take();
  return deps.tracer.span('feed read', { attributes: { feed: formatFeed(reader.feed) } }, () =>
    snapshot.take(),
  );
}

class Snapshot {
  readonly #records: RawRecords;
  readonly #startedAt: string;
  readonly #totals: Totals = { pages: 0, rows: 0, products: undefined };
  #announced: Pick<SnapshotProgress, 'expectedPages' | 'announcedProducts'> = {};

  constructor(
    private readonly reader: FeedReader,
    private readonly deps: SnapshotDeps,
  ) {
    this.#records = new RawRecords(reader.feed, deps.newId(), deps.prefix);
    this.#startedAt = deps.now().toISOString();
  }

  async take(): Promise<SnapshotReceipt> {
    const { deps, reader } = this;
    try {
      const walk = await this.#begin();
      for await (const page of walk.pages(deps.signal)) await this.#page(page);
      throwIfStopped(deps.signal);
      await this.#write(this.#records.ended(this.#completed(walk)));
    } catch (error) {
      await this.#failed(error);
      throw error;
    }
    const { pages, rows } = this.#totals;
    const { snapshotId } = this.#records;
    return { feed: reader.feed, snapshotId, pages, rows, partition: deps.partition };
  }

  /** Also of a read that cannot begin the log says so: alerts follow from what the log holds. */
  async #begin(): Promise<FeedWalk> {
    let walk: FeedWalk;
    try {
      throwIfStopped(this.deps.signal);
      walk = await this.reader.open(this.deps.signal);
    } catch (error) {
      // The reason is what counts; a log that is away too shows at the next record. Who was stopped, perhaps because
      // another run has the lease by now, must not end that one's snapshot by beginning one of its own.
      if (!this.deps.signal.aborted) await this.#started(NOTHING).catch(() => undefined);
      throw error;
    }
    await this.#started(walk.scope);
    return walk;
  }

  #started(scope: SnapshotScope): Promise<void> {
    const { source, account, endpoint } = this.reader.feed;
    const { limits, acceptAbsences, reconcile } = this.deps;
    return this.#write(
      this.#records.started({
        type: 'snapshot-started',
        source,
        account,
        endpoint,
        startedAt: this.#startedAt,
        scope: plainScope(scope),
        limits,
        acceptAbsences,
        ...(reconcile === true && { reconcile }),
      }),
    );
  }

  async #page(page: FetchedPage): Promise<void> {
    const { deps } = this;
    const totals = this.#totals;
    totals.pages += 1;
    for (const chunk of this.#records.chunks(totals.pages, page, deps.batchSize)) {
      throwIfStopped(deps.signal);
      await this.#write(chunk);
    }
    totals.rows += page.rows.length;
    totals.products = widened(totals.products, page.announcedProducts);
    this.#announced = {
      expectedPages: page.expectedPages ?? this.#announced.expectedPages,
      announcedProducts: page.announcedProducts ?? this.#announced.announcedProducts,
    };
    const { feed } = this.reader;
    deps.onProgress?.({ feed, page: totals.pages, rows: totals.rows, ...this.#announced });
  }

  #completed(walk: FeedWalk): Omit<SnapshotCompleted, 'feed' | 'snapshotId'> {
    const { pages, rows, products } = this.#totals;
    const cursor = walk.cursor?.();
    return {
      type: 'snapshot-completed',
      completedAt: this.deps.now().toISOString(),
      pages,
      rows,
      ...(products && { products }),
      ...(cursor !== undefined && { cursor }),
    };
  }

  /** The first error is the one that matters: one met while telling of it is only logged. */
  async #failed(error: unknown): Promise<void> {
    const code = isAppError(error) ? error.code : 'UNEXPECTED';
    const message = messageOf(error).slice(0, LONGEST_MESSAGE);
    const wait = isAppError(error) ? storable(error.notBefore) : undefined;
    const failedAt = this.deps.now().toISOString();
    try {
      await this.#write(this.#records.ended({ type: 'snapshot-failed', failedAt, code, message, ...wait }));
    } catch (second) {
      this.deps.logger?.error(
        { feed: formatFeed(this.reader.feed), error: second },
        'the failed snapshot could not be marked as failed',
      );
    }
  }

  #write(record: RawRecord): Promise<void> {
    return this.deps.log.append(this.deps.partition, [record]);
  }
}

/** A moment that the log takes: a marketplace whose clock is wrong by years must not keep the failure out of it. */
function storable(notBefore: number | undefined): { notBefore: string } | undefined {
  const isSane = notBefore !== undefined && notBefore >= 1000 && notBefore < 2 ** 31 * 1000;
  return isSane ? { notBefore: new Date(notBefore).toISOString() } : undefined;
}

function widened(range: Totals['products'], named: number | undefined): Totals['products'] {
  if (named === undefined) return range;
  if (range === undefined) return { least: named, greatest: named };
  return { least: Math.min(range.least, named), greatest: Math.max(range.greatest, named) };
}
