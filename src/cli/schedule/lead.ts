import { AppError, fateOf, isAppError, messageOf } from '../../errors.js';
import { within } from '../../ops/deadline.js';
import type { Logger } from '../../ports/logger.js';
import { type Database, SqlTransaction } from '../../store/database.js';
import { dropLock, lockName, takeLock } from '../../store/named-lock.js';

/** `ours`, `elsewhere`: another scheduler has it; `unknown`: the database does not answer. */
export type Standing = 'ours' | 'elsewhere' | 'unknown';

type Connection = ReturnType<Database['dataSource']['createQueryRunner']>;

const PATIENCE_MS = 10_000;

/**
 * Which of several schedulers of one database goes by the schedule: the one whose connection holds a named lock of
 * MySQL. It goes with the connection, so nobody has to clean up after a scheduler that died.
 */
export class Lead {
  #opened:
    | { readonly database: Database; readonly connection: Connection; readonly name: string }
    | undefined;
  #wasOpen = false;

  /** @param open a pool whose sessions the server ends when they are silent: a frozen scheduler must lose its lock */
  constructor(
    private readonly open: () => Promise<Database>,
    private readonly logger: Logger,
  ) {}

  /**
   * Takes the lock, or sees whether it is still there; to be asked again and again, which keeps the session alive.
   *
   * @throws DB_REFUSED, DB_UNFIT and whatever else no waiting mends, at the first time
   */
  async standing(): Promise<Standing> {
    try {
      return (await within(PATIENCE_MS, this.#holdsOrTakes(), silent)) ? 'ours' : 'elsewhere';
    } catch (error) {
      // A session that broke, or does not answer, may still be in the pool: all of it is given up.
      this.#giveUp();
      if (!this.#wasOpen && fateOf(error) === 'stop' && !isTimeout(error)) throw error;
      this.logger.warn({ cause: messageOf(error) }, 'the database did not answer about other schedulers');
      return 'unknown';
    }
  }

  async close(): Promise<void> {
    if (this.#opened === undefined) return;
    const { connection, database, name } = this.#opened;
    this.#opened = undefined;
    await dropLock(connection, name);
    await connection.release().catch(() => undefined);
    await database.close().catch(() => undefined);
  }

  async #holdsOrTakes(): Promise<boolean> {
    if (this.#opened === undefined) {
      const database = await this.open();
      const { dataSource } = database;
      const name = lockName('schedule', String(dataSource.options.database));
      this.#opened = { database, connection: dataSource.createQueryRunner(), name };
      this.#wasOpen = true;
    }
    const { connection, name } = this.#opened;
    const sql = new SqlTransaction(connection);
    // NULL where nobody holds it.
    const [row] = await sql.query<{ held: unknown }>('SELECT IS_USED_LOCK(?) = CONNECTION_ID() AS held', [
      name,
    ]);
    return Number(row?.held ?? 0) === 1 || (await takeLock(sql, name, 0));
  }

  #giveUp(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    // Not awaited: a server that is away cannot be taken leave of.
    void opened?.connection
      .release()
      .catch(() => undefined)
      .then(() => opened.database.close())
      .catch(() => undefined);
  }
}

const silent = () => new AppError('TIMED_OUT', `database: no answer in ${PATIENCE_MS / 1000} s`);
const isTimeout = (error: unknown) => isAppError(error) && error.code === 'TIMED_OUT';
