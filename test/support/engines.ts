import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { inject } from 'vitest';
import type { RunningEngines } from '../../engines/engines.js';

/** The Kafka and the MySQL of this test run, with the database administrator's credentials. */
export function testEngines(): RunningEngines {
  return inject('engines');
}

/**
 * An empty folder for this test: for files, and as `dir` of engines that the test stops or kills. The run removes it
 * at its end, and ends the engines in it, however it ends.
 */
export function scratchFolder(name: string): string {
  return mkdtempSync(join(inject('scratch'), `${name}-`));
}

export interface FreshDatabase {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** The run-time user: SELECT, INSERT, UPDATE, DELETE on this database and nothing else. */
  readonly user: string;
  readonly password: string;
  /** May do anything in this database, as a migration needs, but nothing outside. */
  readonly adminUser: string;
  readonly adminPassword: string;
  /** Removes the database and both users; may be called twice. */
  drop(): Promise<void>;
}

/** An empty database under a name of its own. `prefix`: a few letters that say which test it belongs to. */
export async function freshDatabase(prefix: string): Promise<FreshDatabase> {
  const { mysql } = testEngines();
  const database = `${prefix}_${token()}`;
  const user = `${prefix.slice(0, 16)}_${token()}_run`;
  const adminUser = `${prefix.slice(0, 16)}_${token()}_adm`;
  const password = token();
  const adminPassword = token();
  await asRoot([
    `CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4`,
    `CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON \`${literally(database)}\`.* TO '${user}'@'%'`,
    `CREATE USER '${adminUser}'@'%' IDENTIFIED BY '${adminPassword}'`,
    `GRANT ALL PRIVILEGES ON \`${literally(database)}\`.* TO '${adminUser}'@'%'`,
  ]);
  return {
    host: mysql.host,
    port: mysql.port,
    database,
    user,
    password,
    adminUser,
    adminPassword,
    drop: () =>
      asRoot([
        // A transaction that a test left open must not hold the clean-up for a year, the server's default.
        'SET SESSION lock_wait_timeout = 10',
        `DROP DATABASE IF EXISTS \`${database}\``,
        `DROP USER IF EXISTS '${user}'@'%', '${adminUser}'@'%'`,
      ]),
  };
}

/** A topic prefix that no other test uses; `<prefix>.raw-snapshots.v1` and so on follow from it. */
export function freshTopicPrefix(): string {
  return `test-${token()}`;
}

/** In a GRANT an underscore in the database's name stands for any character: say which one is meant. */
function literally(database: string): string {
  return database.replaceAll('_', '\\_');
}

async function asRoot(statements: readonly string[]): Promise<void> {
  const { host, port, adminUser, adminPassword } = testEngines().mysql;
  const connection = await createConnection({ host, port, user: adminUser, password: adminPassword });
  try {
    for (const statement of statements) await connection.query(statement);
  } finally {
    await connection.end();
  }
}

function token(): string {
  return randomBytes(5).toString('hex');
}
