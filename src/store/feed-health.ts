import type { Source } from '../domain/stock-key.js';
import { TOPICS } from '../events/topics.js';
import type { Database, Row } from './database.js';
import { LETTER_DIGEST_OF_OUTBOX } from './dead-letter-fates.js';
import { timeOf } from './row-values.js';

/** A feed that is still read, as its last snapshots left it. Times are Unix milliseconds. */
export interface FeedStanding {
  readonly feed: string;
  readonly source: Source;
  readonly account: string;
  readonly endpoint: string;
  /** Of the raw topic. */
  readonly partition: number;
  /** When a complete snapshot last confirmed it; null: never. */
  readonly completeAt: number | null;
  /** Reads in a row that came to no good end. */
  readonly failures: number;
  /** Snapshots in a row that the shrink guard holds back; 0: none. */
  readonly held: number;
}

export interface LastRun {
  readonly source: Source;
  readonly account: string | null;
  /** running | success | partial | failed | held */
  readonly status: string;
  readonly records: number;
  readonly error: string | null;
  readonly startedAt: number;
  readonly finishedAt: number | null;
}

/** What people ask of the tables when they ask whether all is well. Reads only. */
export function createFeedHealth(db: Pick<Database, 'query'>) {
  return {
    async feeds(source: Source, account: string): Promise<FeedStanding[]> {
      const rows = await db.query<Row>(
        `SELECT f.feed, f.endpoint, f.partition_no, f.watermark_at, f.failures, f.held_count
           FROM feeds f JOIN accounts a ON a.account_id = f.account_id
          WHERE a.source = ? AND a.account = ? AND f.retired_at IS NULL ORDER BY f.feed_id`,
        [source, account],
      );
      return rows.map((row) => ({
        feed: String(row.feed),
        source,
        account,
        endpoint: String(row.endpoint),
        partition: Number(row.partition_no),
        completeAt: timeOf(row.watermark_at),
        failures: Number(row.failures),
        held: Number(row.held_count),
      }));
    },

    /** The newest run of a source, whatever became of it. */
    async lastRun(source: Source): Promise<LastRun | null> {
      const [row] = await db.query<Row>(
        `SELECT account, status, records_processed, error, started_at, finished_at FROM sync_logs
          WHERE source = ? ORDER BY id DESC LIMIT 1`,
        [source],
      );
      if (row === undefined) return null;
      return {
        source,
        account: row.account === null ? null : String(row.account),
        status: String(row.status),
        records: Number(row.records_processed),
        error: row.error === null ? null : String(row.error),
        startedAt: timeOf(row.started_at) ?? 0,
        finishedAt: timeOf(row.finished_at),
      };
    },

    /** The account that was read last; null: none ever was. */
    async lastAccount(source: Source): Promise<string | null> {
      const [row] = await db.query<Row>(
        `SELECT account FROM sync_logs WHERE source = ? AND account IS NOT NULL ORDER BY id DESC LIMIT 1`,
        [source],
      );
      return row === undefined ? null : String(row.account);
    },

    /** Open dead letters of the last 24 hours, by the key of the record that could not be read. */
    async deadLetters(): Promise<{ readonly key: string; readonly count: number }[]> {
      const rows = await db.query<Row>(
        `SELECT LEFT(o.record_key, 400) AS record_key, COUNT(*) AS n FROM outbox o
           LEFT JOIN dead_letter_fates d ON d.letter = ${LETTER_DIGEST_OF_OUTBOX}
          WHERE o.topic = ? AND o.created_at > NOW(3) - INTERVAL 24 HOUR AND d.letter IS NULL
          GROUP BY LEFT(o.record_key, 400)`,
        [TOPICS.deadLetters],
      );
      return rows.map((row) => ({ key: String(row.record_key), count: Number(row.n) }));
    },
  };
}

export type FeedHealth = ReturnType<typeof createFeedHealth>;
