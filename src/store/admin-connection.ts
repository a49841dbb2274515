import { readFileSync } from 'node:fs';
import * as mysql2 from 'mysql2';
import { type Connection, createConnection } from 'mysql2/promise';
import { DataSource, type MigrationInterface } from 'typeorm';
import { databaseError } from './errors.js';
import { MIGRATIONS_TABLE } from './migrations.js';

/** A server and a user on it. */
export interface ServerLogin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: { reveal(): string };
  /** Path of a PEM file; the server's certificate is verified against it. */
  readonly sslCa?: string | undefined;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** One connection, to the server or to one database of it. */
export async function connect(login: ServerLogin, database?: string): Promise<Connection> {
  try {
    const connection = await createConnection({
      ...address(login),
      user: login.user,
      charset: 'utf8mb4',
      timezone: 'Z',
      ...(database === undefined ? {} : { database }),
    });
    // Should it break between two statements, the next statement says so.
    connection.on('error', () => undefined);
    return connection;
  } catch (error) {
    throw databaseError(error, `connecting to ${login.host}:${login.port} as ${login.user}`);
  }
}

/** TypeORM's view of the database, for migrations alone: no pool to speak of, no entities. */
export async function openForMigrations(
  login: ServerLogin,
  database: string,
  migrations: readonly (new () => MigrationInterface)[],
): Promise<DataSource> {
  const { user: username, ...rest } = { ...address(login), user: login.user };
  const dataSource = new DataSource({
    type: 'mysql',
    ...rest,
    username,
    database,
    timezone: 'Z',
    charset: 'utf8mb4',
    poolSize: 2,
    migrations: [...migrations],
    migrationsTableName: MIGRATIONS_TABLE,
    migrationsRun: false,
    synchronize: false,
    logging: false,
    driver: mysql2,
  });
  try {
    return await dataSource.initialize();
  } catch (error) {
    throw databaseError(error, `connecting to ${login.host}:${login.port}/${database} as ${login.user}`);
  }
}

function address(login: ServerLogin) {
  return {
    host: login.host,
    port: login.port,
    password: login.password.reveal(),
    connectTimeout: CONNECT_TIMEOUT_MS,
    ...(login.sslCa ? { ssl: { ca: readFileSync(login.sslCa) } } : {}),
  };
}
