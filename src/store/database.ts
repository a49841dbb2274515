import { readFileSync } from 'node:fs';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import * as mysql2 from 'mysql2';
import { DataSource, type EntitySchema, type QueryRunner } from 'typeorm';
import { AppError, isAppError } from '../errors.js';
import { type Metrics, NO_METRICS, timed } from '../ports/instruments.js';
import type { Transaction } from '../ports/partition-processor.js';
import { databaseError } from './errors.js';

export interface DatabaseOptions {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly user: string;
  readonly password: { reveal(): string };
  /** Path of a PEM file; the server's certificate is verified against it. */
  readonly sslCa?: string | undefined;
  readonly poolSize: number;
  /** Seconds after which an idle connection is closed. */
  readonly idleSeconds: number;
  /**
   * Seconds after which the server drops a silent session and its locks. A worker sets it to the group's session
   * timeout, so that the locks of a frozen owner go when its partitions do.
   */
  readonly waitTimeoutSeconds?: number | undefined;
  readonly entities?: readonly EntitySchema[] | undefined;
  readonly metrics?: Metrics | undefined;
}

export type Row = Record<string, unknown>;

/** How often a transaction is tried again after a deadlock (1213) or lock wait timeout (1205). */
const CONFLICT_RETRIES = 8;
const CONNECT_TIMEOUT_MS = 10_000;

/** The one pool of a process. Every session runs in UTC and READ COMMITTED. */
export class Database {
  private constructor(
    readonly dataSource: DataSource,
    private readonly metrics: Metrics,
  ) {}

  /** @throws DB_UNAVAILABLE or DB_REFUSED with the remedy */
  static async open(options: DatabaseOptions): Promise<Database> {
    const dataSource = new DataSource({
      type: 'mysql',
      host: options.host,
      port: options.port,
      database: options.name,
      username: options.user,
      password: options.password.reveal(),
      ...(options.sslCa ? { ssl: { ca: readFileSync(options.sslCa) } } : {}),
      timezone: 'Z',
      charset: 'utf8mb4',
      poolSize: options.poolSize,
      connectTimeout: CONNECT_TIMEOUT_MS,
      entities: [...(options.entities ?? [])],
      migrationsRun: false,
      synchronize: false,
      logging: false,
      driver: {
        ...mysql2,
        createPool: (pool: mysql2.PoolOptions) => sessions(pool, options.waitTimeoutSeconds),
      },
      extra: {
        // Affected rows are rows that really changed, so that "a replay changed nothing" can be checked.
        flags: ['-FOUND_ROWS'],
        queryFormat: withValues,
        idleTimeout: Math.max(
          1000,
          500 * Math.min(options.idleSeconds, options.waitTimeoutSeconds ?? Infinity),
        ),
        maxIdle: Math.min(2, options.poolSize),
        enableKeepAlive: true,
      },
    });
    try {
      await dataSource.initialize();
    } catch (error) {
      throw databaseError(error, `connecting to ${options.host}:${options.port}/${options.name}`);
    }
    return new Database(dataSource, options.metrics ?? NO_METRICS);
  }

  async query<T = Row>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    try {
      return await measured(
        this.metrics,
        sql,
        async () => (await this.dataSource.query(sql, [...parameters])) as T[],
      );
    } catch (error) {
      throw databaseError(error, describe(sql));
    }
  }

  /** A statement that changes rows; answers how many really changed. */
  async execute(sql: string, parameters: readonly unknown[] = []): Promise<number> {
    const result: unknown = await this.query(sql, parameters);
    return (result as { affectedRows?: number }).affectedRows ?? 0;
  }

  /**
   * Runs `work` in one transaction, again from its beginning after a deadlock or a lock wait timeout (of which
   * MySQL undoes only the statement: hence the explicit ROLLBACK).
   *
   * @throws OWNERSHIP_LOST where COMMIT was sent and not answered: nobody knows whether it holds
   */
  async transaction<T>(work: (tx: SqlTransaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await measured(this.metrics, 'transaction', () => this.attempt(work));
      } catch (error) {
        if (!isAppError(error) || error.code !== 'DB_CONFLICT' || attempt > CONFLICT_RETRIES) throw error;
        await delay(Math.random() * 20 * 2 ** Math.min(attempt, 6));
      }
    }
  }

  private async attempt<T>(work: (tx: SqlTransaction) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    const tx = new SqlTransaction(runner, this.metrics);
    let finished = false;
    try {
      await tx.query('START TRANSACTION');
      const result = await work(tx);
      try {
        await measured(this.metrics, 'COMMIT', () => runner.query('COMMIT'));
      } catch (error) {
        throw new AppError('OWNERSHIP_LOST', 'the outcome of a database commit is unknown', { cause: error });
      }
      finished = true;
      return result;
    } finally {
      if (!finished) await rollBack(runner);
      await runner.release();
    }
  }

  async close(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}

/** A transaction on one connection. Stores take it apart with {@link sqlOf}. */
export class SqlTransaction implements Transaction {
  readonly brand = 'transaction';

  constructor(
    private readonly runner: QueryRunner,
    private readonly metrics: Metrics = NO_METRICS,
  ) {}

  async query<T = Row>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    try {
      return await measured(
        this.metrics,
        sql,
        async () => (await this.runner.query(sql, [...parameters])) as T[],
      );
    } catch (error) {
      throw databaseError(error, describe(sql));
    }
  }

  async execute(sql: string, parameters: readonly unknown[] = []): Promise<number> {
    const result: unknown = await this.query(sql, parameters);
    return (result as { affectedRows?: number }).affectedRows ?? 0;
  }

  /**
   * Runs statements one after another, and takes the next text while the server works on the one before. It is sent
   * only when that has come to a good end: after a deadlock the transaction is gone, and the server would commit what
   * follows by itself.
   */
  async executeAll(statements: Iterable<string>): Promise<void> {
    let sent: Promise<unknown> = Promise.resolve();
    try {
      for (const sql of statements) {
        await sent;
        sent = this.execute(sql);
        // Whoever awaits it next sees the error; until then it is not unhandled.
        sent.catch(noop);
        // The statement is on its way only when the event loop has come round.
        await turn();
      }
    } finally {
      await sent;
    }
  }
}

function noop(): void {}

/** The driver's own way, but a statement that brings no values is not searched for their places: it may be long. */
function withValues(sql: string, values: mysql2.SqlValue[], timezone: string): string {
  return values.length === 0 ? sql : mysql2.format(sql, values, false, timezone);
}

/** What can run statements: the pool, or one transaction. */
export type Sql = Pick<SqlTransaction, 'query' | 'execute'>;

export function sqlOf(tx: Transaction): SqlTransaction {
  if (tx instanceof SqlTransaction) return tx;
  throw new AppError('INVARIANT', 'a transaction of another store was handed in');
}

/** A pool whose every session is set up before its first use: mysql2 runs the statements of a connection in order. */
function sessions(options: mysql2.PoolOptions, waitTimeoutSeconds: number | undefined): mysql2.Pool {
  const pool = mysql2.createPool(options);
  pool.on('connection', (connection: mysql2.PoolConnection) => {
    const run = (sql: string) => connection.query(sql, ignoreBrokenSession);
    run("SET time_zone = '+00:00'");
    run('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
    // Lists of a thousand ids are looked up in the index itself: by its statistics, which lag behind a table that
    // grows, the optimizer may take each of them for a reason to read the whole feed.
    run('SET SESSION eq_range_index_dive_limit = 0');
    if (waitTimeoutSeconds !== undefined)
      run(`SET SESSION wait_timeout = ${Math.max(1, Math.ceil(waitTimeoutSeconds))}`);
  });
  return pool;
}

/** A session that breaks while it is set up breaks its first real statement too, and that one reports it. */
function ignoreBrokenSession(): void {}

async function rollBack(runner: QueryRunner): Promise<void> {
  try {
    await runner.query('ROLLBACK');
  } catch {
    // The connection is gone, and with it the transaction.
  }
}

const now = () => performance.now();
const KINDS: ReadonlySet<string> = new Set(['select', 'insert', 'update', 'delete', 'commit', 'transaction']);

/** Times a statement by its first word; what is rare goes under one name. */
function measured<T>(metrics: Metrics, sql: string, work: () => Promise<T>): Promise<T> {
  if (metrics === NO_METRICS) return work();
  const word = /^\s*(\w+)/.exec(sql)?.[1]?.toLowerCase() ?? '';
  const operation = KINDS.has(word) ? word : 'other';
  return timed(now, (seconds) => metrics.time('database', { operation }, seconds), work);
}

function describe(sql: string): string {
  return sql.replace(/\s+/g, ' ').trim().slice(0, 60);
}
