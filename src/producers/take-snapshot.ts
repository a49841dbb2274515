import { type Feed, formatFeed } from '../domain/feed.js';
import type { ShrinkLimits } from '../domain/shrink-guard.js';
import { isAppError, messageOf } from '../errors.js';
import type { SnapshotCompleted } from '../events/raw-snapshot.js';
import type { Logger } from '../ports/logger.js';
import type { StockReader } from '../ports/marketplace.js';
import type { RawLog, RawRecord } from '../ports/raw-log.js';
import { RawRecords } from './raw-records.js';
import { throwIfStopped } from './throw-if-stopped.js';

const LONGEST_MESSAGE = 1000;

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
  now(): Date;
  /** A new snapshot's id, at most 64 characters. */
  newId(): string;
  /** Told after each page that is in the log. */
  readonly onProgress?: ((progress: SnapshotProgress) => void) | undefined;
  readonly signal: AbortSignal;
  readonly logger?: Logger | undefined;
}

export interface SnapshotProgress {
  readonly feed: Feed;
  /** Pages and rows so far. */
  readonly page: number;
  readonly rows: number;
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
 * A page is written before the next one is asked for, so memory holds one page.
 *
 * @throws whatever stopped it, after snapshot-failed was written or at least tried
 */
export async function takeSnapshot(reader: StockReader, deps: SnapshotDeps): Promise<SnapshotReceipt> {
  const records = new RawRecords(reader.feed, deps.newId(), deps.prefix);
  const write = (record: RawRecord) => deps.log.append(deps.partition, [record]);
  try {
    const totals = await writeAll(reader, deps, records, write);
    const { pages, rows } = totals;
    return { feed: reader.feed, snapshotId: records.snapshotId, pages, rows, partition: deps.partition };
  } catch (error) {
    await writeFailed(error, reader.feed, deps, records, write);
    throw error;
  }
}

type Write = (record: RawRecord) => Promise<void>;

async function writeAll(
  reader: StockReader,
  deps: SnapshotDeps,
  records: RawRecords,
  write: Write,
): Promise<Totals> {
  const { source, account, endpoint } = reader.feed;
  const { limits, acceptAbsences } = deps;
  const startedAt = deps.now().toISOString();
  const asked = { source, account, endpoint, startedAt, scope: plainScope(reader), limits, acceptAbsences };
  await write(records.started({ type: 'snapshot-started', ...asked }));
  const totals: Totals = { pages: 0, rows: 0, products: undefined };
  for await (const page of reader.pages(deps.signal)) {
    totals.pages += 1;
    for (const chunk of records.chunks(totals.pages, page, deps.batchSize)) {
      throwIfStopped(deps.signal);
      await write(chunk);
    }
    totals.rows += page.rows.length;
    totals.products = widened(totals.products, page.announcedProducts);
    deps.onProgress?.({ feed: reader.feed, page: totals.pages, rows: totals.rows });
  }
  throwIfStopped(deps.signal);
  await write(records.ended(completed(totals, deps.now())));
  return totals;
}

/** A copy of the scope with mutable lists, as the event's type has it. */
function plainScope({ scope }: StockReader) {
  return {
    schemes: [...scope.schemes],
    ...(scope.warehouses === undefined ? {} : { warehouses: [...scope.warehouses] }),
    ...(scope.productIds === undefined ? {} : { productIds: [...scope.productIds] }),
  };
}

function completed(totals: Totals, at: Date): Omit<SnapshotCompleted, 'feed' | 'snapshotId'> {
  const { pages, rows, products } = totals;
  return {
    type: 'snapshot-completed',
    completedAt: at.toISOString(),
    pages,
    rows,
    ...(products && { products }),
  };
}

function widened(range: Totals['products'], named: number | undefined): Totals['products'] {
  if (named === undefined) return range;
  if (range === undefined) return { least: named, greatest: named };
  return { least: Math.min(range.least, named), greatest: Math.max(range.greatest, named) };
}

/** The first error is the one that matters: one met while telling of it is only logged. */
async function writeFailed(
  error: unknown,
  feed: Feed,
  deps: SnapshotDeps,
  records: RawRecords,
  write: Write,
): Promise<void> {
  const code = isAppError(error) ? error.code : 'UNEXPECTED';
  const message = messageOf(error).slice(0, LONGEST_MESSAGE);
  try {
    await write(
      records.ended({ type: 'snapshot-failed', failedAt: deps.now().toISOString(), code, message }),
    );
  } catch (second) {
    deps.logger?.error(
      { feed: formatFeed(feed), error: second },
      'the failed snapshot could not be marked as failed',
    );
  }
}
