import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { RunningEngines } from '../engines/engines.js';
import { Broker } from '../src/broker/broker.js';
import { createTopics } from '../src/broker/topics.js';
import { TOPICS, topicOf } from '../src/events/topics.js';
import { Database } from '../src/store/database.js';
import { migrate } from '../src/store/migrate.js';
import type { PollerFigures, PollerTask } from './poller.js';

/** A page of Ozon's list holds a thousand products; a thirty-seventh of WB's sizes has no row in the report. */
const OZON_PAGES = 300;
const WB_SIZES = 257_000;
/** Enough to see whether a limit is used to the full, and no more. */
const LIMITED_PAGES = 40;
const DEFAULT_RPS = 2;
const UNLIMITED = 1_000;

/** From the marketplace's answer to acknowledged raw records; every read in a process of its own. */
export async function benchPolling({ kafka, mysql }: RunningEngines): Promise<void> {
  const prefix = `poll-${randomUUID().slice(0, 8)}`;
  const database = prefix.replace('-', '_');
  const login = { host: mysql.host, port: mysql.port, user: mysql.adminUser };
  const broker = new Broker({
    brokers: kafka.brokers.split(','),
    clientId: 'bench',
    sessionTimeoutMs: 30_000,
    logger: { debug: ignore, info: ignore, warn: console.error, error: console.error },
    prefix,
    concurrency: 1,
  });
  await createTopics(broker, { prefix, rawRetentionDays: 1, replicationFactor: 1 });
  await migrate({ admin: { ...login, password: { reveal: () => mysql.adminPassword } }, database });
  const task = (shop: Shop, source: PollerTask['source'], maxRps: number): PollerTask => ({
    source,
    ...shop.settings,
    ...{ brokers: kafka.brokers, prefix, database, maxRps },
    mysql: { ...login, password: mysql.adminPassword },
  });
  try {
    console.log(
      `\n${'polling'.padEnd(44)}${'rows/s'.padStart(10)}${'seconds'.padStart(10)}${'peak MB'.padStart(10)}`,
    );
    await using(await Shop.open(OZON_PAGES * 1000, WB_SIZES), async (shop) => {
      tell('Wildberries, one answer', await poll(task(shop, 'wildberries', UNLIMITED)));
      tell(`Ozon, ${OZON_PAGES} pages, no limit`, await poll(task(shop, 'ozon', UNLIMITED)));
    });
    await using(await Shop.open(LIMITED_PAGES * 1000, 0), async (shop) => {
      const figures = await poll(task(shop, 'ozon', DEFAULT_RPS));
      tell(`Ozon, ${LIMITED_PAGES} pages, ${DEFAULT_RPS} requests/s`, figures);
      // The first request goes at once, and the walk ends with one more that answers an empty page.
      const allowed = figures.pages / DEFAULT_RPS;
      const over = (figures.seconds / allowed - 1) * 100;
      console.log(
        `the limit allows ${allowed.toFixed(1)} s: ${over.toFixed(1)} % slower than it allows (goal: under 5 %)`,
      );
    });
  } finally {
    await broker.ask('removing topics', (admin) =>
      admin.deleteTopics({ topics: Object.values(TOPICS).map((name) => topicOf(prefix, name)) }),
    );
    await broker.close();
    await drop(database, { ...login, password: mysql.adminPassword });
  }
}

/** Both simulated marketplaces, alive until closed. */
class Shop {
  private constructor(
    private readonly child: ChildProcess,
    readonly settings: Pick<PollerTask, 'url' | 'credentials'>,
  ) {}

  static async open(ozonProducts: number, wbSizes: number): Promise<Shop> {
    const child = start('marketplaces.js', [String(ozonProducts), String(wbSizes)]);
    return new Shop(child, JSON.parse(await firstLine(child)) as Shop['settings']);
  }

  async close(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.stdin?.end();
    await gone;
  }
}

async function using(shop: Shop, work: (shop: Shop) => Promise<void>): Promise<void> {
  try {
    await work(shop);
  } finally {
    await shop.close();
  }
}

async function poll(task: PollerTask): Promise<PollerFigures> {
  const child = start('poller.js', [], { POLLER_TASK: JSON.stringify(task) });
  const gone = once(child, 'exit');
  const line = await firstLine(child);
  await gone;
  return JSON.parse(line) as PollerFigures;
}

function start(script: string, args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, script), ...args], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

async function firstLine(child: ChildProcess): Promise<string> {
  const { stdout } = child;
  if (stdout === null) throw new Error('a child without output');
  for await (const line of createInterface({ input: stdout })) return line;
  throw new Error('a child ended without a word');
}

function tell(name: string, { rows, seconds, peakMb }: PollerFigures): void {
  const cells = [Math.round(rows / seconds), seconds.toFixed(1), peakMb].map((cell) =>
    String(cell).padStart(10),
  );
  console.log(`${name.padEnd(44)}${cells.join('')}`);
}

async function drop(database: string, login: PollerTask['mysql']): Promise<void> {
  const { password, ...rest } = login;
  const db = await Database.open({
    ...rest,
    ...{ name: database, poolSize: 1, idleSeconds: 60 },
    password: { reveal: () => password },
  });
  await db.query(`DROP DATABASE ${database}`);
  await db.close();
}

function ignore(): void {}
