import { createHash } from 'node:crypto';
import type { QueryRunner } from 'typeorm';
import { AppError } from '../errors.js';
import { type Database, type Sql, SqlTransaction } from './database.js';

/** Seconds that {@link withNamedLock} waits: what runs under these locks takes milliseconds. */
const PATIENCE_SECONDS = 30;

/**
 * The name of a lock that belongs to one database. MySQL's named locks are known to the whole server and their
 * names at most 64 characters long, so the database is in it by digest.
 */
export function lockName(purpose: string, database: string): string {
  return `inventory_sync_${purpose}_${createHash('sha256').update(database).digest('hex').slice(0, 16)}`;
}

/**
 * Runs `work` on one connection that holds the lock, without a transaction: each statement counts at once, so
 * that the next holder sees it.
 *
 * @throws DB_CONFLICT where the lock does not come free in 30 s
 */
export async function withNamedLock<T>(
  db: Database,
  purpose: string,
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  const runner = db.dataSource.createQueryRunner();
  const sql = new SqlTransaction(runner);
  const name = lockName(purpose, String(db.dataSource.options.database));
  try {
    if (!(await takeLock(sql, name, PATIENCE_SECONDS))) {
      throw new AppError(
        'DB_CONFLICT',
        `database: the lock ${name} did not come free in ${PATIENCE_SECONDS} s`,
      );
    }
    try {
      return await work(sql);
    } finally {
      await dropLock(runner, name);
    }
  } finally {
    await runner.release();
  }
}

/** False where somebody else holds the lock for all of `seconds`. */
export async function takeLock(sql: Sql, name: string, seconds: number): Promise<boolean> {
  const [row] = await sql.query<{ taken: string | number | null }>('SELECT GET_LOCK(?, ?) AS taken', [
    name,
    seconds,
  ]);
  if (row?.taken == null)
    throw new AppError('DB_UNAVAILABLE', `database: the server gave no answer about the lock ${name}`);
  return Number(row.taken) === 1;
}

export async function dropLock(runner: QueryRunner, name: string): Promise<void> {
  try {
    await runner.query('SELECT RELEASE_LOCK(?)', [name]);
  } catch {
    // The connection is gone, and with it the lock.
  }
}
