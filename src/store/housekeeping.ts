import { type Database, SqlTransaction } from './database.js';
import { dropLock, lockName, takeLock } from './named-lock.js';
import {
  type Trimmed,
  trimAlerts,
  trimDecisions,
  trimLedger,
  trimOutbox,
  trimProductHours,
  trimShadows,
  trimSyncLogs,
} from './statements/trim-history.js';

export interface Retention {
  /** Days that changes and snapshots are kept. */
  readonly ledgerDays: number;
  /** Days that events, runs, alerts and deliveries are kept: longer than the topics keep what they are known by. */
  readonly eventDays: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Twice what the longest rule looks back, and what `monitor --detect-anomalies` may ask for. */
const PRODUCT_HOURS_DAYS = 70;
const NAME = 'housekeeping';

/**
 * Deletes what is older than the settings say, in short statements, if nobody has done it for `everyMs` and nobody is
 * at it now. By the database's clock.
 *
 * @param stop asked between statements; what is left is for the next time
 * @returns rows that went, by table; null where it was not due
 */
export async function keepHouse(
  db: Database,
  retention: Retention,
  everyMs: number,
  stop: () => boolean,
): Promise<Trimmed | null> {
  const runner = db.dataSource.createQueryRunner();
  const lock = lockName(NAME, String(db.dataSource.options.database));
  try {
    const sql = new SqlTransaction(runner);
    if (!(await takeLock(sql, lock, 0))) return null;
    try {
      if (!(await isDue(sql, everyMs))) return null;
      const trimmed = await trim(sql, retention, stop);
      if (!stop()) {
        await sql.execute(
          'INSERT INTO notices (name, said_at) VALUES (?, NOW(3)) ON DUPLICATE KEY UPDATE said_at = VALUES(said_at)',
          [NAME],
        );
      }
      return trimmed;
    } finally {
      await dropLock(runner, lock);
    }
  } finally {
    await runner.release();
  }
}

async function isDue(sql: SqlTransaction, everyMs: number): Promise<boolean> {
  const [row] = await sql.query(
    'SELECT said_at <= NOW(3) - INTERVAL ? MICROSECOND AS due FROM notices WHERE name = ?',
    [Math.round(everyMs * 1000), NAME],
  );
  return row === undefined || Number(row.due) === 1;
}

async function trim(
  sql: SqlTransaction,
  { ledgerDays, eventDays }: Retention,
  stop: () => boolean,
): Promise<Trimmed> {
  const [clock] = await sql.query<{ now: Date }>('SELECT NOW(3) AS now');
  const cutoff = (days: number) => new Date((clock?.now.getTime() ?? 0) - days * DAY_MS);
  return {
    ...(await trimLedger(sql, cutoff(ledgerDays), stop)),
    ...(await trimOutbox(sql, cutoff(eventDays), stop)),
    ...(await trimSyncLogs(sql, cutoff(eventDays), stop)),
    ...(await trimAlerts(sql, cutoff(eventDays), stop)),
    ...(await trimDecisions(sql, cutoff(eventDays), stop)),
    ...(await trimShadows(sql, stop)),
    ...(await trimProductHours(sql, cutoff(PRODUCT_HOURS_DAYS), stop)),
  };
}
