import { connect, type ServerLogin } from './admin-connection.js';
import { databaseError } from './errors.js';
import {
  foreignObjects,
  type Inventory,
  inventoryOf,
  refusal,
  renameStatement,
  renamings,
} from './foreign-objects.js';
import { grantStatement } from './grants.js';
import type { PlannedMigration } from './migration-plan.js';
import { readStanding, type Standing } from './migration-standing.js';
import type { RecordedSteps } from './migration-steps.js';
import { BOOKKEEPING, MIGRATIONS_TABLE, timestampOf } from './migrations.js';

export interface PrintOptions {
  readonly admin: ServerLogin;
  readonly database: string;
  readonly adopt?: boolean | undefined;
  readonly runtime?: { readonly user: string } | undefined;
  readonly grantTo?: { readonly user: string } | undefined;
}

export interface SqlTextOptions {
  readonly database: string;
  readonly createDatabase: boolean;
  readonly pending: readonly PlannedMigration[];
  readonly recorded: RecordedSteps;
  readonly inventory: Inventory;
  /** RENAME TABLE, where objects stand in the way and are to be moved. */
  readonly rename?: string | undefined;
  readonly runtimeUser: string | undefined;
  /** Things the reader should know, without comment signs. */
  readonly remarks: readonly string[];
}

const NOTHING_THERE: Standing = { inventory: inventoryOf([]), recorded: new Map(), executed: new Set() };

/** Reads how far the database is, if it can be asked, and puts the rest of the way into words. */
export async function printMigrations(
  options: PrintOptions,
  plan: readonly PlannedMigration[],
): Promise<string> {
  const { database } = options;
  const { state, remarks } = await lookOnly(options);
  const pending = plan.filter(({ name }) => !state?.executed.has(name));
  const standing = state ?? NOTHING_THERE;
  const { recorded, inventory } = standing;
  const foreign = foreignObjects(plan, standing);
  const rename =
    foreign.length > 0 && options.adopt === true ? renameStatement(renamings(foreign, inventory)) : undefined;
  if (foreign.length > 0 && rename === undefined) remarks.push(refusal(database, foreign).message);
  const runtimeUser = (options.runtime ?? options.grantTo)?.user;
  const createDatabase = state === null;
  return migrationSql({
    database,
    createDatabase,
    pending,
    recorded,
    inventory,
    rename,
    runtimeUser,
    remarks,
  });
}

/** Reads how far the database is; where it cannot be asked, everything is printed. */
async function lookOnly({
  admin,
  database,
}: PrintOptions): Promise<{ state: Standing | null; remarks: string[] }> {
  try {
    const connection = await connect(admin, database);
    try {
      const query = async <T>(sql: string): Promise<T[]> => (await connection.query(sql))[0] as T[];
      return { state: await readStanding({ query }), remarks: [] };
    } finally {
      connection.destroy();
    }
  } catch (error) {
    const known = databaseError(error, `looking at ${database}`);
    if (known.facts.errno === 1049) return { state: null, remarks: ['the database does not exist yet'] };
    return {
      state: null,
      remarks: [`the database could not be asked (${known.message}): this is everything from the beginning`],
    };
  }
}

/**
 * What `migrate` would do, as plain SQL for a DBA. It also enters the migrations as run, so that `migrate` and
 * the programs find the database up to date afterwards.
 */
function migrationSql(options: SqlTextOptions): string {
  const { database, pending } = options;
  const lines = [
    `-- inventory-sync: tables for the database ${database}`,
    ...options.remarks.map((line) => `-- ${line}`),
  ];
  const add = (sql: string) => lines.push(`${sql};`, '');
  lines.push('');
  if (options.createDatabase) add(createDatabaseStatement(database));
  add(`USE ${identifier(database)}`);
  if (pending.length === 0) lines.push('-- all tables are there already', '');
  else {
    add("SET time_zone = '+00:00'");
    if (options.rename !== undefined) add(options.rename);
    BOOKKEEPING.forEach(add);
    for (const migration of pending) {
      lines.push(`-- ${migration.name}`);
      statementsLeft(migration, options).forEach(add);
      add(
        `INSERT INTO ${MIGRATIONS_TABLE} (timestamp, name) VALUES (${timestampOf(migration.name)}, '${migration.name}')`,
      );
    }
  }
  add(grantStatement(database, options.runtimeUser ?? '<DB_USER>'));
  return lines.join('\n');
}

/** A view that may be there in an older form: that it is there does not say that the statement has run. */
function replaces(sql: string): boolean {
  return /^CREATE\s+OR\s+REPLACE\b/i.test(sql);
}

/** Leaves out what an interrupted run has done. */
function statementsLeft(migration: PlannedMigration, options: SqlTextOptions): string[] {
  const recorded = options.recorded.get(migration.name);
  return migration.steps
    .filter(({ step, sql, creates }) => {
      const known = recorded?.get(step);
      if (known === undefined) return true;
      if (known.state === 'done') return creates !== null && !options.inventory.has(creates.name);
      return creates === null || replaces(sql) || !options.inventory.has(creates.name);
    })
    .map(({ step, sql, creates }) =>
      creates === null && recorded?.has(step) ? `${PERHAPS_DONE}\n${sql}` : sql,
    );
}

const PERHAPS_DONE =
  '-- begun before, and perhaps done: where the server says "duplicate column", leave it out';

export function createDatabaseStatement(database: string): string {
  return `CREATE DATABASE IF NOT EXISTS ${identifier(database)} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`;
}

function identifier(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
