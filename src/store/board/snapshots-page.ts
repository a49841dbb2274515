import type { Row } from '../database.js';
import { textOf, timeOf } from '../row-values.js';
import { sqlText } from '../statements/sql-text.js';
import { type Reader } from './board-standing.js';

/** Where a snapshot stands: its first record. */
export interface SnapshotPlace {
  readonly incarnation: number;
  readonly offset: number;
}

/** A row of `snapshots`. Times are Unix milliseconds. */
export interface StoredSnapshot extends SnapshotPlace {
  readonly snapshotId: string;
  /** open | applied | held | incomplete | failed | abandoned */
  readonly status: string;
  readonly reason: string | null;
  readonly pages: number;
  readonly rows: number;
  readonly created: number;
  readonly updated: number;
  readonly closed: number;
  readonly invalid: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
}

/**
 * Snapshots of a feed, the newest first.
 *
 * @param lives of the raw topic, the oldest first
 * @param before only older ones than this
 */
export async function snapshotsBefore(
  db: Reader,
  feedId: number,
  lives: readonly number[],
  { before, status, limit }: { before: SnapshotPlace | null; status: string | undefined; limit: number },
): Promise<StoredSnapshot[]> {
  const found: StoredSnapshot[] = [];
  for (const life of lives.toReversed()) {
    if (found.length >= limit) break;
    if (before !== null && life > before.incarnation) continue;
    const older = before?.incarnation === life ? `AND first_offset < ${before.offset}` : '';
    const rows = await db.query<Row>(
      `SELECT * FROM snapshots FORCE INDEX (snapshots_feed)
        WHERE feed_id = ${feedId} AND incarnation_id = ${life} ${older}
          ${status === undefined ? '' : `AND status = ${sqlText(status)}`}
        ORDER BY first_offset DESC LIMIT ${limit - found.length}`,
    );
    found.push(...rows.map(snapshotOf));
  }
  return found;
}

export function snapshotOf(row: Row): StoredSnapshot {
  return {
    incarnation: Number(row.incarnation_id),
    offset: Number(row.first_offset),
    snapshotId: String(row.snapshot_id),
    status: String(row.status),
    reason: textOf(row.reason),
    pages: Number(row.pages),
    rows: Number(row.rows_read),
    created: Number(row.created_rows),
    updated: Number(row.updated_rows),
    closed: Number(row.closed_rows),
    invalid: Number(row.invalid_rows),
    startedAt: timeOf(row.started_at) ?? 0,
    endedAt: timeOf(row.ended_at),
  };
}
