import type { Source } from '../../domain/stock-key.js';
import type { StockLevel } from '../../domain/stock-level.js';
import { TOPICS, topicOf } from '../../events/topics.js';
import type { Database, Row } from '../../store/database.js';
import { textOf, timeOf } from '../../store/row-values.js';
import { sqlId } from '../../store/statements/sql-text.js';

export interface ProductPlace extends StockLevel {
  readonly scheme: string;
  /** Empty: the scheme's total. */
  readonly warehouseId: string;
  readonly observedAt: number;
}

export interface ProductChange {
  readonly op: string;
  readonly reason: string | null;
  readonly scheme: string;
  readonly warehouseId: string;
  readonly before: StockLevel | null;
  readonly after: StockLevel;
  readonly observedAt: number;
  /** The raw record that it follows from. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Number of it among the record's. */
  readonly index: number;
}

/** A change's place in a product's list: Unix milliseconds, and the coordinate of what it follows from. */
export interface ChangePlace {
  readonly at: number;
  readonly offset: number;
  readonly index: number;
}

/** Pieces at the end of a step of time; the first point is where the span begins. */
export interface HistoryPoint {
  readonly at: number;
  /** null, as with `reserved`: the product was not known then. */
  readonly available: number | null;
  readonly reserved: number | null;
}

export interface KnownProduct {
  readonly accountId: number;
  readonly feedIds: readonly number[];
  /** Its own threshold; null: it has none. */
  readonly lowStock: number | null;
}

/** Most steps of a chart: more than there are dots on a screen serve nobody. */
const MOST_STEPS = 500;
const MOST_MARKS = 200;
const LEVELS = ['present', 'reserved', 'available', 'in_way_to_client', 'in_way_from_client'] as const;

/** One product, all by keys: levels by their primary key, the ledger by `ledger_product`. */
export function createProductReader(db: Pick<Database, 'query'>, prefix: string) {
  const rawTopic = topicOf(prefix, TOPICS.rawSnapshots);
  return {
    async known(source: Source, account: string, productId: string): Promise<KnownProduct | null> {
      const rows = await db.query<Row>(
        `SELECT a.account_id, f.feed_id, s.low_stock FROM accounts a
           JOIN products p ON p.account_id = a.account_id AND p.product_id = ${sqlId(productId)}
           LEFT JOIN feeds f ON f.account_id = a.account_id
           LEFT JOIN product_settings s ON s.account_id = p.account_id AND s.product_id = p.product_id
          WHERE a.source = ? AND a.account = ?`,
        [source, account],
      );
      const [first] = rows;
      if (first === undefined) return null;
      return {
        accountId: Number(first.account_id),
        feedIds: rows.flatMap((row) => (row.feed_id === null ? [] : [Number(row.feed_id)])),
        lowStock: first.low_stock === null ? null : Number(first.low_stock),
      };
    },

    /** Rows that are not closed. */
    async places({ feedIds }: KnownProduct, productId: string): Promise<ProductPlace[]> {
      if (feedIds.length === 0) return [];
      const rows = await db.query<Row>(
        `SELECT scheme, warehouse_id, ${LEVELS.join(', ')}, observed_at FROM levels
          WHERE generation = 0 AND feed_id IN (?) AND product_id = ${sqlId(productId)} AND closed = 0
          ORDER BY scheme, available DESC, warehouse_id`,
        [feedIds],
      );
      return rows.map((row) => ({
        scheme: String(row.scheme),
        warehouseId: String(row.warehouse_id),
        ...levelOf(row, ''),
        observedAt: timeOf(row.observed_at) ?? 0,
      }));
    },

    /** The newest first. @param before only changes that stand behind this one in that order */
    async changes(
      { feedIds }: KnownProduct,
      productId: string,
      limit: number,
      before?: ChangePlace | undefined,
    ): Promise<ProductChange[]> {
      if (feedIds.length === 0) return [];
      const columns = ['before', 'after'].flatMap((side) => LEVELS.map((name) => `c.${side}_${name}`));
      // In the order of the key with the primary key behind it: read from its end, nothing is sorted.
      const one = `(SELECT c.op, c.reason, c.scheme, c.warehouse_id, ${columns.join(', ')}, c.observed_at,
             c.incarnation_id, c.partition_no, c.record_offset, c.idx
        FROM ledger c WHERE c.feed_id = ? AND c.product_id = ${sqlId(productId)} AND c.observed_at <= ?
         AND (c.observed_at < ? OR c.record_offset < ? OR (c.record_offset = ? AND c.idx < ?))
       ORDER BY c.observed_at DESC, c.incarnation_id DESC, c.partition_no DESC, c.record_offset DESC, c.idx DESC LIMIT ${limit})`;
      const until = new Date(before?.at ?? LAST_TIMESTAMP);
      const place = [until, until, before?.offset ?? 0, before?.offset ?? 0, before?.index ?? 0];
      const rows = await db.query<Row>(
        `${feedIds.map(() => one).join(' UNION ALL ')} ORDER BY observed_at DESC, record_offset DESC, idx DESC LIMIT ${limit}`,
        feedIds.flatMap((feed) => [feed, ...place]),
      );
      return rows.map((row) => changeOf(row, rawTopic));
    },

    /** Pieces over time, reckoned backwards from the present ones: the ledger need not reach back to the beginning. */
    async history(
      { feedIds }: KnownProduct,
      productId: string,
      now: { readonly available: number; readonly reserved: number },
      span: { readonly from: number; readonly to: number },
    ): Promise<HistoryPoint[]> {
      if (feedIds.length === 0) return [];
      const step = Math.max(1, Math.ceil((span.to - span.from) / MOST_STEPS / 1000));
      const rows = await db.query<Row>(
        `SELECT FLOOR(UNIX_TIMESTAMP(observed_at) / ${step}) AS step,
                SUM(after_available) - SUM(COALESCE(before_available, 0)) AS available,
                SUM(after_reserved) - SUM(COALESCE(before_reserved, 0)) AS reserved,
                SUM(before_present IS NULL) AS entered
           FROM ledger WHERE feed_id IN (?) AND product_id = ${sqlId(productId)} AND observed_at >= ? GROUP BY step ORDER BY step DESC`,
        [feedIds, new Date(span.from)],
      );
      const points: HistoryPoint[] = [{ at: span.to, ...now }];
      let { available, reserved } = now;
      for (const row of rows) {
        const at = (Number(row.step) + 1) * step * 1000;
        if (at < span.to) points.push({ at, available, reserved });
        available -= Number(row.available);
        reserved -= Number(row.reserved);
      }
      // Before all of its rows have come there was no stock to speak of, which is not the same as none.
      const entered = rows.reduce((sum, row) => sum + Number(row.entered), 0);
      const isUnknown = entered > 0 && entered === (await rowsOf(db, feedIds, productId));
      points.push({
        at: span.from,
        available: isUnknown ? null : available,
        reserved: isUnknown ? null : reserved,
      });
      return points.reverse();
    },

    /** When reads of its feeds came to no good end, Unix milliseconds, ascending. */
    async failures({ feedIds }: KnownProduct, from: number): Promise<number[]> {
      if (feedIds.length === 0) return [];
      const rows = await db.query<Row>(
        `SELECT started_at FROM snapshots
          WHERE feed_id IN (?) AND status IN ('failed', 'incomplete', 'held', 'abandoned') AND started_at >= ?
          ORDER BY started_at DESC LIMIT ${MOST_MARKS}`,
        [feedIds, new Date(from)],
      );
      return rows.flatMap((row) => timeOf(row.started_at) ?? []).reverse();
    },
  };
}

export type ProductReader = ReturnType<typeof createProductReader>;

/** The column's type ends in January 2038. */
const LAST_TIMESTAMP = Date.UTC(2038, 0, 19);

/** Rows are closed and never deleted: each of them has entered once. */
async function rowsOf(
  db: Pick<Database, 'query'>,
  feedIds: readonly number[],
  productId: string,
): Promise<number> {
  const [found] = await db.query<Row>(
    `SELECT COUNT(*) AS n FROM levels WHERE generation = 0 AND feed_id IN (?) AND product_id = ${sqlId(productId)}`,
    [feedIds],
  );
  return Number(found?.n);
}

function changeOf(row: Row, topic: string): ProductChange {
  return {
    op: String(row.op),
    reason: textOf(row.reason),
    scheme: String(row.scheme),
    warehouseId: String(row.warehouse_id),
    before: row.before_present === null ? null : levelOf(row, 'before_'),
    after: levelOf(row, 'after_'),
    observedAt: timeOf(row.observed_at) ?? 0,
    topic,
    partition: Number(row.partition_no),
    offset: Number(row.record_offset),
    index: Number(row.idx),
  };
}

function levelOf(row: Row, side: string): StockLevel {
  return {
    present: Number(row[`${side}present`]),
    reserved: Number(row[`${side}reserved`]),
    available: Number(row[`${side}available`]),
    inWayToClient: Number(row[`${side}in_way_to_client`]),
    inWayFromClient: Number(row[`${side}in_way_from_client`]),
  };
}
