import { type DataSource, MigrationExecutor, type QueryRunner } from 'typeorm';
import { AppError } from '../errors.js';
import { connect, openForMigrations, type ServerLogin } from './admin-connection.js';
import { type Sql, SqlTransaction } from './database.js';
import { databaseError } from './errors.js';
import {
  foreignObjects,
  type Inventory,
  type Renaming,
  refusal,
  renameStatement,
  renamings,
  takeInventory,
} from './foreign-objects.js';
import { grantAdvice, grantRuntimeUser } from './grants.js';
import { migrationPlan, ownedObjects, type PlannedMigration } from './migration-plan.js';
import { createDatabaseStatement, printMigrations } from './migration-sql.js';
import { readStanding, type Standing } from './migration-standing.js';
import { stepping } from './migration-steps.js';
import { BOOKKEEPING, MIGRATIONS, MIGRATIONS_TABLE } from './migrations.js';
import { dropLock, lockName, takeLock } from './named-lock.js';

export interface MigrateOptions {
  /** May make tables and views in the database, and the database itself where it is missing. */
  readonly admin: ServerLogin;
  readonly database: string;
  /** Rename foreign objects that stand in the way aside, instead of refusing. */
  readonly adopt?: boolean | undefined;
  /** Only say what would be done, as SQL; nothing is written. */
  readonly printSql?: boolean | undefined;
  /** The user that the programs run as: its rights are tried, never changed. Name alone suffices for `printSql`. */
  readonly runtime?: Pick<ServerLogin, 'user' | 'password'> | undefined;
  /** For the demo and tests: makes this user where it is missing, and grants what it needs. */
  readonly grantTo?:
    | { readonly user: string; readonly password: { reveal(): string }; readonly hosts?: readonly string[] }
    | undefined;
  readonly onProgress?: ((line: string) => void) | undefined;
  /** How long to wait for another migration of the same database; 600 s unless told. */
  readonly lockWaitSeconds?: number | undefined;
}

export interface MigrationReport {
  readonly database: string;
  readonly databaseCreated: boolean;
  /** Names of the migrations that ran now; empty where there was nothing to do. */
  readonly ran: readonly string[];
  readonly adopted: readonly Renaming[];
  /** Statements that somebody with the right to do so should run, so that the run-time user can work. */
  readonly advice: readonly string[];
  /** With `printSql`. */
  readonly sql?: string | undefined;
}

/**
 * Brings the database up to this version's tables. May run several times at once: one works, the others wait and
 * then find nothing to do. May be interrupted anywhere: the next run goes on from there.
 *
 * @throws DB_UNFIT where something else has our names; DB_REFUSED where the admin may not; DB_UNAVAILABLE;
 *   TIMED_OUT where another migration does not end
 */
export async function migrate(options: MigrateOptions): Promise<MigrationReport> {
  try {
    return await migrateOrPrint(options);
  } catch (error) {
    throw forAdmin(databaseError(error, `migrating ${options.database}`), options);
  }
}

async function migrateOrPrint(options: MigrateOptions): Promise<MigrationReport> {
  const plan = await migrationPlan();
  if (options.printSql === true) {
    const sql = await printMigrations(options, plan);
    return { database: options.database, databaseCreated: false, ran: [], adopted: [], advice: [], sql };
  }
  const databaseCreated = await ensureDatabase(options);
  const done = await underLock(options, plan);
  if (options.grantTo !== undefined) {
    const admin = await connect(options.admin);
    await grantRuntimeUser(admin, options.database, options.grantTo).finally(() => admin.destroy());
  }
  const { runtime, admin, database } = options;
  const names = [...ownedObjects(plan).map(({ name }) => name), MIGRATIONS_TABLE];
  const advice = runtime === undefined ? [] : await grantAdvice({ ...admin, ...runtime }, database, names);
  return { database, databaseCreated, ...done, advice };
}

async function ensureDatabase({ admin, database, onProgress }: MigrateOptions): Promise<boolean> {
  const connection = await connect(admin);
  try {
    const [found] = await connection.query(
      'SELECT 1 FROM information_schema.schemata WHERE schema_name = ?',
      [database],
    );
    if ((found as unknown[]).length > 0) return false;
    onProgress?.(`creating the database ${database}`);
    await connection.query(createDatabaseStatement(database));
    return true;
  } catch (error) {
    throw databaseError(error, `creating the database ${database}`);
  } finally {
    connection.destroy();
  }
}

type Done = Pick<MigrationReport, 'ran' | 'adopted'>;

/** One connection takes the lock and does the work: should it break, lock and work end together. */
async function underLock(options: MigrateOptions, plan: readonly PlannedMigration[]): Promise<Done> {
  const dataSource = await openForMigrations(options.admin, options.database, MIGRATIONS);
  const runner = dataSource.createQueryRunner();
  const name = lockName('migrate', options.database);
  try {
    await waitForLock(new SqlTransaction(runner), name, options);
    try {
      return await bringUpToDate(dataSource, runner, options, plan);
    } finally {
      await dropLock(runner, name);
    }
  } finally {
    await runner.release();
    await dataSource.destroy();
  }
}

async function waitForLock(sql: Sql, name: string, options: MigrateOptions): Promise<void> {
  const patience = options.lockWaitSeconds ?? 600;
  if (await takeLock(sql, name, 0)) return;
  options.onProgress?.(`another migration of ${options.database} is under way: waiting for it`);
  if (await takeLock(sql, name, patience)) return;
  throw new AppError('TIMED_OUT', `another migration of ${options.database} has not ended in ${patience} s`, {
    remedy: 'see with SHOW PROCESSLIST what it does, and run `inventory-sync migrate` again',
  });
}

async function bringUpToDate(
  dataSource: DataSource,
  runner: QueryRunner,
  options: MigrateOptions,
  plan: readonly PlannedMigration[],
): Promise<Done> {
  const sql = new SqlTransaction(runner);
  const standing = await readStanding(sql);
  const { inventory, executed } = standing;
  const pending = plan.filter(({ name }) => !executed.has(name));
  if (pending.length === 0) {
    // A newer version may have dropped or renamed what this one knows.
    const ahead = [...executed].some((name) => !plan.some((known) => known.name === name));
    if (!ahead) refuseGaps(options.database, plan, inventory);
    return { ran: [], adopted: [] };
  }
  const adopted = await makeRoom(sql, options, foreignObjects(plan, standing), inventory);
  for (const statement of ["SET time_zone = '+00:00'", ...BOOKKEEPING]) await sql.query(statement);
  const ran = await runPending(new MigrationExecutor(dataSource, runner), options, standing);
  refuseGaps(options.database, plan, await takeInventory(sql));
  return { ran, adopted };
}

async function makeRoom(
  sql: Sql,
  options: MigrateOptions,
  foreign: readonly string[],
  inventory: Inventory,
): Promise<readonly Renaming[]> {
  if (foreign.length === 0) return [];
  if (options.adopt !== true) throw refusal(options.database, foreign);
  const list = renamings(foreign, inventory);
  await sql.query(renameStatement(list));
  for (const { from, to } of list) options.onProgress?.(`renamed ${from}, which was not ours, to ${to}`);
  return list;
}

async function runPending(
  executor: MigrationExecutor,
  { onProgress }: MigrateOptions,
  { inventory, recorded }: Pick<Standing, 'inventory' | 'recorded'>,
): Promise<string[]> {
  const ran: string[] = [];
  for (const migration of await executor.getPendingMigrations()) {
    const { name, instance } = migration;
    if (instance === undefined) throw new AppError('INVARIANT', `the migration ${name} has no code`);
    migration.instance = stepping(name, instance, {
      recorded: recorded.get(name) ?? new Map(),
      exists: (object) => inventory.has(object),
      onStep: ({ step, sql }) => onProgress?.(`${name}: statement ${step}, ${summary(sql)}`),
    });
    await executor.executeMigration(migration);
    ran.push(name);
  }
  return ran;
}

/** All migrations have run, and yet tables are missing: somebody dropped them, or a backup was not whole. */
function refuseGaps(database: string, plan: readonly PlannedMigration[], inventory: Inventory): void {
  const missing = ownedObjects(plan).filter(({ name }) => !inventory.has(name));
  if (missing.length === 0) return;
  throw new AppError(
    'DB_UNFIT',
    `the database ${database} was migrated, but has lost: ${missing.map(({ name }) => name).join(', ')}`,
    {
      remedy:
        'restore it from a backup, or set DB_NAME to an empty database and run `inventory-sync migrate`',
    },
  );
}

/** The general remedies speak of the run-time user and its few rights; a migration needs more. */
function forAdmin(error: AppError, { admin, database }: MigrateOptions): AppError {
  if (error.code !== 'DB_REFUSED') return error;
  const remedy =
    error.facts.errno === 1045 || error.facts.errno === 1698
      ? 'check DB_ADMIN_USER and DB_ADMIN_PASSWORD'
      : `let DB_ADMIN_USER name a user with all rights on ${database} (${admin.user} has not), or give a DBA what \`inventory-sync migrate --print-sql\` prints`;
  return new AppError(error.code, error.message, { remedy, cause: error.cause, facts: error.facts });
}

/** `CREATE TABLE accounts`: enough to know which statement it is. */
function summary(sql: string): string {
  return sql.replace(/\s*[(\n][\s\S]*$/, '').slice(0, 80);
}
