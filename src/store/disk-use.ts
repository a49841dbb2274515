import type { Database, Row } from './database.js';

/** What the tables take now, and how fast they grow. */
export interface DiskUse {
  /** Bytes of all tables of the database, indexes included, as the server estimates them. */
  readonly bytes: number;
  /** Bytes of one row of the ledger, on average; a usual figure where it is empty. */
  readonly changeBytes: number;
  /** Changes, and rows of raw answers, in 24 hours: the mean of the last week. Null where nothing was read. */
  readonly perDay: { readonly changes: number; readonly rows: number } | null;
}

const WEEK_DAYS = 7;
const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 24 * HOUR_SECONDS;
const USUAL_CHANGE_BYTES = 250;

export async function readDiskUse(db: Pick<Database, 'query'>): Promise<DiskUse> {
  const [sizes] = await db.query<Row>(
    `SELECT SUM(data_length + index_length) AS bytes,
            MAX(CASE WHEN table_name = 'ledger' AND table_rows > 0 THEN data_length / table_rows END) AS per_change
       FROM information_schema.tables WHERE table_schema = DATABASE()`,
  );
  const [reads] = await db.query<Row>(
    `SELECT SUM(rows_read) AS rows_read, SUM(created_rows + updated_rows + closed_rows) AS changes,
            TIMESTAMPDIFF(SECOND, MIN(started_at), NOW()) AS seconds
       FROM snapshots WHERE started_at > NOW() - INTERVAL ${WEEK_DAYS} DAY`,
  );
  return {
    bytes: Number(sizes?.bytes ?? 0),
    changeBytes: Number(sizes?.per_change ?? USUAL_CHANGE_BYTES),
    perDay: reads?.seconds == null ? null : meanOf(reads),
  };
}

/** A shop that was set up an hour ago has not had a day yet: less than an hour says nothing of one. */
function meanOf({ rows_read, changes, seconds }: Row): { changes: number; rows: number } {
  const days = Math.max(Number(seconds), HOUR_SECONDS) / DAY_SECONDS;
  return { changes: Number(changes) / days, rows: Number(rows_read) / days };
}
