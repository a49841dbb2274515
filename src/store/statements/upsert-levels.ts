import { compareRowKeys, type StockRow } from '../../domain/stock-change.js';
import type { SqlTransaction } from '../database.js';
import { chunked, sqlId, sqlText, sqlTime } from './sql-text.js';

export interface LevelWrite {
  readonly feedId: number;
  readonly row: StockRow;
  /** ISO 8601 UTC. */
  readonly observedAt: string;
}

export async function upsertLevels(
  sql: Pick<SqlTransaction, 'executeAll'>,
  writes: readonly LevelWrite[],
  generation = 0,
): Promise<void> {
  await sql.executeAll(levelStatements(writes, generation));
}

/** Write each key's newest state. Keys are sorted, so that two writers can never wait for each other in a circle. */
export function* levelStatements(writes: readonly LevelWrite[], generation = 0): Generator<string> {
  for (const chunk of chunked(newestByKey(writes))) {
    yield `INSERT INTO levels (generation, feed_id, product_id, scheme, warehouse_id, present, reserved, available,
         in_way_to_client, in_way_from_client, seq, closed, opened_in, observed_at)
       VALUES ${chunk.map((write) => values(generation, write)).join(',')}
       ON DUPLICATE KEY UPDATE present = VALUES(present), reserved = VALUES(reserved),
         available = VALUES(available), in_way_to_client = VALUES(in_way_to_client),
         in_way_from_client = VALUES(in_way_from_client), seq = VALUES(seq), closed = VALUES(closed),
         opened_in = VALUES(opened_in), observed_at = VALUES(observed_at)`;
  }
}

/** Pages come in the order of keys as a rule, and name none twice. */
function newestByKey(writes: readonly LevelWrite[]): readonly LevelWrite[] {
  if (writes.every((write, at) => at === 0 || compareKeys(writes[at - 1], write) < 0)) return writes;
  const sorted = [...writes].sort(compareKeys);
  return sorted.filter((write, at) => at === sorted.length - 1 || compareKeys(write, sorted[at + 1]) !== 0);
}

function compareKeys(a: LevelWrite | undefined, b: LevelWrite | undefined): number {
  if (a === undefined || b === undefined) return 0;
  return a.feedId - b.feedId || compareRowKeys(a.row, b.row);
}

function values(generation: number, { feedId, row, observedAt }: LevelWrite): string {
  const { level } = row;
  return `(${generation},${feedId},${sqlId(row.productId)},'${row.scheme}',${sqlText(row.warehouseId)},${level.present},${level.reserved},${level.available},${level.inWayToClient},${level.inWayFromClient},${row.seq},${row.closed ? 1 : 0},${row.openedIn},${sqlTime(observedAt)})`;
}
