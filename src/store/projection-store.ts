import { formatFeed, parseFeed } from '../domain/feed.js';
import { AppError } from '../errors.js';
import { TOPICS } from '../events/topics.js';
import type { PartitionPlace } from '../ports/partition-processor.js';
import type {
  ChangeRow,
  FeedState,
  LedgerReader,
  OpenSnapshotState,
  ProjectionReader,
  ProjectionWriter,
} from '../ports/projection.js';
import { type Database, type Row, sqlOf } from './database.js';
import { ledgerStatements } from './statements/append-ledger.js';
import { productMovements } from './statements/product-movements.js';
import { readLedger } from './statements/read-ledger.js';
import { readLevelsOfFeed, readLevelsOfProducts } from './statements/read-levels.js';
import {
  accountOfFeed,
  readArticles,
  readCurrentProducts,
  readProducts,
} from './statements/read-products.js';
import { levelStatements } from './statements/upsert-levels.js';
import { writeProducts } from './statements/write-products.js';
import { writeFeeds, writeSnapshots } from './statements/write-progress.js';

/** MySQL side of the projector: prior state, and what a transaction of it writes. */
export function createProjectionStore(db: Database): ProjectionReader & ProjectionWriter & LedgerReader {
  return {
    async feed(feed, partition) {
      const id = formatFeed(feed);
      const stored = await findFeed(db, id);
      if (stored !== null) return stored;
      await db.execute('INSERT IGNORE INTO accounts (source, account) VALUES (?, ?)', [
        feed.source,
        feed.account,
      ]);
      await db.execute(
        `INSERT IGNORE INTO feeds (feed, account_id, endpoint, warehouse, partition_no)
         SELECT ?, account_id, ?, ?, ? FROM accounts WHERE source = ? AND account = ?`,
        [id, feed.endpoint, feed.warehouse ?? null, partition, feed.source, feed.account],
      );
      const entered = await findFeed(db, id);
      if (entered === null) throw new AppError('INVARIANT', `the feed ${id} could not be entered`);
      return entered;
    },

    async openSnapshots(place) {
      const rows = await db.query(
        `SELECT s.*, f.feed FROM snapshots s JOIN feeds f ON f.feed_id = s.feed_id
          WHERE s.incarnation_id = ? AND s.partition_no = ? AND s.status IN ('open', 'incomplete')
            AND (s.status = 'open' OR s.ended_at > NOW(3) - INTERVAL 4 DAY AND s.first_offset = (SELECT MAX(n.first_offset) FROM snapshots n
                  WHERE n.incarnation_id = ? AND n.partition_no = ? AND n.feed_id = s.feed_id))
          ORDER BY s.first_offset`,
        [place.incarnation, place.partition, place.incarnation, place.partition],
      );
      return rows.map(openSnapshot);
    },

    rowsOfProducts: (feedId, productIds) => readLevelsOfProducts(db, feedId, productIds),
    rowsOfFeed: (feedId) => readLevelsOfFeed(db, feedId),

    async countRows(feedId) {
      const [row] = await db.query('SELECT COUNT(*) AS n FROM levels WHERE generation = 0 AND feed_id = ?', [
        feedId,
      ]);
      return Number(row?.n ?? 0);
    },

    articles: (feedId, productIds) => readArticles(db, feedId, productIds),
    storedProducts: (feedId, productIds) => readProducts(db, feedId, productIds),
    async *currentProducts(feedId) {
      yield* readCurrentProducts(db, await accountOfFeed(db, feedId));
    },

    async changes(tx, place, rows) {
      await sqlOf(tx).executeAll(changeStatements(place, rows));
    },
    ledger: (place, from, to) => readLedger(db, place, from, to),
    async refused(place, from, to) {
      const rows = await db.query(
        `SELECT DISTINCT record_offset FROM outbox WHERE incarnation_id = ? AND partition_no = ?
            AND record_offset >= ? AND record_offset < ? AND topic = ?`,
        [place.incarnation, place.partition, from, to, TOPICS.deadLetters],
      );
      return rows.map((row) => Number(row.record_offset));
    },
    products: (tx, patches) => writeProducts(sqlOf(tx), patches),
    snapshots: (tx, place, patches) => writeSnapshots(sqlOf(tx), place, patches),
    feeds: (tx, patches) => writeFeeds(sqlOf(tx), patches),
    movements: (tx, place, feedId, first, last, among) =>
      productMovements(sqlOf(tx), place, feedId, first, last, among),
  };
}

/** Levels and ledger in one row, so that the server need not wait between them. */
function* changeStatements(place: PartitionPlace, rows: readonly ChangeRow[]): Generator<string> {
  yield* levelStatements(rows.map(({ feedId, step, observedAt }) => ({ feedId, row: step.row, observedAt })));
  yield* ledgerStatements(place, rows);
}

async function findFeed(db: Database, id: string): Promise<FeedState | null> {
  const [row] = await db.query('SELECT * FROM feeds WHERE feed = ?', [id]);
  const feed = parseFeed(id);
  if (row === undefined || feed === null) return null;
  return {
    feedId: Number(row.feed_id),
    feed,
    totals: {
      rows: Number(row.live_rows),
      products: Number(row.live_products),
      inStock: Number(row.in_stock_products),
      available: Number(row.available),
    },
    applied:
      row.applied_rows === null
        ? null
        : {
            rows: Number(row.applied_rows),
            products: Number(row.applied_products),
            available: Number(row.applied_available),
            place: {
              incarnation: Number(row.applied_incarnation_id),
              offset: Number(row.applied_offset),
            },
          },
    failures: Number(row.failures),
    held:
      row.held_digest === null
        ? null
        : {
            digest: String(row.held_digest),
            count: Number(row.held_count),
            lastAt: (row.held_at as Date).getTime(),
          },
  };
}

function openSnapshot(row: Row): OpenSnapshotState {
  return {
    status: row.status === 'open' ? 'open' : 'incomplete',
    snapshotId: String(row.snapshot_id),
    feedId: Number(row.feed_id),
    feed: String(row.feed),
    firstOffset: Number(row.first_offset),
    startedAtMs: (row.started_at as Date).getTime(),
    baseRows: Number(row.base_rows),
    baseInStock: Number(row.base_in_stock),
    counts: {
      pages: Number(row.pages),
      rowsRead: Number(row.rows_read),
      created: Number(row.created_rows),
      updated: Number(row.updated_rows),
      closed: Number(row.closed_rows),
      invalid: Number(row.invalid_rows),
    },
  };
}
