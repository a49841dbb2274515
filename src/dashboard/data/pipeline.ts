import { TOPICS, topicOf } from '../../events/topics.js';
import { type StoredSnapshot, snapshotOf } from '../../store/board/snapshots-page.js';
import type { Database, Row } from '../../store/database.js';
import { timeOf } from '../../store/row-values.js';

export interface StoredCheckpoint {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly next: number;
  readonly published: number;
  readonly updatedAt: number;
}

export interface PlacedSnapshot extends StoredSnapshot {
  readonly feed: string;
  readonly endpoint: string;
  readonly source: string;
  readonly partition: number;
}

/** So far back from the end of a partition's snapshots those in trouble are looked for. */
const LOOKED_AT = 500;

/** What MySQL holds of the pipe, by keys. */
export function createPipelineReader(db: Pick<Database, 'query'>, prefix: string) {
  const rawTopic = topicOf(prefix, TOPICS.rawSnapshots);
  return {
    /** A row per group and partition: some dozens. */
    async checkpoints(): Promise<StoredCheckpoint[]> {
      const rows = await db.query<Row>(
        `SELECT consumer_group, topic, partition_no, next_offset, published_offset, updated_at FROM checkpoints
          ORDER BY consumer_group, topic, partition_no`,
      );
      return rows.map((row) => ({
        group: String(row.consumer_group),
        topic: String(row.topic),
        partition: Number(row.partition_no),
        next: Number(row.next_offset),
        published: Number(row.published_offset),
        updatedAt: timeOf(row.updated_at) ?? 0,
      }));
    },

    /** The newest first, from the end of each partition's part of the primary key. */
    async snapshots(limit: number, onlyBad: boolean): Promise<PlacedSnapshot[]> {
      const places = await db.query<Row>(
        `SELECT MAX(i.incarnation_id) AS incarnation_id, f.partition_no FROM incarnations i, feeds f
          WHERE i.topic = ? GROUP BY f.partition_no`,
        [rawTopic],
      );
      if (places.length === 0) return [];
      const count = onlyBad ? LOOKED_AT : limit;
      const one = `(SELECT * FROM snapshots WHERE incarnation_id = ? AND partition_no = ?
         ORDER BY first_offset DESC LIMIT ${count})`;
      const bad = onlyBad ? "WHERE s.status NOT IN ('applied', 'open')" : '';
      const rows = await db.query<Row>(
        `SELECT s.*, f.feed, f.endpoint, a.source
           FROM (${places.map(() => one).join(' UNION ALL ')}) s
           JOIN feeds f ON f.feed_id = s.feed_id JOIN accounts a ON a.account_id = f.account_id
          ${bad} ORDER BY s.started_at DESC LIMIT ${limit}`,
        places.flatMap((place) => [place.incarnation_id, place.partition_no]),
      );
      return rows.map(placedSnapshotOf);
    },
  };
}

export type PipelineReader = ReturnType<typeof createPipelineReader>;

function placedSnapshotOf(row: Row): PlacedSnapshot {
  return {
    ...snapshotOf(row),
    feed: String(row.feed),
    endpoint: String(row.endpoint),
    source: String(row.source),
    partition: Number(row.partition_no),
  };
}
