import type { StockRow } from '../../domain/stock-change.js';
import type { Sql } from '../database.js';
import { chunked, sqlId, sqlText, sqlTime } from './sql-text.js';

export interface LevelWrite {
  readonly feedId: number;
  readonly row: StockRow;
  /** ISO 8601 UTC. */
  readonly observedAt: string;
}

/** Writes each key's newest state. Keys are sorted, so that two writers can never wait for each other in a circle. */
export async function upsertLevels(sql: Sql, writes: readonly LevelWrite[], generation = 0): Promise<void> {
  const newest = new Map<string, LevelWrite>();
  for (const write of writes) newest.set(sortKey(write), write);
  const sorted = [...newest.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, write]) => write);
  for (const chunk of chunked(sorted)) {
    await sql.execute(
      `INSERT INTO levels (generation, feed_id, product_id, scheme, warehouse_id, present, reserved, available,
         in_way_to_client, in_way_from_client, seq, closed, opened_in, observed_at)
       VALUES ${chunk.map((write) => values(generation, write)).join(',')}
       ON DUPLICATE KEY UPDATE present = VALUES(present), reserved = VALUES(reserved),
         available = VALUES(available), in_way_to_client = VALUES(in_way_to_client),
         in_way_from_client = VALUES(in_way_from_client), seq = VALUES(seq), closed = VALUES(closed),
         opened_in = VALUES(opened_in), observed_at = VALUES(observed_at)`,
    );
  }
}

function sortKey({ feedId, row }: LevelWrite): string {
  return `${feedId}|${row.productId.padStart(20, '0')}|${row.scheme}|${row.warehouseId}`;
}

function values(generation: number, { feedId, row, observedAt }: LevelWrite): string {
  const { level } = row;
  return `(${generation},${feedId},${sqlId(row.productId)},'${row.scheme}',${sqlText(row.warehouseId)},${level.present},${level.reserved},${level.available},${level.inWayToClient},${level.inWayFromClient},${row.seq},${row.closed ? 1 : 0},${row.openedIn},${sqlTime(observedAt)})`;
}
