import type { PartitionPlace } from '../../ports/partition-processor.js';
import type { FeedPatch, SnapshotPatch } from '../../ports/projection.js';
import type { Sql } from '../database.js';
import { sqlText, sqlTime, sqlTimeOf } from './sql-text.js';

/** Enters snapshots or moves them on; the key is the place of the snapshot-started record. */
export async function writeSnapshots(
  sql: Sql,
  place: PartitionPlace,
  patches: readonly SnapshotPatch[],
): Promise<void> {
  if (patches.length === 0) return;
  const values = patches.map((patch) => {
    const { counts } = patch;
    return `(${place.incarnation},${place.partition},${patch.firstOffset},${patch.lastOffset ?? 'NULL'},${patch.feedId},${sqlText(patch.snapshotId)},'${patch.status}',${sqlText(patch.reason?.slice(0, 1024))},${patch.baseRows},${patch.baseInStock},${counts.pages},${counts.rowsRead},${counts.created},${counts.updated},${counts.closed},${counts.invalid},${sqlTime(patch.startedAt)},${patch.endedAt === null ? 'NULL' : sqlTime(patch.endedAt)})`;
  });
  await sql.execute(
    `INSERT INTO snapshots (incarnation_id, partition_no, first_offset, last_offset, feed_id, snapshot_id, status,
       reason, base_rows, base_in_stock, pages, rows_read, created_rows, updated_rows, closed_rows, invalid_rows,
       started_at, ended_at)
     VALUES ${values.join(',')}
     ON DUPLICATE KEY UPDATE last_offset = VALUES(last_offset), status = VALUES(status), reason = VALUES(reason),
       base_rows = VALUES(base_rows), base_in_stock = VALUES(base_in_stock),
       pages = VALUES(pages), rows_read = VALUES(rows_read), created_rows = VALUES(created_rows),
       updated_rows = VALUES(updated_rows), closed_rows = VALUES(closed_rows),
       invalid_rows = VALUES(invalid_rows), ended_at = VALUES(ended_at)`,
  );
}

export async function writeFeeds(sql: Sql, patches: readonly FeedPatch[]): Promise<void> {
  for (const patch of patches) {
    const { totals } = patch;
    const sets = [
      `live_rows = ${totals.rows}`,
      `live_products = ${totals.products}`,
      `in_stock_products = ${totals.inStock}`,
      `available = ${totals.available}`,
    ];
    if (patch.applied !== undefined) {
      sets.push(
        `applied_rows = ${patch.applied.rows}`,
        `applied_products = ${patch.applied.products}`,
        `applied_available = ${patch.applied.available}`,
        `applied_incarnation_id = ${patch.applied.place.incarnation}`,
        `applied_offset = ${patch.applied.place.offset}`,
      );
    }
    if (patch.watermark !== undefined) sets.push(`watermark_at = ${sqlTimeOf(patch.watermark)}`);
    if (patch.held === null) sets.push('held_digest = NULL', 'held_count = 0', 'held_at = NULL');
    else if (patch.held !== undefined) {
      const { digest, count, lastAt } = patch.held;
      sets.push(
        `held_digest = ${sqlText(digest)}`,
        `held_count = ${count}`,
        `held_at = ${sqlTimeOf(lastAt)}`,
      );
    }
    if (patch.failures !== undefined) sets.push(`failures = ${patch.failures}`);
    if (patch.staleRecords > 0) sets.push(`stale_records = stale_records + ${patch.staleRecords}`);
    if (patch.retiredAt === null) sets.push('retired_at = NULL');
    else if (patch.retiredAt !== undefined) sets.push(`retired_at = ${sqlTimeOf(patch.retiredAt)}`);
    if (patch.cursor !== undefined) sets.push(`cursor_text = ${sqlText(patch.cursor)}`);
    await sql.execute(`UPDATE feeds SET ${sets.join(', ')} WHERE feed_id = ${patch.feedId}`);
  }
}
