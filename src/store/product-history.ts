import { HISTORY_DAYS, type ProductFacts, type ProductHour } from '../domain/anomaly/finding.js';
import type { ChangesPlace, ProductHistory, ProductStep } from '../ports/product-history.js';
import { type Database, type Row, type Sql, sqlOf } from './database.js';
import { chunked, sqlId } from './statements/sql-text.js';

const HOUR_MS = 3_600_000;

/**
 * Steps come from the ledger's key range, totals from the levels, hours from `product_hours`.
 *
 * @param rawTopic full name of the topic whose records changed the products
 */
export function createProductHistory(db: Database, rawTopic: string): ProductHistory {
  return {
    async steps(place) {
      const slice = await sliceOf(db, rawTopic, place);
      if (slice === null) return [];
      const { from, to } = place;
      const rows = await db.query<Row>(
        `SELECT product_id, SUM(after_available) - SUM(COALESCE(before_available, 0)) AS available,
                SUM(after_present) - SUM(COALESCE(before_present, 0)) AS present,
                SUM(after_reserved) - SUM(COALESCE(before_reserved, 0)) AS reserved,
                MAX(COALESCE(reason, '') = 'rescoped') AS rescoped
           FROM ledger
          WHERE ${inPartition(slice)} AND record_offset BETWEEN ? AND ? AND feed_id = ${slice.feedId}
          GROUP BY product_id
          ORDER BY product_id`,
        [from, to],
      );
      return rows
        .filter((row) => Number(row.rescoped) === 0)
        .map(stepOf)
        .filter(isAnything);
    },

    async facts(place, steps, at) {
      const accountId = await accountOf(db, place.source, place.account);
      if (accountId === null) return [];
      const slice = await sliceOf(db, rawTopic, place);
      const facts: ProductFacts[] = [];
      for (const chunk of chunked(steps)) facts.push(...(await factsOf(db, accountId, slice, chunk, at)));
      return facts;
    },

    async note(tx, { source, account }, steps, at) {
      const sql = sqlOf(tx);
      const accountId = await accountOf(sql, source, account);
      if (accountId === null) return;
      const hour = Math.floor(at / HOUR_MS);
      const moved = steps.filter(({ available }) => available !== 0);
      const sorted = moved.toSorted((a, b) => compareIds(a.productId, b.productId));
      for (const chunk of chunked(sorted)) {
        await sql.execute(
          `INSERT INTO product_hours (account_id, product_id, hour_no, sold, received)
           VALUES ${chunk.map((step) => values(accountId, hour, step)).join(',')}
           ON DUPLICATE KEY UPDATE sold = sold + VALUES(sold), received = received + VALUES(received)`,
        );
      }
    },
  };
}

function values(accountId: number, hour: number, { productId, available }: ProductStep): string {
  const sold = Math.max(0, -available);
  const received = Math.max(0, available);
  return `(${accountId},${sqlId(productId)},${hour},${sold},${received})`;
}

function stepOf(row: Row): ProductStep {
  return {
    productId: String(row.product_id),
    available: Number(row.available),
    present: Number(row.present),
    reserved: Number(row.reserved),
  };
}

function isAnything({ available, present, reserved }: ProductStep): boolean {
  return available !== 0 || present !== 0 || reserved !== 0;
}

async function accountOf(sql: Pick<Sql, 'query'>, source: string, account: string): Promise<number | null> {
  const [row] = await sql.query<Row>('SELECT account_id FROM accounts WHERE source = ? AND account = ?', [
    source,
    account,
  ]);
  return row === undefined ? null : Number(row.account_id);
}

/** A slice of the ledger, by the numbers that its rows go by. */
interface Slice {
  readonly feedId: number;
  readonly incarnation: number;
  readonly partition: number;
  /** Offset of its last record. */
  readonly to: number;
}

/** Null where nothing of it was ever written. */
async function sliceOf(db: Database, rawTopic: string, place: ChangesPlace): Promise<Slice | null> {
  const { feed, life, partition, to } = place;
  const [row] = await db.query<Row>(
    `SELECT f.feed_id, i.incarnation_id FROM feeds f JOIN incarnations i
      WHERE f.feed = ? AND i.topic = ? AND i.life = ?`,
    [feed, rawTopic, life],
  );
  if (row === undefined) return null;
  return { feedId: Number(row.feed_id), incarnation: Number(row.incarnation_id), partition, to };
}

function inPartition({ incarnation, partition }: Slice): string {
  return `incarnation_id = ${incarnation} AND partition_no = ${partition}`;
}

async function factsOf(
  db: Database,
  accountId: number,
  slice: Slice | null,
  steps: readonly ProductStep[],
  at: number,
): Promise<ProductFacts[]> {
  const ids = steps.map(({ productId }) => sqlId(productId)).join(',');
  const products = await db.query<Row>(
    `SELECT p.product_id, p.offer_id, p.name, p.first_seen_at, s.low_stock, a.history_since
       FROM products p
       JOIN accounts a ON a.account_id = p.account_id
       LEFT JOIN product_settings s ON s.account_id = p.account_id AND s.product_id = p.product_id
      WHERE p.account_id = ${accountId} AND p.product_id IN (${ids})`,
  );
  const totals = await totalsOf(db, accountId, slice, ids);
  const hours = await hoursOf(db, accountId, ids, at);
  const known = new Map(products.map((row) => [String(row.product_id), row]));
  return steps.flatMap((step) => {
    const row = known.get(step.productId);
    const now = totals.get(step.productId) ?? NOTHING;
    return row === undefined ? [] : [factOf(step, row, now, hours.get(step.productId) ?? [])];
  });
}

interface Totals {
  readonly available: number;
  readonly present: number;
  readonly reserved: number;
}

const NOTHING: Totals = { available: 0, present: 0, reserved: 0 };

function factOf(step: ProductStep, row: Row, now: Totals, hours: readonly ProductHour[]): ProductFacts {
  const span = (what: keyof Totals) => ({ before: Math.max(0, now[what] - step[what]), after: now[what] });
  const offerId = row.offer_id as string | null;
  const name = row.name as string | null;
  return {
    productId: step.productId,
    ...(offerId === null ? {} : { offerId }),
    ...(name === null ? {} : { name }),
    ...span('available'),
    present: span('present'),
    reserved: span('reserved'),
    ...(row.low_stock === null ? {} : { lowStock: Number(row.low_stock) }),
    hours,
    since: Math.max(timeOf(row.first_seen_at), timeOf(row.history_since)),
  };
}

function timeOf(value: unknown): number {
  return value instanceof Date ? value.getTime() : 0;
}

/** Feed by feed, each by its leading key. */
async function totalsOf(
  db: Database,
  accountId: number,
  slice: Slice | null,
  ids: string,
): Promise<Map<string, Totals>> {
  const feeds = await db.query<Row>('SELECT feed_id FROM feeds WHERE account_id = ?', [accountId]);
  const totals = new Map<string, Totals>();
  for (const feed of feeds) {
    const feedId = Number(feed.feed_id);
    const rows = await db.query<Row>(
      `SELECT product_id, SUM(available) AS available, SUM(present) AS present, SUM(reserved) AS reserved
         FROM (SELECT product_id, available, present, reserved FROM levels
                WHERE generation = 0 AND feed_id = ${feedId} AND product_id IN (${ids})
               ${slice?.feedId === feedId ? `UNION ALL ${undone(slice, ids)}` : ''}) rows_then
        GROUP BY product_id`,
    );
    for (const row of rows) {
      const { productId, ...more } = stepOf(row);
      const sum = totals.get(productId) ?? NOTHING;
      totals.set(productId, {
        available: sum.available + more.available,
        present: sum.present + more.present,
        reserved: sum.reserved + more.reserved,
      });
    }
  }
  return totals;
}

/**
 * The projector may be snapshots ahead: what it has applied since is taken back, in the same statement that reads
 * the levels, so that what is said of a snapshot does not depend on when it is judged.
 */
function undone(slice: Slice, ids: string): string {
  return `SELECT product_id, COALESCE(before_available, 0) - after_available,
                 COALESCE(before_present, 0) - after_present, COALESCE(before_reserved, 0) - after_reserved
            FROM ledger
           WHERE ${inPartition(slice)} AND record_offset > ${slice.to}
             AND feed_id = ${slice.feedId} AND product_id IN (${ids})`;
}

async function hoursOf(
  db: Database,
  accountId: number,
  ids: string,
  at: number,
): Promise<Map<string, ProductHour[]>> {
  const last = Math.floor(at / HOUR_MS);
  const first = last - HISTORY_DAYS * 24;
  const rows = await db.query<Row>(
    `SELECT product_id, hour_no, sold, received FROM product_hours
      WHERE account_id = ${accountId} AND product_id IN (${ids}) AND hour_no > ${first} AND hour_no <= ${last}
      ORDER BY product_id, hour_no`,
  );
  const hours = new Map<string, ProductHour[]>();
  for (const row of rows) {
    const productId = String(row.product_id);
    const known = hours.get(productId) ?? [];
    known.push({ hour: Number(row.hour_no), sold: Number(row.sold), received: Number(row.received) });
    hours.set(productId, known);
  }
  return hours;
}

function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
