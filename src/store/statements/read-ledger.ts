import { isScheme, SOURCES } from '../../domain/stock-key.js';
import { AppError } from '../../errors.js';
import type { StockChange } from '../../events/stock-change.js';
import type { PartitionPlace } from '../../ports/partition-processor.js';
import type { LedgerChange } from '../../ports/projection.js';
import type { Row, Sql } from '../database.js';

/**
 * A part of the ledger by its offsets. The key by product would spare the sorting of a few rows, and is preferred for
 * it, but leads through all that the feed has ever changed.
 */
export const BY_OFFSET = 'FORCE INDEX (PRIMARY)';

/** The changes of the records in [from, to), in order, as they were first decided. */
export async function readLedger(
  sql: Sql,
  place: PartitionPlace,
  from: number,
  to: number,
): Promise<LedgerChange[]> {
  const rows = await sql.query(
    `SELECT STRAIGHT_JOIN a.source, a.account, c.*, s.snapshot_id
       FROM ledger c ${BY_OFFSET}
       JOIN feeds f ON f.feed_id = c.feed_id
       JOIN accounts a ON a.account_id = f.account_id
       JOIN snapshots s ON s.incarnation_id = c.incarnation_id AND s.partition_no = c.partition_no
                       AND s.first_offset = c.snapshot_offset
      WHERE c.incarnation_id = ? AND c.partition_no = ? AND c.record_offset >= ? AND c.record_offset < ?
      ORDER BY c.record_offset, c.idx`,
    [place.incarnation, place.partition, from, to],
  );
  return rows.map((row) => ({
    offset: Number(row.record_offset),
    index: Number(row.idx),
    change: changeOf(row),
  }));
}

/** @param row of the ledger with `source`, `account` and `snapshot_id` */
export function changeOf(row: Row): StockChange {
  const source = SOURCES.find((name) => name === row.source);
  if (source === undefined || !isScheme(row.scheme)) {
    throw new AppError(
      'INVARIANT',
      `unknown source or scheme in the ledger: ${String(row.source)}, ${String(row.scheme)}`,
    );
  }
  return {
    key: {
      source,
      account: String(row.account),
      productId: String(row.product_id),
      scheme: row.scheme,
      warehouseId: String(row.warehouse_id),
    },
    op: row.op as StockChange['op'],
    before: row.before_present === null ? null : level(row, 'before'),
    after: level(row, 'after'),
    ...(row.reason === null ? {} : { reason: row.reason as StockChange['reason'] }),
    snapshotId: String(row.snapshot_id),
    observedAt: (row.observed_at as Date).toISOString(),
    seq: Number(row.seq),
    ...(row.offer_id === null ? {} : { offerId: String(row.offer_id) }),
    ...(row.name === null ? {} : { name: String(row.name) }),
  };
}

function level(row: Row, side: 'before' | 'after'): StockChange['after'] {
  return {
    present: Number(row[`${side}_present`]),
    reserved: Number(row[`${side}_reserved`]),
    available: Number(row[`${side}_available`]),
    inWayToClient: Number(row[`${side}_in_way_to_client`]),
    inWayFromClient: Number(row[`${side}_in_way_from_client`]),
  };
}
