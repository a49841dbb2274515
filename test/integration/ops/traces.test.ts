import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LoadedConfig, loadConfig } from '../../../config/load.js';
import { Broker } from '../../../src/broker/broker.js';
import { groupFigures } from '../../../src/broker/group-figures.js';
import { createTopics } from '../../../src/broker/topics.js';
import { runSync } from '../../../src/cli/sync/run.js';
import { Secret } from '../../../src/domain/secret.js';
import { TOPICS, topicOf } from '../../../src/events/topics.js';
import { type OpenInstruments, openInstruments } from '../../../src/instruments.js';
import { Installation } from '../../../src/main.js';
import { Scrape } from '../../../src/ops/scrape.js';
import { UNLIMITED } from '../../../src/simulator/modes.js';
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.js';
import { type SmtpSink, startSmtpSink } from '../../../src/simulator/smtp-sink.js';
import { Database } from '../../../src/store/database.js';
import { migrate } from '../../../src/store/migrate.js';
import { operatingFigures } from '../../../src/store/operating-figures.js';
import {
  type FreshDatabase,
  freshDatabase,
  freshTopicPrefix,
  scratchFolder,
  testEngines,
} from '../../support/engines.js';
import { OtlpReceiver, type ReceivedSpan } from '../../support/otlp-receiver.js';
import { quietLogger } from '../../support/pipeline.js';

const prefix = freshTopicPrefix();
let database: FreshDatabase;
let db: Database;
let broker: Broker;
let simulator: Simulator;
let sink: SmtpSink;
let collector: OtlpReceiver;
let folder: string;

beforeAll(async () => {
  database = await freshDatabase('traces');
  const admin = { ...database, user: database.adminUser, password: new Secret(database.adminPassword) };
  await migrate({ admin, database: database.database });
  const password = new Secret(database.password);
  db = await Database.open({ ...database, name: database.database, password, poolSize: 2, idleSeconds: 60 });
  const brokers = testEngines().kafka.brokers.split(',');
  const logger = quietLogger();
  broker = new Broker({ brokers, clientId: 'test', sessionTimeoutMs: 6_000, logger, prefix, concurrency: 1 });
  await createTopics(broker, { prefix, rawRetentionDays: 14, replicationFactor: 1 });
  simulator = await startSimulator({ modes: UNLIMITED, ozonProducts: 20, wbProducts: 20 });
  sink = await startSmtpSink();
  collector = await OtlpReceiver.start();
  folder = scratchFolder('traces');
  writeFileSync(join(folder, 'empty.env'), '', { mode: 0o600 });
});

afterAll(async () => {
  await Promise.all([simulator.close(), sink.close(), collector.close(), db.close()]);
  await broker.ask('removing the test topics', (one) =>
    one.deleteTopics({ topics: Object.values(TOPICS).map((name) => topicOf(prefix, name)) }),
  );
  await broker.close();
  await database.drop();
});

function settings(more: Readonly<Record<string, string>>): LoadedConfig {
  const { url, credentials } = simulator;
  const env = {
    KAFKA_BROKERS: testEngines().kafka.brokers,
    KAFKA_TOPIC_PREFIX: prefix,
    KAFKA_SESSION_TIMEOUT: '6',
    DB_HOST: database.host,
    DB_PORT: String(database.port),
    DB_NAME: database.database,
    DB_USER: database.user,
    DB_PASSWORD: database.password,
    OZON_API_URL: url,
    OZON_CLIENT_ID: credentials.ozonClientId,
    OZON_API_KEY: credentials.ozonApiKey,
    OZON_MAX_RPS: '1000',
    SMTP_HOST: sink.host,
    SMTP_PORT: String(sink.port),
    SMTP_SECURITY: 'none',
    ALERT_EMAIL: 'owner@example.test',
    ALERT_GROUP_WAIT: '0',
    ALERT_GROUP_INTERVAL: '0',
    METRICS_PORT: '0',
    ...more,
  };
  return loadConfig({ env, envFile: join(folder, 'empty.env'), cwd: folder });
}

/** One run of Ozon with everything that follows from it in this process, as cron's users have it. */
async function sync(
  loaded: LoadedConfig,
  after: (instruments: OpenInstruments) => Promise<void> = async () => undefined,
): Promise<void> {
  const logger = quietLogger();
  const instruments = await openInstruments({ loaded, logger, command: 'worker', metrics: 'serve' });
  const installation = new Installation(loaded, logger, instruments);
  try {
    const request = { sources: ['ozon'], acceptAbsences: false, wait: true } as const;
    const { outcomes } = await runSync(request, installation, new AbortController().signal, {});
    expect(outcomes).toMatchObject([{ source: 'ozon', problem: null }]);
    await after(instruments);
  } finally {
    await installation.close();
    await instruments.close();
  }
}

/** From a span up to the root of its trace. */
function lineage(span: ReceivedSpan | undefined): string[] {
  const names: string[] = [];
  for (let at = span; at !== undefined; ) {
    names.push(at.name);
    const { parentSpanId, traceId } = at;
    at = collector.spans.find((one) => one.spanId === parentSpanId && one.traceId === traceId);
  }
  return names;
}

describe('a run that is followed', () => {
  it('leaves nothing behind while nobody follows it', async () => {
    await sync(settings({ MIN_PRODUCTS_THRESHOLD: '0' }));
    const [row] = await db.query("SELECT COUNT(*) AS n FROM outbox WHERE headers LIKE '%traceparent%'");
    const [all] = await db.query('SELECT COUNT(*) AS n FROM outbox');
    expect([Number(row?.n), Number(all?.n) > 0]).toEqual([0, true]);
    expect(collector.requests).toEqual([]);
  });

  it('is one trace from the sync to the mail, and is counted on its way', async () => {
    const loaded = settings({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-scope=otlp-secret-5512',
      // More than the shop has: the second read raises an alert.
      MIN_PRODUCTS_THRESHOLD: '1000',
    });
    simulator.world.advance(3);
    await sync(loaded, async ({ prometheus }) => {
      const mail = await sink.next();
      expect(mail.subject).not.toBe('');
      await expectMeasured(prometheus);
    });
    const [run] = collector.named('sync run');
    expect(run).toMatchObject({ parentSpanId: '', failed: false, attributes: { source: 'ozon' } });
    const names = new Set(
      collector.spans.filter(({ traceId }) => traceId === run?.traceId).map(({ name }) => name),
    );
    expect([...names].sort()).toEqual(
      [
        'alert entering',
        'api call',
        'digest',
        'feed read',
        'projector batch',
        'publication',
        'raw append',
        'rule judgement',
        'send',
        'sync run',
      ].sort(),
    );
    expect(lineage(collector.named('send')[0])).toEqual([
      'send',
      'digest',
      'rule judgement',
      'projector batch',
      'raw append',
      'feed read',
      'sync run',
    ]);
    expect(collector.spans.filter(({ failed }) => failed)).toEqual([]);
    for (const secret of loaded.secrets) expect(collector.text).not.toContain(secret.reveal());
    expect(collector.requests[0]?.headers['x-scope']).toBe('otlp-secret-5512');
  });

  async function expectMeasured(prometheus: OpenInstruments['prometheus']): Promise<void> {
    if (prometheus === null) throw new Error('nothing is measured');
    const scrape = new Scrape({
      metrics: prometheus,
      tables: () => operatingFigures(db),
      groups: () => groupFigures(broker, prefix),
    });
    const text = await scrape.text();
    const value = (series: string): number => {
      const line = text.split('\n').find((one) => one.startsWith(`${series} `));
      return line === undefined ? Number.NaN : Number(line.slice(series.length + 1));
    };
    const account = simulator.credentials.ozonClientId;
    const feed = `{source="ozon",account="${account}",feed="ozon:${account}:stocks"}`;
    const feeds = text.split('\n').filter((line) => line.startsWith('inventory_sync_feed_last_complete'));
    expect(feeds.length, feed).toBeGreaterThan(0);
    for (const line of feeds) expect(Number(line.split(' ').at(-1))).toBeGreaterThan(Date.now() / 1000 - 600);
    expect(value('inventory_sync_last_success_timestamp_seconds{source="ozon"}')).toBeGreaterThan(
      Date.now() / 1000 - 600,
    );
    expect(
      value('inventory_sync_api_requests_total{source="ozon",method="product-stocks",status="200"}'),
    ).toBeGreaterThan(0);
    expect(value('inventory_sync_changes_total{source="ozon"}')).toBeGreaterThan(0);
    expect(value('inventory_sync_digests_total{channel="mail",outcome="sent"}')).toBe(1);
    expect(value('inventory_sync_alerts_open{severity="warning"}')).toBeGreaterThan(0);
    expect(value('inventory_sync_dead_letters_24h')).toBe(0);
    expect(value('inventory_sync_db_duration_seconds_count{operation="transaction"}')).toBeGreaterThan(0);
    const transactions = `{consumergroup="${prefix}.projector",outcome="committed"}`;
    expect(value(`inventory_sync_kafka_transaction_duration_seconds_count${transactions}`)).toBeGreaterThan(
      0,
    );
    const raw = topicOf(prefix, TOPICS.rawSnapshots);
    const lag = `{consumergroup="${prefix}.projector",topic="${raw}"}`;
    expect(value(`kafka_consumergroup_lag_sum${lag}`)).toBe(0);
    expect(text).toMatch(/inventory_sync_rows_read_total\{source="ozon",endpoint="[a-z-]+"\} [1-9]/);
    for (const part of ['database', 'kafka']) expect(value(`inventory_sync_part_up{part="${part}"}`)).toBe(1);
  }
});
