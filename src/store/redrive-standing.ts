import { TOPICS } from '../events/topics.js';
import type { SnapshotStatus } from '../ports/projection.js';
import type { Database, Row } from './database.js';

export interface NewestSnapshot {
  readonly snapshotId: string;
  readonly status: SnapshotStatus;
  readonly reason: string | null;
  readonly firstOffset: number;
  readonly lastOffset: number | null;
  /** Unix milliseconds; null while it is open. */
  readonly endedAt: number | null;
}

export interface RedriveFeed {
  /** Of the raw topic. */
  readonly partition: number;
  readonly newest: NewestSnapshot | null;
}

/** What decides whether a redriven record can still count, and what became of one. Reads only. */
export function createRedriveStanding(db: Pick<Database, 'query'>) {
  return {
    /** Null for a feed that nobody knows. */
    async feed(feed: string): Promise<RedriveFeed | null> {
      const [row] = await db.query<Row>('SELECT feed_id, partition_no FROM feeds WHERE feed = ?', [feed]);
      if (row === undefined) return null;
      const [newest] = await db.query<Row>(
        'SELECT * FROM snapshots WHERE feed_id = ? ORDER BY incarnation_id DESC, first_offset DESC LIMIT 1',
        [Number(row.feed_id)],
      );
      return {
        partition: Number(row.partition_no),
        newest: newest === undefined ? null : newestOf(newest),
      };
    },

    /** Next offset that a consumer will apply; null where it never applied anything. */
    async applied(group: string, topic: string, partition: number): Promise<number | null> {
      const [row] = await db.query<Row>(
        'SELECT next_offset FROM checkpoints WHERE consumer_group = ? AND topic = ? AND partition_no = ?',
        [group, topic, partition],
      );
      return row === undefined ? null : Number(row.next_offset);
    },

    /** The `ce_id` of the dead letter that the record at this place has, or null. */
    async letterAt(group: string, topic: string, partition: number, offset: number): Promise<string | null> {
      const [row] = await db.query<Row>(
        `SELECT o.headers FROM checkpoints c JOIN outbox o ON o.incarnation_id = c.incarnation_id
            AND o.partition_no = c.partition_no AND o.record_offset = ? AND o.topic = ?
          WHERE c.consumer_group = ? AND c.topic = ? AND c.partition_no = ? LIMIT 1`,
        [offset, TOPICS.deadLetters, group, topic, partition],
      );
      if (row === undefined) return null;
      const { ce_id: id } = JSON.parse(String(row.headers)) as { ce_id?: string };
      return id ?? null;
    },
  };
}

export type RedriveStanding = ReturnType<typeof createRedriveStanding>;

function newestOf(row: Row): NewestSnapshot {
  return {
    snapshotId: String(row.snapshot_id),
    status: row.status as SnapshotStatus,
    reason: row.reason === null ? null : String(row.reason),
    firstOffset: Number(row.first_offset),
    lastOffset: row.last_offset === null ? null : Number(row.last_offset),
    endedAt: row.ended_at instanceof Date ? row.ended_at.getTime() : null,
  };
}
