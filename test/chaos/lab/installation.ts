import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Broker } from '../../../src/broker/broker.js';
import { createTopics } from '../../../src/broker/topics.js';
import { Secret } from '../../../src/domain/secret.js';
import { TOPICS, topicOf } from '../../../src/events/topics.js';
import type { Logger } from '../../../src/ports/logger.js';
import { Database } from '../../../src/store/database.js';
import { ENTITIES } from '../../../src/store/entities/all.js';
import { migrate } from '../../../src/store/migrate.js';
import type { MailSink } from './mail-sink.js';
import type { Servers } from './servers.js';

/** Seconds; what `npm test` and the long run give a worker's session. */
const SESSION_SECONDS = 3;

const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export interface InstallationOptions {
  readonly replicationFactor?: number;
  /** Brokers that hold the raw topic's copies, the first of them leading. */
  readonly rawReplicas?: readonly number[];
}

/** A database and topics of their own on the lab's servers, and the settings of workers for them. */
export class Installation {
  readonly password = randomBytes(9).toString('hex');
  #db: Promise<Database> | undefined;

  private constructor(
    readonly servers: Servers,
    readonly sink: MailSink,
    /** Topic prefix, name of the database and of its run-time user. */
    readonly name: string,
    readonly folder: string,
  ) {}

  static async create(
    servers: Servers,
    sink: MailSink,
    folder: string,
    options: InstallationOptions = {},
  ): Promise<Installation> {
    const made = new Installation(servers, sink, `chaos-${randomBytes(4).toString('hex')}`, folder);
    mkdirSync(folder, { recursive: true });
    // Named on every command line, so that no `.env` of the developer's is found.
    writeFileSync(made.envFile, '', { mode: 0o600 });
    const { host, port, adminUser, adminPassword } = servers.mysql;
    await migrate({
      admin: { host, port, user: adminUser, password: new Secret(adminPassword) },
      database: made.database,
      grantTo: { user: made.database, password: new Secret(made.password) },
    });
    const broker = made.broker();
    if (options.rawReplicas !== undefined) await made.#createRawTopic(broker, options.rawReplicas);
    await createTopics(broker, {
      prefix: made.name,
      rawRetentionDays: 14,
      replicationFactor: options.replicationFactor ?? 1,
    });
    await broker.close();
    return made;
  }

  /** On certain brokers, and so that any copy will do, however far it lags: Kafka itself loses data then. */
  async #createRawTopic(broker: Broker, replicas: readonly number[]): Promise<void> {
    const topic = this.topic(TOPICS.rawSnapshots);
    const settings = { 'unclean.leader.election.enable': 'true', 'min.insync.replicas': '1' };
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    const replicaAssignment = Array.from({ length: 12 }, (_, partition) => ({
      partition,
      replicas: [...replicas],
    }));
    await broker.ask('creating the raw topic', (admin) =>
      admin.createTopics({ waitForLeaders: true, topics: [{ topic, replicaAssignment, configEntries }] }),
    );
  }

  get database(): string {
    return this.name.replace('-', '_');
  }

  get envFile(): string {
    return join(this.folder, 'empty.env');
  }

  topic(name: (typeof TOPICS)[keyof typeof TOPICS]): string {
    return topicOf(this.name, name);
  }

  /** A client of its own: one that has seen its broker die must not stand in another's way. */
  broker(): Broker {
    return new Broker({
      brokers: this.servers.brokers.split(','),
      clientId: 'chaos',
      sessionTimeoutMs: SESSION_SECONDS * 1000,
      logger: SILENT,
      prefix: this.name,
      concurrency: 4,
    });
  }

  /** As the run-time user, on MySQL's own port. */
  db(): Promise<Database> {
    this.#db ??= Database.open({
      host: this.servers.mysql.host,
      port: this.servers.mysql.port,
      name: this.database,
      user: this.database,
      password: new Secret(this.password),
      poolSize: 2,
      idleSeconds: 60,
      entities: ENTITIES,
    });
    return this.#db;
  }

  /** Settings of a worker, the worker's whole environment. */
  env(): Record<string, string> {
    const { servers, sink } = this;
    return {
      PATH: process.env.PATH ?? '',
      LOCALE: 'en',
      KAFKA_BROKERS: servers.brokers,
      KAFKA_TOPIC_PREFIX: this.name,
      KAFKA_SESSION_TIMEOUT: String(SESSION_SECONDS),
      DB_HOST: servers.mysql.host,
      DB_PORT: String(servers.mysql.port),
      DB_NAME: this.database,
      DB_USER: this.database,
      DB_PASSWORD: this.password,
      SMTP_HOST: sink.host,
      SMTP_PORT: String(sink.port),
      SMTP_USER: sink.login.user,
      SMTP_PASSWORD: sink.login.password,
      SMTP_SECURITY: 'none',
      ALERT_EMAIL: 'owner@example.test',
      ALERT_GROUP_WAIT: '0',
      ALERT_GROUP_INTERVAL: '0',
      ALERT_REPEAT: '0',
      MIN_PRODUCTS_THRESHOLD: '0',
    };
  }

  /** What must never be read anywhere. */
  get secrets(): readonly string[] {
    return [this.password, this.sink.login.password];
  }

  get sessionMs(): number {
    return SESSION_SECONDS * 1000;
  }

  /** Removes database and topics, as far as the servers let it. */
  async remove(): Promise<void> {
    await (await this.#db)?.close();
    await this.servers.asRoot(
      'SET SESSION lock_wait_timeout = 10',
      `DROP DATABASE IF EXISTS \`${this.database}\``,
      `DROP USER IF EXISTS '${this.database}'@'%'`,
    );
    const broker = this.broker();
    const topics = Object.values(TOPICS).map((name) => this.topic(name));
    await broker.ask('removing the topics', (admin) => admin.deleteTopics({ topics }));
    await broker.close();
  }
}
