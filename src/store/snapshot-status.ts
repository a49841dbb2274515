import type { SnapshotStatus } from '../ports/projection.js';
import type { SnapshotOutcome, SnapshotStatusReader } from '../ports/snapshot-status.js';
import type { Database, Row } from './database.js';
import { chunked } from './statements/sql-text.js';

export function createSnapshotStatusReader(db: Database): SnapshotStatusReader {
  return {
    async statusOf(snapshotIds) {
      const found = new Map<string, SnapshotOutcome>();
      for (const chunk of chunked(snapshotIds)) {
        // A snapshot that was read in an earlier life of the topic too counts as of the newest.
        const rows = await db.query<Row>(
          `SELECT s.*, i.life FROM snapshots s LEFT JOIN incarnations i ON i.incarnation_id = s.incarnation_id
            WHERE s.snapshot_id IN (?) ORDER BY s.incarnation_id, s.first_offset`,
          [chunk],
        );
        for (const row of rows) found.set(String(row.snapshot_id), outcomeOf(row));
      }
      return found;
    },

    async publishedOffset(group, topic, partition) {
      const [row] = await db.query<Row>(
        'SELECT published_offset FROM checkpoints WHERE consumer_group = ? AND topic = ? AND partition_no = ?',
        [group, topic, partition],
      );
      return row === undefined ? null : Number(row.published_offset);
    },
  };
}

function outcomeOf(row: Row): SnapshotOutcome {
  return {
    status: row.status as SnapshotStatus,
    reason: row.reason === null ? null : String(row.reason),
    life: Number(row.life),
    partition: Number(row.partition_no),
    lastOffset: row.last_offset === null ? null : Number(row.last_offset),
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
