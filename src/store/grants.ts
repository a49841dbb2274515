import type { Connection } from 'mysql2/promise';
import { type AppError, isAppError } from '../errors.js';
import { connect, type ServerLogin } from './admin-connection.js';
import { databaseError } from './errors.js';

/** Stands for the password in what is printed; never the password itself. */
const PASSWORD_PLACEHOLDER = '<DB_PASSWORD>';

/** What the run-time user needs, and all it should have. */
export function grantStatement(database: string, user: string, host = '%'): string {
  return `GRANT SELECT, INSERT, UPDATE, DELETE ON ${scopeOf(database)} TO ${account(user, host)}`;
}

/** Makes the run-time user where it is missing (an existing one keeps its password) and grants what it needs. */
export async function grantRuntimeUser(
  admin: Connection,
  database: string,
  grantee: { user: string; password: { reveal(): string }; hosts?: readonly string[] | undefined },
): Promise<void> {
  for (const host of grantee.hosts ?? ['%']) {
    try {
      await admin.query('CREATE USER IF NOT EXISTS ?@? IDENTIFIED BY ?', [
        grantee.user,
        host,
        grantee.password.reveal(),
      ]);
      await admin.query(grantStatement(database, grantee.user, host));
    } catch (error) {
      throw databaseError(withoutStatement(error), `granting ${grantee.user} its rights on ${database}`);
    }
  }
}

/**
 * What a DBA should type so that the run-time user can work, empty where it can already. Tried with statements
 * that touch no row, so that roles and grants of any form count.
 */
export async function grantAdvice(
  runtime: ServerLogin,
  database: string,
  tables: readonly string[],
): Promise<readonly string[]> {
  const grant = grantStatement(database, runtime.user);
  const create = `CREATE USER IF NOT EXISTS ${account(runtime.user, '%')} IDENTIFIED BY '${PASSWORD_PLACEHOLDER}'`;
  let connection: Connection;
  try {
    connection = await connect(runtime, database);
  } catch (error) {
    if (!isRefused(error)) throw error;
    return error.facts.errno === 1044 ? [grant] : [create, grant];
  }
  try {
    for (const statement of probes(tables)) await connection.query(statement);
    return [];
  } catch (raw) {
    const error = databaseError(raw, `trying the rights of ${runtime.user}`);
    if (!isRefused(error)) throw error;
    return [grant];
  } finally {
    connection.destroy();
  }
}

function probes(tables: readonly string[]): string[] {
  return [
    ...tables.map((table) => `SELECT 1 FROM ${table} WHERE 1 = 0`),
    'INSERT INTO rate_limits SELECT * FROM rate_limits WHERE 1 = 0',
    'UPDATE rate_limits SET tokens = tokens WHERE 1 = 0',
    'DELETE FROM rate_limits WHERE 1 = 0',
  ];
}

function isRefused(error: unknown): error is AppError {
  return isAppError(error) && error.code === 'DB_REFUSED';
}

/** In a GRANT an underscore or per cent sign in the database's name stands for any character, unless escaped. */
function scopeOf(database: string): string {
  return `\`${database.replace(/[\\_%]/g, '\\$&').replaceAll('`', '``')}\`.*`;
}

function account(user: string, host: string): string {
  return `${quoted(user)}@${quoted(host)}`;
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}

/** The driver's error carries the statement, and this one carried a password. */
function withoutStatement(error: unknown): unknown {
  if (error instanceof Error && 'sql' in error) error.sql = undefined;
  return error;
}
