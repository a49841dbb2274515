import type { StockLevel } from '../../domain/stock-level.js';
import type { PartitionPlace } from '../../ports/partition-processor.js';
import type { ChangeRow } from '../../ports/projection.js';
import type { Sql } from '../database.js';
import { cut, truncated } from '../text.js';
import { chunked, sqlId, sqlText, sqlTime } from './sql-text.js';
import { NAME_LENGTH, OFFER_ID_LENGTH } from './write-products.js';

/** Appends changes under the coordinate of the raw record that they follow from. */
export async function appendLedger(
  sql: Sql,
  place: PartitionPlace,
  rows: readonly ChangeRow[],
): Promise<void> {
  const prefix = `${place.incarnation},${place.partition}`;
  for (const chunk of chunked(rows)) {
    await sql.execute(
      `INSERT INTO ledger (incarnation_id, partition_no, record_offset, idx, feed_id, product_id, scheme,
         warehouse_id, op, reason, before_present, before_reserved, before_available, before_in_way_to_client,
         before_in_way_from_client, after_present, after_reserved, after_available, after_in_way_to_client,
         after_in_way_from_client, seq, snapshot_offset, observed_at, offer_id, name)
       VALUES ${chunk.map((row) => values(prefix, row)).join(',')}`,
    );
  }
}

function values(prefix: string, change: ChangeRow): string {
  const { step } = change;
  const { row } = step;
  const offerId = change.offerId === undefined ? null : truncated(change.offerId, OFFER_ID_LENGTH);
  const name = change.name === undefined ? null : cut(change.name, NAME_LENGTH);
  const before = step.before === null ? 'NULL,NULL,NULL,NULL,NULL' : figures(step.before);
  return `(${prefix},${change.offset},${change.index},${change.feedId},${sqlId(row.productId)},'${row.scheme}',${sqlText(row.warehouseId)},'${step.op}',${sqlText(step.reason)},${before},${figures(row.level)},${row.seq},${change.snapshot},${sqlTime(change.observedAt)},${sqlText(offerId)},${sqlText(name)})`;
}

function figures(level: StockLevel): string {
  return `${level.present},${level.reserved},${level.available},${level.inWayToClient},${level.inWayFromClient}`;
}
