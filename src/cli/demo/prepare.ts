import type { LoadedConfig } from '../../../config/load.js';
import { createTopics, type TopicOutcome } from '../../broker/topics.js';
import { Secret } from '../../domain/secret.js';
import { AppError, isAppError } from '../../errors.js';
import { openBroker } from '../../main.js';
import type { Logger } from '../../ports/logger.js';
import { connect, type ServerLogin } from '../../store/admin-connection.js';
import { type MigrationReport, migrate } from '../../store/migrate.js';

/** Somebody else's migration of the same database. */
const LOCK_WAIT_SECONDS = 120;

/** The marketplaces' accounts that the demo invents, by source. */
export type DemoAccounts = Readonly<Record<string, string>>;

export interface PrepareOptions {
  /** The demo's own settings. */
  readonly loaded: LoadedConfig;
  /** Whether the MySQL is the demo's own, where everything is allowed. */
  readonly isOwn: boolean;
  /** Whether the user has given the run-time user's password. */
  readonly hasPassword: boolean;
  readonly accounts: DemoAccounts;
  readonly onProgress: (line: string) => void;
}

/** The database with all tables, and a run-time user that may work in it. */
export async function prepareDatabase(options: PrepareOptions): Promise<MigrationReport> {
  const { db } = options.loaded.config;
  const runtime = { user: db.user, password: db.password ?? new Secret('') };
  const server = { host: db.host, port: db.port, sslCa: db.sslCa ?? undefined };
  const admin: ServerLogin =
    db.adminUser === null
      ? { ...server, ...runtime }
      : { ...server, user: db.adminUser, password: db.adminPassword ?? new Secret('') };
  if (!options.isOwn) await refuseForeignStock(admin, db.name, options.accounts);
  const mayMakeUser = options.isOwn || (db.adminUser !== null && !options.hasPassword);
  const report = await migrate({
    admin,
    database: db.name,
    runtime,
    ...(mayMakeUser ? { grantTo: runtime } : {}),
    onProgress: options.onProgress,
    lockWaitSeconds: LOCK_WAIT_SECONDS,
  });
  if (report.advice.length === 0) return report;
  if (options.isOwn) await resetPassword(admin, runtime);
  else throw cannotWork(report.advice, db.user);
  return report;
}

/** The demo's own server remembers a password that the demo has forgotten. */
async function resetPassword(
  admin: ServerLogin,
  runtime: Pick<ServerLogin, 'user' | 'password'>,
): Promise<void> {
  const connection = await connect(admin);
  try {
    await connection.query('ALTER USER ?@? IDENTIFIED BY ?', [runtime.user, '%', runtime.password.reveal()]);
  } finally {
    connection.destroy();
  }
}

function cannotWork(advice: readonly string[], user: string): AppError {
  return new AppError('DB_REFUSED', `the user ${user} cannot work in the demo's database yet`, {
    remedy: `as an administrator of MySQL, run:\n${advice.map((line) => `  ${line};`).join('\n')}`,
  });
}

/** Invented goods must not get among real ones. */
async function refuseForeignStock(
  login: ServerLogin,
  database: string,
  accounts: DemoAccounts,
): Promise<void> {
  const foreign = (await knownAccounts(login, database)).find(
    ({ source, account }) => accounts[source] !== account,
  );
  if (foreign === undefined) return;
  throw new AppError(
    'DB_UNFIT',
    `the database ${database} on ${login.host} holds the stock of a real account (${foreign.source} ${foreign.account}): the demo would mix invented goods into it`,
    {
      remedy:
        'set DB_NAME to another database for the demo, or unset DB_HOST: then the demo starts a MySQL of its own',
    },
  );
}

async function knownAccounts(
  login: ServerLogin,
  database: string,
): Promise<{ source: string; account: string }[]> {
  try {
    const connection = await connect(login, database);
    try {
      const [rows] = await connection.query('SELECT source, account FROM accounts');
      return rows as { source: string; account: string }[];
    } finally {
      connection.destroy();
    }
  } catch (error) {
    if (isAppError(error) && error.code === 'DB_UNAVAILABLE') throw error;
    // No such database, no such table, or not one of ours: what there is to say, the migration says.
    return [];
  }
}

/** The topics with their settings; on a broker that has just started too. */
export async function prepareTopics({ config }: LoadedConfig, logger: Logger): Promise<TopicOutcome[]> {
  const broker = await openBroker(config, logger);
  try {
    return await createTopics(broker, {
      prefix: config.kafka.topicPrefix,
      rawRetentionDays: config.retention.rawDays,
      replicationFactor: config.kafka.replicationFactor,
    });
  } finally {
    await broker.close();
  }
}
