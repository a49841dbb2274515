/**
 * `npm run record-fixtures -- <version>`: records what this version leaves behind, for the upgrade tests of all later
 * ones, in test/fixtures/<version>/. Once recorded and released, such a folder is never written again.
 *
 * Two small reads of both marketplaces with changes, closings, new rows and alerts, by the real `sync` against a
 * real Kafka and MySQL: those of `npm run engines -- up`, or of the folder that TEST_ENGINES_DIR names.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { loadConfig } from '../config/load.js';
import { readCommitted } from '../engines/conforming-reader.js';
import { enginesUp, type RunningEngines } from '../engines/engines.js';
import { createTopics } from '../src/broker/topics.js';
import { runSync, type SyncTeller } from '../src/cli/sync/run.js';
import { Secret } from '../src/domain/secret.js';
import { SOURCES } from '../src/domain/stock-key.js';
import { TOPICS, topicOf } from '../src/events/topics.js';
import { Installation, openBroker } from '../src/main.js';
import type { Logger } from '../src/ports/logger.js';
import { simulatorSettings } from '../src/simulator/settings.js';
import { type Simulator, startSimulator } from '../src/simulator/simulator.js';
import { type SmtpSink, startSmtpSink } from '../src/simulator/smtp-sink.js';
import { migrate } from '../src/store/migrate.js';
import { dumpDatabase } from './dump-database.js';
import { eventSchemas } from './event-schemas.js';

const PREFIX = 'fixture';
const RECORDED = [TOPICS.rawSnapshots, TOPICS.stockChanges, TOPICS.syncEvents, TOPICS.alerts];
const PRODUCTS = 10;

const silent = () => undefined;
const logger: Logger = {
  debug: silent,
  info: silent,
  warn: (fields, message) => console.error(message, fields),
  error: (fields, message) => console.error(message, fields),
};

const version = process.argv[2];
if (version === undefined || !/^\d+\.\d+\.\d+$/.test(version))
  throw new Error('usage: npm run record-fixtures -- <version>');
const target = join(import.meta.dirname, '..', 'test', 'fixtures', version);
if (existsSync(target)) throw new Error(`test/fixtures/${version} is there already: remove it first`);

const engines = await enginesUp(process.env.TEST_ENGINES_DIR ? { dir: process.env.TEST_ENGINES_DIR } : {});
const database = `fixture_${randomBytes(4).toString('hex')}`;
const user = `${database}_run`;
const password = randomBytes(12).toString('hex');
const simulator = await startSimulator({
  seed: 20,
  ozonProducts: PRODUCTS,
  wbProducts: PRODUCTS,
  hostile: true,
  ozonRps: 0,
  wbIntervalMs: 0,
});
const sink = await startSmtpSink();
try {
  await migrateFixture();
  await record(settingsFor(engines, simulator, sink));
  console.log(`recorded test/fixtures/${version}`);
} finally {
  await simulator.close();
  await sink.close();
  await dropDatabase();
}

async function migrateFixture(): Promise<void> {
  const { host, port, adminUser, adminPassword } = engines.mysql;
  const admin = { host, port, user: adminUser, password: new Secret(adminPassword) };
  await migrate({ admin, database, grantTo: { user, password: new Secret(password) } });
}

async function record(env: Readonly<Record<string, string>>): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'record-fixtures-'));
  const envFile = join(work, 'empty.env');
  // Named, so that no `.env` of the developer's is found.
  writeFileSync(envFile, '', { mode: 0o600 });
  const loaded = loadConfig({ env, envFile });
  const broker = await openBroker(loaded.config, logger);
  await createTopics(broker, { prefix: PREFIX, rawRetentionDays: 14, replicationFactor: 1 });
  try {
    await sync(loaded);
    somethingHappens(simulator);
    // By warehouse from here on: the recording holds a change of scope, too.
    await sync(loadConfig({ env: { ...env, OZON_WAREHOUSE_ID: 'all' }, envFile }));
    await write();
  } finally {
    const topics = Object.values(TOPICS).map((name) => topicOf(PREFIX, name));
    await broker.ask('removing the topics', (admin) => admin.deleteTopics({ topics }));
    await broker.close();
    rmSync(work, { recursive: true });
  }
}

async function sync(loaded: ReturnType<typeof loadConfig>): Promise<void> {
  const installation = new Installation(loaded, logger);
  const tell: SyncTeller = {
    page: silent,
    read: silent,
    applied: silent,
    inProcess: silent,
    draining: silent,
    warning: console.error,
  };
  try {
    const request = { sources: SOURCES, acceptAbsences: false, wait: true };
    const { outcomes } = await runSync(request, installation, new AbortController().signal, tell);
    for (const { source, status, problem } of outcomes) {
      if (status !== 'success') throw new Error(`${source}: ${status}: ${problem?.message}`);
    }
  } finally {
    await installation.close();
  }
}

/** One of each: sales, a product sold out, one gone, one new, a warehouse that was emptied into another. */
function somethingHappens({ world }: Simulator): void {
  world.advance(3);
  for (const source of SOURCES) {
    const inStock = new Set(
      world
        .truth(source)
        .filter(({ available }) => available > 0)
        .map(({ productId }) => productId),
    );
    const [first = '', second = ''] = inStock;
    world.soldOut(source, first);
    world.vanish(source, second);
    world.addProduct(source);
  }
  world.mergeWildberriesWarehouses();
}

async function write(): Promise<void> {
  const { host, port, adminUser, adminPassword } = engines.mysql;
  const dump = await dumpDatabase({ host, port, user: adminUser, password: adminPassword, database });
  mkdirSync(join(target, 'schemas'), { recursive: true });
  writeFileSync(join(target, 'database.sql'), dump);
  for (const name of RECORDED) {
    const records = await readCommitted({ brokers: engines.kafka.brokers, topic: topicOf(PREFIX, name) });
    const lines = records.map(({ partition, offset, timestamp, key, value, headers }) =>
      JSON.stringify({ partition, offset, timestamp, key, headers, value }),
    );
    writeFileSync(join(target, `${name}.jsonl`), `${lines.join('\n')}\n`);
  }
  for (const [name, schema] of eventSchemas())
    writeFileSync(join(target, 'schemas', name), `${JSON.stringify(schema, null, 2)}\n`);
}

async function dropDatabase(): Promise<void> {
  const { host, port, adminUser, adminPassword } = engines.mysql;
  const connection = await createConnection({ host, port, user: adminUser, password: adminPassword });
  await connection.query(`DROP DATABASE IF EXISTS \`${database}\``);
  await connection.query(`DROP USER IF EXISTS '${user}'@'%'`);
  await connection.end();
}

function settingsFor({ kafka, mysql }: RunningEngines, shop: Simulator, mail: SmtpSink) {
  return {
    ...simulatorSettings(shop),
    KAFKA_BROKERS: kafka.brokers,
    KAFKA_TOPIC_PREFIX: PREFIX,
    DB_HOST: mysql.host,
    DB_PORT: String(mysql.port),
    DB_NAME: database,
    DB_USER: user,
    DB_PASSWORD: password,
    OZON_MAX_RPS: '1000',
    WB_STOCKS_INTERVAL: '0',
    SMTP_HOST: mail.host,
    SMTP_PORT: String(mail.port),
    SMTP_SECURITY: 'none',
    ALERT_EMAIL: 'owner@example.test',
    ALERT_GROUP_WAIT: '0',
    ALERT_GROUP_INTERVAL: '0',
  };
}
