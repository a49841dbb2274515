import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningEngines } from '../engines/engines.js';
import { Broker } from '../src/broker/broker.js';
import { createTopics } from '../src/broker/topics.js';
import { encodeCursor } from '../src/dashboard/api/cursor.js';
import { groupOf, TOPICS, topicOf } from '../src/events/topics.js';
import { Database } from '../src/store/database.js';
import { migrate } from '../src/store/migrate.js';
import { type Answered, type Case, Meter, peakMegabytes } from './dashboard/meter.js';
import { EACH, FIRST_WB_ID, OZON_ACCOUNT, oneMoreRecord, plantShop, WB_ACCOUNT } from './dashboard/shop.js';

const TOKEN = 'a-token-of-the-bench-2718';
/** Pages are asked for while so many products change in each of so many steps of this many milliseconds. */
const STEPS = 10;
const STEP_MS = 2_000;
const PRODUCTS_A_STEP = 1_000;

/**
 * The real command over 100,000 products, 200,000 levels and 1,000,000 changes: how long it takes to the last byte of
 * every page, of what programs ask for, and of a table of everything; and what memory that takes.
 */
export async function benchDashboard(engines: RunningEngines): Promise<void> {
  const { kafka, mysql } = engines;
  const prefix = `dash-${randomUUID().slice(0, 8)}`;
  const name = prefix.replace('-', '_');
  const login = { host: mysql.host, port: mysql.port, user: mysql.adminUser };
  const password = { reveal: () => mysql.adminPassword };
  const owner = { rawTopic: topicOf(prefix, TOPICS.rawSnapshots), group: groupOf(prefix, 'projector') };
  const broker = new Broker({
    brokers: kafka.brokers.split(','),
    clientId: 'bench',
    sessionTimeoutMs: 30_000,
    logger: { debug: ignore, info: ignore, warn: console.error, error: console.error },
    prefix,
    concurrency: 1,
  });
  await createTopics(broker, { prefix, rawRetentionDays: 1, replicationFactor: 1 });
  await migrate({ admin: { ...login, password }, database: name });
  const db = await Database.open({ ...login, ...{ password, name, poolSize: 2, idleSeconds: 600 } });
  try {
    const planted = performance.now();
    await plantShop(db, owner);
    console.error(`the shop is planted: ${((performance.now() - planted) / 1000).toFixed(0)} s`);
    await using(await Served.start(engines, prefix, name), async (served) => {
      const meter = new Meter(served.url, TOKEN);
      await untilLoaded(meter, served);
      for (const [title, cases] of Object.entries(CASES)) {
        meter.heading(title);
        for (const one of cases) await meter.measure(one);
      }
      meter.heading(`while ${PRODUCTS_A_STEP} products change at a time`);
      await whileChanging(meter, (step) => oneMoreRecord(db, owner, step, PRODUCTS_A_STEP));
      console.log(`peak memory of the dashboard: ${peakMegabytes(served.pid) ?? '?'} MB`);
      if (meter.slow.length > 0) console.log(`slower than they may be: ${meter.slow.join('; ')}`);
    });
  } finally {
    await broker.ask('removing topics', (admin) =>
      admin.deleteTopics({ topics: Object.values(TOPICS).map((topic) => topicOf(prefix, topic)) }),
    );
    await broker.close();
    await db.query(`DROP DATABASE ${name}`);
    await db.close();
  }
}

/** A parameter that pages do not know makes another page of it, to those that keep pages. */
function page(name: string, path: string): Case {
  return { name, path: (round) => `${path}${path.includes('?') ? '&' : '?'}again=${round}` };
}

const SORTS = ['article', 'name', 'available', 'reserved', 'present', 'days', 'changed'];
const FILTERS = ['out', 'low', 'changed', 'held', 'archived'];
const after = (list: string, place: object) => encodeURIComponent(encodeCursor(list, place));
const PLACE = { productId: String(FIRST_WB_ID + EACH - 5_000), scheme: 'fbw', warehouseId: '507' };

const CASES: Readonly<Record<string, readonly Case[]>> = {
  pages: [
    page('now', '/'),
    page('products, first page', '/products'),
    { name: 'products, by article', path: (round) => `/products?q=ART-0${41_000 + round}` },
    { name: 'products, by a part of the name', path: (round) => `/products?q=ромашка+${round}` },
    { name: 'products, by barcode', path: (round) => `/products?q=4600000${20_000 + round}` },
    { name: 'products, nothing found', path: (round) => `/products?q=нет+такого+${round}` },
    ...SORTS.flatMap((sort) => [
      page(`products, sorted by ${sort}`, `/products?sort=${sort}`),
      page(`products, sorted by ${sort}, falling`, `/products?sort=${sort}&down=1`),
    ]),
    ...FILTERS.map((only) => page(`products, only ${only}`, `/products?only=${only}`)),
    page('products, of one source, low, by name', '/products?source=wildberries&only=low&sort=name'),
    { name: 'products, deep', path: (round) => `/products?from=${95_000 + 50 * round}` },
    page('products side by side', '/products?view=articles'),
    { name: 'products side by side, found', path: (round) => `/products?view=articles&q=кружка+${round}` },
    { name: 'a product', path: (round) => `/product/ozon/${OZON_ACCOUNT}/${40_000 + round}` },
    page('the busiest product, a day', `/product/ozon/${OZON_ACCOUNT}/1?span=day`),
    page('the busiest product, all', `/product/wildberries/${WB_ACCOUNT}/${FIRST_WB_ID}?span=all`),
    page('anomalies, open', '/anomalies'),
    page('anomalies, muted', '/anomalies?state=muted'),
    page('anomalies, resolved', '/anomalies?state=resolved'),
    page('pipeline', '/pipeline'),
    page('pipeline, bad snapshots', '/pipeline?snapshots=bad'),
  ],
  'read API, 1,000 rows at a time': [
    { name: 'levels', path: () => '/api/v1/levels?limit=1000' },
    {
      name: 'levels, far on',
      path: () => `/api/v1/levels?limit=1000&cursor=${after('levels', { feedId: 3, ...PLACE })}`,
    },
    { name: 'levels of an article', path: (round) => `/api/v1/levels?article=ART-00${1_000 + round}` },
    { name: 'products', path: () => '/api/v1/products?limit=1000' },
    {
      name: 'products, far on',
      path: () =>
        `/api/v1/products?limit=1000&cursor=${after('products', { accountId: 2, productId: PLACE.productId })}`,
    },
    { name: 'changes', path: () => '/api/v1/changes?limit=1000' },
    {
      name: 'changes, far on',
      path: () =>
        `/api/v1/changes?limit=1000&cursor=${after('changes', { day: Math.floor(Date.now() / 86_400_000), turn: 0, at: [[0, 1, 5_500, 0]] })}`,
    },
    { name: 'snapshots', path: () => '/api/v1/snapshots?limit=1000' },
    { name: 'snapshots that failed', path: () => '/api/v1/snapshots?limit=1000&status=failed' },
    { name: 'alerts', path: () => '/api/v1/alerts?limit=1000&state=all' },
    { name: 'health', path: () => '/api/v1/health' },
  ],
};

/** Whole tables are no pages: they may take as long as they take. */
const TABLES = ['/products.csv', '/products.csv?only=low&sort=available', '/products.xlsx'];

async function untilLoaded(meter: Meter, served: Served): Promise<void> {
  const begun = performance.now();
  const everything = new RegExp(String(2 * EACH).replace(/(?=(\d{3})+$)/g, '\\D?'));
  while (!everything.test((await meter.get('/products')).text)) await delay(200);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(
    `\n${2 * EACH} products are in memory after ${seconds} s; ${peakMegabytes(served.pid) ?? '?'} MB`,
  );
  for (const path of TABLES) {
    const { ms, bytes } = await meter.get(path);
    console.log(`${path}: ${(ms / 1000).toFixed(1)} s, ${(bytes / 1024 / 1024).toFixed(1)} MB`);
  }
}

/** The list follows the ledger meanwhile, for a reader has the page open. */
async function whileChanging(meter: Meter, change: (step: number) => Promise<void>): Promise<void> {
  const open = new AbortController();
  const live = meter.follow('/products?sort=available', open.signal);
  const pages = [
    page('now', '/'),
    page('products', '/products'),
    page('products, sorted by available', '/products?sort=available'),
    page('products side by side', '/products?view=articles'),
  ].map((one) => ({ ...one, answers: [] as Answered[] }));
  let round = 0;
  for (let step = 0; step < STEPS; step += 1) {
    const until = performance.now() + STEP_MS;
    await change(step);
    for (; performance.now() < until; round += 1)
      for (const { path, answers } of pages) answers.push(await meter.get(path(round)));
  }
  for (const { name, answers } of pages) meter.tell(name, answers);
  open.abort();
  console.log(`a page that was open was sent ${await live} parts anew`);
}

/** The command, alive until closed. */
class Served {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly url: string,
  ) {}

  static async start({ kafka, mysql }: RunningEngines, prefix: string, database: string): Promise<Served> {
    const folder = mkdtempSync(join(tmpdir(), 'inventory-sync-bench-'));
    const envFile = join(folder, 'empty.env');
    writeFileSync(envFile, '', { mode: 0o600 });
    const command = join(import.meta.dirname, '..', 'src', 'cli', 'index.js');
    const child = spawn(process.execPath, [command, '--env-file', envFile, 'dashboard'], {
      cwd: folder,
      env: {
        ...{ PATH: process.env.PATH, LOCALE: 'en', LOG_LEVEL: 'warn' },
        ...{ DASHBOARD_PORT: '0', DASHBOARD_TOKEN: TOKEN },
        ...{ KAFKA_BROKERS: kafka.brokers, KAFKA_TOPIC_PREFIX: prefix },
        ...{ DB_HOST: mysql.host, DB_PORT: String(mysql.port), DB_NAME: database },
        ...{ DB_USER: mysql.adminUser, DB_PASSWORD: mysql.adminPassword },
      },
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    const url = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stderr }).on('line', (line) => {
        const [found] = /http:\S+/.exec(line) ?? [];
        if (found === undefined) console.error(line);
        else resolve(found);
      });
      child.once('exit', () => reject(new Error('the dashboard ended without a word')));
    });
    return new Served(child, folder, url);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async close(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await gone;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function using(served: Served, work: (served: Served) => Promise<void>): Promise<void> {
  try {
    await work(served);
  } finally {
    await served.close();
  }
}

function ignore(): void {}
