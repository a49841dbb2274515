/** One read of one feed into the raw topic, in a process of its own: prints what it took as one line of JSON. */
import { randomUUID } from 'node:crypto';
import { Broker } from '../src/broker/broker.js';
import { TOPICS, topicOf } from '../src/events/topics.js';
import { OzonClient } from '../src/marketplaces/ozon/client.js';
import { ozonStockReader } from '../src/marketplaces/ozon/stock-reader.js';
import { WildberriesClient } from '../src/marketplaces/wildberries/client.js';
import { wbStockReader } from '../src/marketplaces/wildberries/stock-reader.js';
import type { FeedReader } from '../src/ports/marketplace.js';
import type { RateLimiter } from '../src/ports/rate-limiter.js';
import { takeSnapshot } from '../src/producers/take-snapshot.js';
import type { SimulatorCredentials } from '../src/simulator/credentials.js';
import { Database } from '../src/store/database.js';
import { createMysqlRateLimiter } from '../src/store/mysql-rate-limiter.js';

/** What the parent hands over in the environment. */
export interface PollerTask {
  readonly source: 'ozon' | 'wildberries';
  readonly url: string;
  readonly credentials: SimulatorCredentials;
  readonly brokers: string;
  readonly prefix: string;
  readonly mysql: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password: string;
  };
  readonly database: string;
  /** Requests per second that the limiter allows. */
  readonly maxRps: number;
}

export interface PollerFigures {
  readonly rows: number;
  readonly pages: number;
  /** From the first request to the last acknowledged record. */
  readonly seconds: number;
  readonly peakMb: number;
}

const task = JSON.parse(process.env.POLLER_TASK ?? '') as PollerTask;
const { user, password, host, port } = task.mysql;
const db = await Database.open({
  ...{ host, port, user, name: task.database, poolSize: 4, idleSeconds: 60 },
  password: { reveal: () => password },
});
const broker = new Broker({
  brokers: task.brokers.split(','),
  clientId: 'bench',
  sessionTimeoutMs: 30_000,
  logger: { debug: ignore, info: ignore, warn: console.error, error: console.error },
  prefix: task.prefix,
  concurrency: 1,
});
const log = broker.rawProducer(topicOf(task.prefix, TOPICS.rawSnapshots));
await log.connect();
const reader = readerOf(createMysqlRateLimiter(db));
const began = performance.now();
const receipt = await takeSnapshot(reader, {
  log,
  partition: 0,
  prefix: task.prefix,
  batchSize: 1_000,
  limits: { absenceLimit: 0.5, absenceMin: 20 },
  acceptAbsences: false,
  now: () => new Date(),
  newId: randomUUID,
  signal: new AbortController().signal,
});
const figures: PollerFigures = {
  rows: receipt.rows,
  pages: receipt.pages,
  seconds: (performance.now() - began) / 1000,
  peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
};
process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0));

function readerOf(limiter: RateLimiter): FeedReader {
  const { credentials, url } = task;
  const around = { timeoutMs: 120_000, retry: { retries: 0, delayMs: 1 }, maxWaitMs: 600_000, limiter };
  if (task.source === 'ozon') {
    const { ozonClientId: clientId, ozonApiKey } = credentials;
    const apiKey = { reveal: () => ozonApiKey };
    const client = new OzonClient({ ...around, baseUrl: url, clientId, apiKey, maxRps: task.maxRps });
    return ozonStockReader(client, { sellerWarehouses: null, fbo: 'total' });
  }
  const client = new WildberriesClient({
    ...around,
    analyticsUrl: url,
    commonUrl: url,
    contentUrl: url,
    marketplaceUrl: url,
    token: { reveal: () => credentials.wbToken },
    stocksIntervalMs: 1,
  });
  return wbStockReader(client);
}

function ignore(): void {}
