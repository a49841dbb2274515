import { channels } from './schema-channels.js';
import { LONGEST_WAIT, marketplaces } from './schema-marketplaces.js';
import { metrics, tracing } from './schema-observe.js';
import { schedule } from './schema-schedule.js';
import { choice, flatten, type PathOf, setting, type Values } from './setting.js';

const PORT = { min: 1, max: 65_535 };

/**
 * Every setting there is. Durations are seconds, shares lie from 0 to 1, null means "not set".
 * Paths given in `.env` are relative to its folder, those of the environment to the working folder.
 */
export const schema = {
  db: {
    host: setting('DB_HOST', 'database-host', '127.0.0.1', 'MySQL host; localhost is taken as 127.0.0.1.'),
    port: setting('DB_PORT', 'whole', 3306, 'MySQL TCP port.', PORT),
    name: setting('DB_NAME', 'database-name', 'replenishment_db', 'Database that holds the tables.'),
    user: setting('DB_USER', 'text', 'inventory_sync_user', 'Run-time user: SELECT, INSERT, UPDATE, DELETE.'),
    password: setting('DB_PASSWORD', 'secret', null, 'Password of DB_USER.'),
    sslCa: setting('DB_SSL_CA', 'readable-file', null, 'PEM file of the CA; set it to connect by TLS.'),
    adminUser: setting('DB_ADMIN_USER', 'text', null, 'User with DDL rights, for migrations only.'),
    adminPassword: setting('DB_ADMIN_PASSWORD', 'secret', null, 'Password of DB_ADMIN_USER.'),
    poolSize: setting('DB_POOL_SIZE', 'whole', 10, 'Most connections a process opens.', {
      min: 1,
      max: 1000,
    }),
    poolRecycle: setting(
      'DB_POOL_RECYCLE',
      'seconds',
      3600,
      'Age in seconds at which an idle connection closes.',
      {
        min: 1,
        max: LONGEST_WAIT,
      },
    ),
  },
  kafka: {
    brokers: setting('KAFKA_BROKERS', 'brokers', '127.0.0.1:9092', 'Bootstrap servers, host:port by commas.'),
    clientId: setting('KAFKA_CLIENT_ID', 'client-id', 'inventory-sync', 'Name in broker logs and metrics.'),
    topicPrefix: setting('KAFKA_TOPIC_PREFIX', 'topic-prefix', 'inventory', 'First part of each topic name.'),
    ssl: setting('KAFKA_SSL', 'flag', false, 'Connect by TLS.'),
    sslCa: setting('KAFKA_SSL_CA', 'readable-file', null, 'PEM file of the CA, if it is not a public one.'),
    sslCert: setting('KAFKA_SSL_CERT', 'readable-file', null, 'PEM file of our client certificate.'),
    sslKey: setting('KAFKA_SSL_KEY', 'readable-file', null, 'PEM file of the key of KAFKA_SSL_CERT.'),
    saslMechanism: choice(
      'KAFKA_SASL_MECHANISM',
      ['plain', 'scram-sha-256', 'scram-sha-512'],
      null,
      'How we log in to the brokers; not set: no login.',
    ),
    saslUsername: setting('KAFKA_SASL_USERNAME', 'text', null, 'User of the login.'),
    saslPassword: setting('KAFKA_SASL_PASSWORD', 'secret', null, 'Password of the login.'),
    sessionTimeout: setting(
      'KAFKA_SESSION_TIMEOUT',
      'seconds',
      30,
      'Silence after which a worker counts as dead.',
      {
        min: 1,
        max: 1800,
      },
    ),
    compression: choice(
      'KAFKA_COMPRESSION',
      ['gzip', 'none'],
      'gzip',
      'How raw answers are packed on their way into Kafka and there.',
    ),
    replicationFactor: setting(
      'KAFKA_REPLICATION_FACTOR',
      'whole',
      -1,
      "Copies of each partition when topics are created; -1: the brokers' default.replication.factor.",
      { min: -1, max: 32_767 },
    ),
  },
  ...marketplaces,
  smtp: {
    host: setting('SMTP_HOST', 'host', null, 'Mail server; not set: no mail is sent.'),
    port: setting('SMTP_PORT', 'whole', 587, 'TCP port of the mail server.', PORT),
    user: setting('SMTP_USER', 'text', null, 'User of the mail server; not set: no login.'),
    password: setting('SMTP_PASSWORD', 'secret', null, 'Password of SMTP_USER.'),
    from: setting(
      'SMTP_FROM',
      'mailbox',
      'inventory-sync@localhost',
      'Sender of our mail; not set: SMTP_USER where that is an address.',
    ),
    security: choice(
      'SMTP_SECURITY',
      ['auto', 'none', 'starttls', 'tls'],
      'auto',
      'Encryption; auto: TLS on port 465, elsewhere STARTTLS if the server offers it.',
    ),
  },
  alerts: {
    email: setting('ALERT_EMAIL', 'addresses', '', 'Who gets the alerts, addresses by commas.'),
    groupWait: setting('ALERT_GROUP_WAIT', 'seconds', 30, 'Seconds that a digest waits for further alerts.', {
      min: 0,
      max: LONGEST_WAIT,
    }),
    groupInterval: setting('ALERT_GROUP_INTERVAL', 'seconds', 300, 'Least seconds between two digests.', {
      min: 0,
      max: LONGEST_WAIT,
    }),
    repeat: setting(
      'ALERT_REPEAT',
      'seconds',
      14_400,
      'Seconds after which critical alerts that are still open are told again; 0: never.',
      { min: 0, max: LONGEST_WAIT },
    ),
    maxPerMail: setting(
      'ALERT_MAX_PER_MAIL',
      'whole',
      200,
      'Most alerts that one digest shows one by one; all are counted.',
      { min: 1, max: 1000 },
    ),
    anomalyThreshold: setting(
      'ANOMALY_THRESHOLD',
      'share',
      0.1,
      'Change of the total stock that is an alert.',
    ),
    minProductsThreshold: setting(
      'MIN_PRODUCTS_THRESHOLD',
      'whole',
      10,
      'Fewer products of a source: an alert.',
      {
        min: 0,
      },
    ),
    maxSyncAgeHours: setting(
      'MAX_SYNC_AGE_HOURS',
      'decimal',
      8,
      'Hours since the last sync that are an alert.',
      {
        min: 0.01,
      },
    ),
    failuresThreshold: setting(
      'FAILURES_THRESHOLD',
      'whole',
      3,
      'Reads of a feed in a row that failed: an alert.',
      { min: 1 },
    ),
    lowStock: setting(
      'LOW_STOCK_THRESHOLD',
      'whole',
      0,
      'Pieces at which a product is low; 0: no such alerts.',
      {
        min: 0,
      },
    ),
    ozonLowStock: setting('OZON_LOW_STOCK_THRESHOLD', 'whole', null, 'The same for Ozon alone.', { min: 0 }),
    wbLowStock: setting('WB_LOW_STOCK_THRESHOLD', 'whole', null, 'The same for Wildberries alone.', {
      min: 0,
    }),
    runsOutDays: setting(
      'RUNS_OUT_DAYS',
      'decimal',
      3,
      'A product that sells out within so many days at its recent rate: an alert; 0: no such alerts.',
      { min: 0 },
    ),
  },
  channels,
  log: {
    level: setting('LOG_LEVEL', 'log-level', 'info', 'Least level written.'),
    filePath: setting(
      'LOG_FILE_PATH',
      'folder',
      null,
      'Folder for one log file per command; not set: stderr.',
    ),
  },
  heartbeatPath: setting(
    'HEARTBEAT_PATH',
    'folder',
    null,
    'Folder where worker and schedule touch a file while they get on, for health checks of containers.',
  ),
  api: {
    timeout: setting('API_TIMEOUT', 'seconds', 30, 'Seconds that one marketplace request may take.', {
      min: 0.1,
      max: LONGEST_WAIT,
    }),
    retryCount: setting('API_RETRY_COUNT', 'whole', 3, 'Further tries of a failed request.', {
      min: 0,
      max: 100,
    }),
    retryDelay: setting('API_RETRY_DELAY', 'seconds', 5, 'Seconds before the first further try; grows.', {
      min: 0,
      max: LONGEST_WAIT,
    }),
    maxConcurrentRequests: setting(
      'MAX_CONCURRENT_REQUESTS',
      'whole',
      5,
      'Most marketplace requests that one process has under way at once.',
      {
        min: 1,
        max: 100,
      },
    ),
  },
  sync: {
    batchSize: setting('BATCH_SIZE', 'whole', 1000, 'Most rows in one record of the raw topic.', {
      min: 1,
      max: 10_000,
    }),
    wait: setting('SYNC_WAIT', 'seconds', 300, 'Seconds that sync waits for a limit or for workers.', {
      min: 0,
      max: LONGEST_WAIT,
    }),
    absenceLimit: setting(
      'ABSENCE_LIMIT',
      'share',
      0.5,
      'Share of vanished products above which a read is held.',
    ),
    absenceMin: setting('ABSENCE_MIN', 'whole', 20, 'Fewer vanished products than this are never held.', {
      min: 0,
    }),
    catalogueHours: setting(
      'CATALOGUE_HOURS',
      'decimal',
      24,
      'Age in hours at which sync reads a catalogue whole again; 0: every time.',
      { min: 0 },
    ),
  },
  schedule,
  metrics,
  tracing,
  cache: {
    enabled: setting(
      'ENABLE_CACHE',
      'flag',
      true,
      'Hold the prior state in memory instead of reading it anew.',
    ),
    ttl: setting(
      'CACHE_TTL',
      'seconds',
      300,
      'Seconds after which an unused cached feed is dropped; 0: never.',
      {
        min: 0,
        max: LONGEST_WAIT,
      },
    ),
    stateRows: setting('STATE_ROWS', 'whole', 1_000_000, 'Most rows of prior state in memory per worker.', {
      min: 0,
    }),
  },
  retention: {
    rawDays: setting('RAW_RETENTION_DAYS', 'whole', 14, 'Days that raw answers are kept.', {
      min: 1,
      max: 36_500,
    }),
    ledgerDays: setting('LEDGER_RETENTION_DAYS', 'whole', 400, 'Days that the ledger of changes is kept.', {
      min: 1,
      max: 36_500,
    }),
    // The topics keep events for 90 days: what tells that one was dealt with must outlive it.
    eventDays: setting(
      'EVENT_RETENTION_DAYS',
      'whole',
      180,
      'Days that runs, events, alerts and what was mailed of them are kept; at least 91.',
      { min: 91, max: 36_500 },
    ),
  },
  locale: choice('LOCALE', ['ru', 'en'], 'ru', 'Language of mail and reports.'),
  timeZone: setting('TZ_DISPLAY', 'time-zone', 'Europe/Moscow', 'Time zone in which people are shown times.'),
  dashboard: {
    host: setting('DASHBOARD_HOST', 'host', '127.0.0.1', 'Address on which the dashboard listens.'),
    port: setting('DASHBOARD_PORT', 'whole', 8080, 'Port of the dashboard; 0: any free one.', {
      min: 0,
      max: 65_535,
    }),
    token: setting('DASHBOARD_TOKEN', 'secret', null, 'Token that the dashboard asks for.'),
  },
};

/** The finished configuration, deeply frozen. */
export type Config = Values<typeof schema>;

export type SettingPath = PathOf<typeof schema>;

export const SETTINGS = flatten(schema);
