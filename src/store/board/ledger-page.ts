import type { StockChange } from '../../events/stock-change.js';
import type { Row } from '../database.js';
import { BY_OFFSET, changeOf } from '../statements/read-ledger.js';
import type { Reader } from './board-standing.js';

/** A stretch of the ledger of one raw partition. */
export interface LedgerStretch {
  readonly partition: number;
  readonly incarnation: number;
  /** The first row: its raw record, and its number among the changes of that. */
  readonly offset: number;
  readonly idx: number;
  /** The first raw record behind the stretch; null: there is no end to it. */
  readonly end: number | null;
}

export interface PlacedChange {
  readonly offset: number;
  readonly idx: number;
  readonly change: StockChange;
}

/**
 * In the order of the log. The rows of one raw record may be as many as there are products, so the number among them
 * is part of the range that is read. The ledger leads the join: else it would be sorted.
 */
export async function readStretch(
  db: Reader,
  stretch: LedgerStretch,
  limit: number,
): Promise<PlacedChange[]> {
  const { partition, incarnation, offset, idx, end } = stretch;
  const before = end === null ? '' : `AND c.record_offset < ${end}`;
  const rows = await db.query<Row>(
    `SELECT STRAIGHT_JOIN a.source, a.account, COALESCE(s.snapshot_id, '') AS snapshot_id, c.*
       FROM ledger c ${BY_OFFSET}
       JOIN feeds f ON f.feed_id = c.feed_id
       JOIN accounts a ON a.account_id = f.account_id
       LEFT JOIN snapshots s ON s.incarnation_id = c.incarnation_id AND s.partition_no = c.partition_no
                            AND s.first_offset = c.snapshot_offset
      WHERE c.incarnation_id = ${incarnation} AND c.partition_no = ${partition}
        AND ((c.record_offset = ${offset} AND c.idx >= ${idx}) OR c.record_offset > ${offset}) ${before}
      ORDER BY c.incarnation_id, c.partition_no, c.record_offset, c.idx LIMIT ${limit}`,
  );
  return rows.map((row) => ({
    offset: Number(row.record_offset),
    idx: Number(row.idx),
    change: changeOf(row),
  }));
}

/** The lives of a topic, the oldest first. */
export async function readLives(db: Reader, rawTopic: string): Promise<number[]> {
  const rows = await db.query<Row>(
    'SELECT incarnation_id FROM incarnations WHERE topic = ? ORDER BY incarnation_id',
    [rawTopic],
  );
  return rows.map((row) => Number(row.incarnation_id));
}
