import type { LoadedConfig } from '../../../config/load.js';
import type { Broker } from '../../broker/broker.js';
import { readBrokerSettings } from '../../broker/broker-settings.js';
import { topicStandings } from '../../broker/topics.js';
import { Secret } from '../../domain/secret.js';
import type { Source } from '../../domain/stock-key.js';
import { isAppError } from '../../errors.js';
import { type Installation, openBroker } from '../../main.js';
import { Database, type Row } from '../../store/database.js';
import { BROKER_SETTINGS, judgeBroker } from './broker.js';
import { type ClockGate, databaseClock, judgeClock } from './clock.js';
import { checkDisk, foldersOf } from './disk.js';
import { DOCTOR_WORDS } from './doctor-languages.js';
import type { Check, Finding } from './finding.js';
import { checkRights } from './rights.js';
import { checkDeadLetters, checkFreshness, judgeGroups, lookAtGroups } from './running.js';
import { checkSettings } from './settings-file.js';
import { judgeTopics } from './topics.js';
import { databaseVersions, judgeVersions, kafkaVersion } from './versions.js';

/**
 * What may be wrong although everything is reached, or why it is not. With connections of its own, which ask for no
 * tables and no topics: an installation that is half set up is looked at as far as it goes.
 */
export class Doctor {
  readonly #database: Promise<Database | null>;
  readonly #broker: Promise<Broker | null>;

  constructor(
    private readonly loaded: LoadedConfig,
    private readonly installation: Installation,
    private readonly gates: Readonly<Record<Source, ClockGate>>,
    /** Over when the marketplaces have been asked. */
    private readonly shops: Promise<unknown>,
  ) {
    // What they cannot be reached for is said where they are tried.
    this.#database = openAnyDatabase(loaded).catch(() => null);
    this.#broker = openBroker(loaded.config, installation.logger).catch(() => null);
  }

  checks(): readonly Check[] {
    const { titles } = this.#words;
    const runs: Readonly<Record<keyof typeof titles, () => Promise<Finding>>> = {
      clock: () => this.#clock(),
      versions: () => this.#versions(),
      rights: () => this.#rights(),
      topics: () => this.#topics(),
      broker: () => this.#brokerSettings(),
      groups: () => this.#groups(),
      letters: () => this.#tables((db) => checkDeadLetters(db, this.#locale)),
      freshness: () => this.#tables((db) => checkFreshness(db, this.loaded.config, Date.now())),
      settings: async () => checkSettings(this.loaded),
      disk: () => this.#disk(),
    };
    return Object.entries(runs).map(([id, run]) => ({ id, name: titles[id as keyof typeof titles], run }));
  }

  async close(): Promise<void> {
    await (await this.#broker)?.close();
    await (await this.#database)?.close();
  }

  get #locale() {
    return this.loaded.config.locale;
  }

  get #words() {
    return DOCTOR_WORDS[this.#locale];
  }

  async #clock(): Promise<Finding> {
    const database = await this.#database;
    const seen = database === null ? null : await databaseClock(database);
    await this.shops;
    const offsets = Object.values(this.gates).flatMap(({ offset }) => offset ?? []);
    return judgeClock(offsets, seen, this.#locale);
  }

  async #versions(): Promise<Finding> {
    const [database, broker] = await Promise.all([this.#database, this.#broker]);
    const tables = database === null ? { database: null, executed: null } : await databaseVersions(database);
    const kafka = broker === null ? null : await kafkaVersion(broker);
    return judgeVersions({ node: process.versions.node, ...tables, kafka }, this.#locale);
  }

  async #rights(): Promise<Finding> {
    const database = await this.#database;
    if (database === null) return { unused: this.#words.noDatabase };
    const isMigrated = await this.installation.database().then(
      () => true,
      () => false,
    );
    return checkRights(database, this.loaded.config, isMigrated);
  }

  #kafka(look: (broker: Broker) => Promise<Finding>): Promise<Finding> {
    return this.#broker.then((broker) => (broker === null ? { unused: this.#words.noKafka } : look(broker)));
  }

  #topics(): Promise<Finding> {
    const { kafka, retention } = this.loaded.config;
    return this.#kafka(async (broker) => {
      const plan = { prefix: kafka.topicPrefix, rawRetentionDays: retention.rawDays };
      const { brokers } = await broker.ask('describing the cluster', (admin) => admin.describeCluster());
      return judgeTopics(await topicStandings(broker, plan), brokers.length, this.#locale);
    });
  }

  #brokerSettings(): Promise<Finding> {
    return this.#kafka(async (broker) => {
      const settings = await brokerSettings(broker);
      return judgeBroker(settings, this.loaded.config.kafka.sessionTimeout * 1000, this.#locale);
    });
  }

  /** Of topics that are not there their own line tells. */
  async #groups(): Promise<Finding> {
    const broker = await this.installation.broker().catch(() => null);
    if (broker === null) return { unused: this.#words.noKafka };
    const { prefix } = this.installation;
    return judgeGroups(await lookAtGroups(broker, prefix), prefix, this.#locale);
  }

  async #tables(look: (db: Database) => Promise<Finding>): Promise<Finding> {
    try {
      return await look(await this.installation.database());
    } catch (error) {
      const isUnfit = isAppError(error) && error.code === 'DB_UNFIT';
      if (!isUnfit && (await this.#database) !== null) throw error;
      return { unused: isUnfit ? this.#words.notMigrated : this.#words.noDatabase };
    }
  }

  async #disk(): Promise<Finding> {
    const [database, broker] = await Promise.all([this.#database, this.#broker]);
    const [row] = database === null ? [] : await database.query<Row>('SELECT @@datadir AS folder');
    const settings = broker === null ? [] : await brokerSettings(broker);
    const logs = settings.length === 1 ? settings[0]?.values.get('log.dirs') : undefined;
    const servers = {
      mysql: row === undefined ? null : String(row.folder),
      kafka: logs?.split(',')[0] ?? null,
    };
    return checkDisk(foldersOf(this.loaded.config, servers), this.#locale);
  }
}

/** Empty where we may not ask. */
async function brokerSettings(broker: Broker) {
  try {
    return await readBrokerSettings(broker, BROKER_SETTINGS);
  } catch (error) {
    if (isAppError(error) && error.code === 'KAFKA_REFUSED') return [];
    throw error;
  }
}

/** Whatever tables it has. */
function openAnyDatabase({ config }: LoadedConfig): Promise<Database> {
  const { host, port, name, user, password, sslCa, poolRecycle } = config.db;
  return Database.open({
    ...{ host, port, name, user, poolSize: 2, idleSeconds: poolRecycle },
    password: password ?? new Secret(''),
    sslCa: sslCa ?? undefined,
  });
}
