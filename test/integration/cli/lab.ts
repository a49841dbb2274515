import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Broker } from '../../../src/broker/broker.js';
import { createTopics } from '../../../src/broker/topics.js';
import { Secret } from '../../../src/domain/secret.js';
import { TOPICS, topicOf } from '../../../src/events/topics.js';
import { UNLIMITED } from '../../../src/simulator/modes.js';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../../src/simulator/simulator.js';
import { type SmtpSink, startSmtpSink } from '../../../src/simulator/smtp-sink.js';
import type { TruthOptions } from '../../../src/simulator/world/types.js';
import { Database } from '../../../src/store/database.js';
import { ENTITIES } from '../../../src/store/entities/all.js';
import { migrate } from '../../../src/store/migrate.js';
import {
  type FreshDatabase,
  freshDatabase,
  freshTopicPrefix,
  scratchFolder,
  testEngines,
} from '../../support/engines.js';
import { quietLogger } from '../../support/pipeline.js';

const root = join(import.meta.dirname, '..', '..', '..');
const launcher = join(root, 'dist', 'src', 'cli', 'index.js');
const SMTP_LOGIN = { user: 'alerts@example.test', password: 'smtp-secret-7391' };

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs beside the test. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Finished>;
  /** Resolves when stderr holds the text; fails when the command ends before. */
  says(text: string): Promise<void>;
}

export type Env = Readonly<Record<string, string | undefined>>;

/** The built command, its own database, topics, marketplaces and mail server. */
export class Lab {
  readonly #children = new Set<Running>();

  private constructor(
    readonly database: FreshDatabase,
    readonly prefix: string,
    readonly simulator: Simulator,
    readonly sink: SmtpSink,
    readonly folder: string,
    readonly db: Database,
    readonly broker: Broker,
  ) {}

  static async start(name: string, shop: SimulatorOptions = {}): Promise<Lab> {
    requireBuilt();
    const database = await freshDatabase(name);
    const admin = { ...database, user: database.adminUser, password: new Secret(database.adminPassword) };
    await migrate({ admin, database: database.database });
    const prefix = freshTopicPrefix();
    const broker = new Broker({
      brokers: testEngines().kafka.brokers.split(','),
      clientId: 'inventory-sync-test',
      sessionTimeoutMs: 6_000,
      logger: quietLogger(),
      prefix,
      concurrency: 1,
    });
    await createTopics(broker, { prefix, rawRetentionDays: 14, replicationFactor: 1 });
    const simulator = await startSimulator({ modes: UNLIMITED, ...shop });
    const sink = await startSmtpSink({ login: SMTP_LOGIN });
    const folder = scratchFolder(name);
    // Named on every command line, so that no `.env` of the developer's is found.
    writeFileSync(join(folder, 'empty.env'), '', { mode: 0o600 });
    const db = await Database.open({
      ...database,
      name: database.database,
      password: new Secret(database.password),
      poolSize: 2,
      idleSeconds: 60,
      entities: ENTITIES,
    });
    return new Lab(database, prefix, simulator, sink, folder, db, broker);
  }

  /** Everything set as the guide says, pointing at this lab. */
  get env(): Env {
    const { url, credentials } = this.simulator;
    return {
      PATH: process.env.PATH,
      LOCALE: 'en',
      KAFKA_BROKERS: testEngines().kafka.brokers,
      KAFKA_TOPIC_PREFIX: this.prefix,
      KAFKA_SESSION_TIMEOUT: '6',
      DB_HOST: this.database.host,
      DB_PORT: String(this.database.port),
      DB_NAME: this.database.database,
      DB_USER: this.database.user,
      DB_PASSWORD: this.database.password,
      OZON_API_URL: url,
      OZON_CLIENT_ID: credentials.ozonClientId,
      OZON_API_KEY: credentials.ozonApiKey,
      OZON_MAX_RPS: '1000',
      WB_COMMON_API_URL: url,
      WB_CONTENT_API_URL: url,
      WB_MARKETPLACE_API_URL: url,
      WB_ANALYTICS_API_URL: url,
      WB_API_KEY: credentials.wbToken,
      WB_STOCKS_INTERVAL: '0',
      API_RETRY_COUNT: '1',
      API_RETRY_DELAY: '0',
      SMTP_HOST: this.sink.host,
      SMTP_PORT: String(this.sink.port),
      SMTP_USER: SMTP_LOGIN.user,
      SMTP_PASSWORD: SMTP_LOGIN.password,
      SMTP_SECURITY: 'none',
      ALERT_EMAIL: 'owner@example.test',
      ALERT_GROUP_WAIT: '0',
      // The shops of the tests are small.
      MIN_PRODUCTS_THRESHOLD: '0',
      ALERT_GROUP_INTERVAL: '0',
    };
  }

  /** Runs a command to its end. `env` replaces or, where undefined, removes names. */
  run(args: readonly string[], env: Env = {}): Promise<Finished> {
    return this.start(args, env).ended;
  }

  start(args: readonly string[], env: Env = {}): Running {
    const full = [launcher, '--env-file', join(this.folder, 'empty.env'), ...args];
    const child = spawn(process.execPath, full, {
      cwd: this.folder,
      env: { ...this.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    const listeners = new Set<() => void>();
    child.stdout.on('data', (part: Buffer) => {
      stdout += part.toString();
    });
    child.stderr.on('data', (part: Buffer) => {
      stderr += part.toString();
      for (const told of listeners) told();
    });
    const ended = new Promise<Finished>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => {
        this.#children.delete(running);
        const leak = this.#secretIn(stdout + stderr, env);
        if (leak === undefined) resolve({ code, stdout, stderr });
        else reject(new Error(`the value of ${leak} was printed:\n${stdout}\n${stderr}`));
      });
    });
    const says = (text: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!stderr.includes(text)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
        ended.then(
          ({ code }) =>
            reject(new Error(`ended with ${code} before it said «${text}»:\n${stdout}\n${stderr}`)),
          reject,
        );
      });
    const running: Running = { child, ended, says };
    this.#children.add(running);
    return running;
  }

  /** Live rows of a source as the tables have them, in the order and shape of the simulator's truth. */
  async levels(source: 'ozon' | 'wildberries'): Promise<object[]> {
    const rows = await this.db.query(
      `SELECT product_id, scheme, warehouse_id, present, reserved, available, in_way_to_client, in_way_from_client
         FROM stock_levels WHERE source = ? AND closed = 0`,
      [source],
    );
    return rows
      .map((row) => ({
        productId: String(row.product_id),
        scheme: String(row.scheme),
        warehouseId: String(row.warehouse_id),
        present: Number(row.present),
        reserved: Number(row.reserved),
        available: Number(row.available),
        inWayToClient: Number(row.in_way_to_client),
        inWayFromClient: Number(row.in_way_from_client),
      }))
      .sort(byKey);
  }

  /** As the lab's settings read it: Ozon's totals, both kinds of Wildberries' warehouses. */
  truth(source: 'ozon' | 'wildberries', how: TruthOptions = { fbs: true }): object[] {
    return [...this.simulator.world.truth(source, how)].sort(byKey);
  }

  /** Newest first, of one run the sources in alphabetical order. */
  runs(): Promise<Record<string, unknown>[]> {
    return this.db.query(
      `SELECT source, account, run_id, status, records_processed, changed_rows, absent_rows, error_code, error,
              request_id, started_at, finished_at
         FROM sync_logs ORDER BY run_id = (SELECT run_id FROM sync_logs ORDER BY id DESC LIMIT 1) DESC, id DESC`,
    );
  }

  /** Every row of every table but the limits' buckets, and where each topic ends. */
  async everything(): Promise<{ tables: Record<string, unknown>; ends: unknown }> {
    const names = await this.db.query("SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'");
    const tables: Record<string, unknown> = {};
    for (const row of names) {
      const name = String(Object.values(row)[0]);
      if (name !== 'rate_limits') tables[name] = await this.db.query(`SELECT * FROM \`${name}\``);
    }
    const topics = Object.values(TOPICS).map((name) => topicOf(this.prefix, name));
    return { tables, ends: await this.broker.ends(topics) };
  }

  /** Feeds whose lease is held, by their ids. */
  async leases(): Promise<string[]> {
    const rows = await this.db.query('SELECT feed FROM feeds WHERE lease_owner IS NOT NULL ORDER BY feed');
    return rows.map(({ feed }) => String(feed));
  }

  async close(): Promise<void> {
    for (const { child, ended } of this.#children) {
      child.kill('SIGKILL');
      await ended.catch(() => undefined);
    }
    await this.simulator.close();
    await this.sink.close();
    await this.db.close();
    await this.broker.ask('removing the test topics', (admin) =>
      admin.deleteTopics({ topics: Object.values(TOPICS).map((name) => topicOf(this.prefix, name)) }),
    );
    await this.broker.close();
    await this.database.drop();
  }

  /** The name of a secret whose value is in the text. */
  #secretIn(text: string, env: Env): string | undefined {
    const given: Env = { ...this.env, ...env };
    const secrets = ['DB_PASSWORD', 'OZON_API_KEY', 'WB_API_KEY', 'SMTP_PASSWORD'];
    return secrets.find((name) => (given[name]?.length ?? 0) >= 8 && text.includes(given[name] ?? ''));
  }
}

interface Key {
  readonly productId: string;
  readonly scheme: string;
  readonly warehouseId: string;
}

function byKey(a: Key, b: Key): number {
  const id = ({ productId, scheme, warehouseId }: Key) => `${productId} ${scheme} ${warehouseId}`;
  return id(a) < id(b) ? -1 : 1;
}

/** `npm test` compiles first; a single file run by hand does it here when a source is newer than its output. */
function requireBuilt(): void {
  const built = existsSync(launcher) ? newest(join(root, 'dist')) : 0;
  if (['src', 'config', 'migrations', 'engines'].every((folder) => newest(join(root, folder)) <= built))
    return;
  const { status, stdout } = spawnSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`the command cannot be built:\n${stdout}`);
}

function newest(folder: string): number {
  const times = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:ts|js)$/.test(name))
    .map((name) => statSync(join(folder, name)).mtimeMs);
  return Math.max(0, ...times);
}
