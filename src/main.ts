/**
 * The composition root: the one place where settings meet the parts that they configure. Everything here is opened
 * when it is first asked for, so that a command pays for what it uses, and closed by {@link Installation.close}.
 */
import type { LoadedConfig } from '../config/load.js';
import { requireSettings } from '../config/require.js';
import type { Config } from '../config/schema.js';
import { Broker } from './broker/broker.js';
import type { RawProducer } from './broker/raw-producer.js';
import { requireTopics } from './broker/topics.js';
import { PARTITIONS_AT_ONCE } from './consumers/slots.js';
import { Secret } from './domain/secret.js';
import { AppError } from './errors.js';
import { TOPICS, topicOf } from './events/topics.js';
import { createSmtpTransport, type SmtpTransport } from './mailer/smtp-transport.js';
import { RequestGate } from './marketplaces/http/request-gate.js';
import { OzonClient } from './marketplaces/ozon/client.js';
import { WildberriesClient } from './marketplaces/wildberries/client.js';
import { within } from './ops/deadline.js';
import { type Instruments, type Metrics, NO_INSTRUMENTS } from './ports/instruments.js';
import type { Logger } from './ports/logger.js';
import type { RateLimiter } from './ports/rate-limiter.js';
import { Database } from './store/database.js';
import { ENTITIES } from './store/entities/all.js';
import { createMysqlRateLimiter } from './store/mysql-rate-limiter.js';
import { schemaVersionCheck } from './store/schema-version.js';

/** A server that says neither yes nor no is given up after this long. */
const CONNECT_MS = 10_000;
const CLOSE_MS = 5_000;
const SMTP_TIMEOUT_MS = 15_000;

export class Installation {
  readonly config: Config;
  /** Topic prefix. */
  readonly prefix: string;
  /** Bounds the marketplace requests of the whole process (MAX_CONCURRENT_REQUESTS). */
  readonly gate: RequestGate;
  #database: Promise<Database> | undefined;
  #broker: Promise<Broker> | undefined;
  #raw: Promise<RawProducer> | undefined;

  constructor(
    readonly loaded: LoadedConfig,
    readonly logger: Logger,
    /** What measures and follows the work; closed by whoever opened it. */
    readonly instruments: Instruments = NO_INSTRUMENTS,
  ) {
    this.config = loaded.config;
    this.prefix = loaded.config.kafka.topicPrefix;
    this.gate = new RequestGate(loaded.config.api.maxConcurrentRequests);
  }

  /** The database with tables as new as this program. @throws DB_UNAVAILABLE, DB_REFUSED, DB_UNFIT */
  database(): Promise<Database> {
    this.#database ??= openDatabase(this.config, undefined, this.instruments.metrics);
    return this.#database;
  }

  /** The broker, reached, with all topics there. @throws KAFKA_UNAVAILABLE, KAFKA_REFUSED, TOPIC_UNFIT */
  broker(): Promise<Broker> {
    const ready = (broker: Broker) => requireTopics(broker, this.prefix);
    const opened = (this.#broker ??= openBroker(this.config, this.logger, ready, this.instruments.metrics));
    // Where there is none now there may be one later: whoever outlives its absence asks again.
    opened.catch(() => {
      if (this.#broker === opened) this.#broker = undefined;
    });
    return opened;
  }

  /** Writes to raw-snapshots.v1. */
  rawProducer(): Promise<RawProducer> {
    this.#raw ??= this.#openRawProducer();
    return this.#raw;
  }

  /** Shared by all processes of the installation. */
  async limiter(): Promise<RateLimiter> {
    return createMysqlRateLimiter(await this.database());
  }

  /** Never throws, and never takes longer than five seconds: servers that are away cannot be taken leave of. */
  async close(): Promise<void> {
    const inOrder = async () => {
      for (const opened of [this.#raw, this.#broker, this.#database]) await closeQuietly(opened);
    };
    await within(CLOSE_MS, inOrder(), tooSlow).catch(() => undefined);
  }

  async #openRawProducer(): Promise<RawProducer> {
    const broker = await this.broker();
    const raw = broker.rawProducer(topicOf(this.prefix, TOPICS.rawSnapshots));
    await raw.connect();
    return raw;
  }
}

/**
 * A pool of connections, after a look at the tables.
 *
 * @param waitTimeoutSeconds when the server ends a silent session: for workers, whose locks must go with them
 */
export async function openDatabase(
  config: Config,
  waitTimeoutSeconds?: number,
  metrics?: Metrics,
): Promise<Database> {
  const { host, port, name, user, password, sslCa, poolSize, poolRecycle } = config.db;
  const database = await Database.open({
    ...{ host, port, name, user, poolSize, waitTimeoutSeconds, metrics },
    password: password ?? new Secret(''),
    sslCa: sslCa ?? undefined,
    idleSeconds: poolRecycle,
    entities: ENTITIES,
  });
  try {
    await schemaVersionCheck(database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/**
 * @param ready what must be true before the broker counts as opened
 * @throws KAFKA_UNAVAILABLE where all that takes longer than ten seconds
 */
export async function openBroker(
  config: Config,
  logger: Logger,
  ready: (broker: Broker) => Promise<void> = async () => undefined,
  metrics?: Metrics,
): Promise<Broker> {
  const broker = new Broker({ ...brokerOptions(config, logger), metrics });
  try {
    await within(
      CONNECT_MS,
      broker.connect().then(() => ready(broker)),
      () => silent(config),
    );
    return broker;
  } catch (error) {
    // Not awaited: a client that is still trying to connect hangs up only when it has done with that.
    void broker.close();
    throw error;
  }
}

const tooSlow = () => new AppError('TIMED_OUT', 'closing took too long');

function silent({ kafka }: Config): AppError {
  return new AppError(
    'KAFKA_UNAVAILABLE',
    `Kafka: no answer from ${kafka.brokers.join(', ')} in ${CONNECT_MS / 1000} s`,
    { remedy: 'check KAFKA_BROKERS, that the broker runs, and that a firewall lets this machine reach it' },
  );
}

function brokerOptions({ kafka }: Config, logger: Logger): ConstructorParameters<typeof Broker>[0] {
  const { saslMechanism: mechanism, saslUsername: username, saslPassword: password } = kafka;
  const ssl = {
    ca: kafka.sslCa ?? undefined,
    cert: kafka.sslCert ?? undefined,
    key: kafka.sslKey ?? undefined,
  };
  const sasl =
    mechanism === null || username === null || password === null
      ? undefined
      : { mechanism, username, password };
  return {
    brokers: kafka.brokers,
    clientId: kafka.clientId,
    ssl: kafka.ssl ? ssl : undefined,
    sasl,
    sessionTimeoutMs: kafka.sessionTimeout * 1000,
    logger,
    prefix: kafka.topicPrefix,
    concurrency: PARTITIONS_AT_ONCE,
    compression: kafka.compression,
  };
}

export interface ApiParts {
  readonly limiter: RateLimiter;
  readonly logger: Logger;
  /** Shared by all clients of the process; see {@link Installation.gate}. */
  readonly gate?: RequestGate | undefined;
  /** Shorter patience than the settings give, for a command that only has a look. Milliseconds. */
  readonly hasty?: { readonly timeoutMs: number; readonly maxWaitMs: number } | undefined;
  readonly instruments?: Instruments | undefined;
}

/** @throws CONFIG_INVALID naming what is not set; API_CREDENTIALS where id or key cannot be one */
export function openOzonClient(loaded: LoadedConfig, parts: ApiParts): OzonClient {
  const { 'ozon.clientId': clientId, 'ozon.apiKey': apiKey } = requireSettings(loaded, [
    'ozon.clientId',
    'ozon.apiKey',
  ]);
  const { apiUrl: baseUrl, maxRps, paths } = loaded.config.ozon;
  return new OzonClient({ ...callOptions(loaded.config, parts), baseUrl, clientId, apiKey, maxRps, paths });
}

/** @throws CONFIG_INVALID naming what is not set; API_CREDENTIALS where the token cannot read the stock report */
export function openWildberriesClient(loaded: LoadedConfig, parts: ApiParts): WildberriesClient {
  const { 'wildberries.apiKey': token } = requireSettings(loaded, ['wildberries.apiKey']);
  const { config } = loaded;
  const { tokenPrefix, stocksInterval, paths } = config.wildberries;
  return new WildberriesClient({
    ...callOptions(config, parts),
    analyticsUrl: config.wildberries.analyticsApiUrl,
    commonUrl: config.wildberries.commonApiUrl,
    contentUrl: config.wildberries.contentApiUrl,
    marketplaceUrl: config.wildberries.marketplaceApiUrl,
    paths,
    token,
    authorization: tokenPrefix,
    // A bucket divides by its interval.
    stocksIntervalMs: Math.max(1, stocksInterval * 1000),
  });
}

function callOptions({ api, sync }: Config, { limiter, logger, gate, hasty, instruments }: ApiParts) {
  const retry =
    hasty === undefined
      ? { retries: api.retryCount, delayMs: api.retryDelay * 1000 }
      : { retries: 0, delayMs: 0 };
  const timeoutMs = Math.min(api.timeout * 1000, hasty?.timeoutMs ?? Infinity);
  const maxWaitMs = Math.min(sync.wait * 1000, hasty?.maxWaitMs ?? Infinity);
  return { timeoutMs, retry, maxWaitMs, limiter, logger, gate, instruments };
}

/** Null where SMTP_HOST is not set. */
export function openSmtpTransport({ smtp }: Config): SmtpTransport | null {
  if (smtp.host === null) return null;
  const { host, port, from, security } = smtp;
  return createSmtpTransport({
    ...{ host, port, from, security },
    user: smtp.user ?? undefined,
    password: smtp.password ?? undefined,
    timeoutMs: SMTP_TIMEOUT_MS,
  });
}

/** Something that could not be opened needs no closing, and its opener was told why. */
async function closeQuietly(opened: Promise<{ close(): Promise<void> }> | undefined): Promise<void> {
  try {
    await (await opened)?.close();
  } catch {
    // At the end of a command nobody can do anything about it.
  }
}
