import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCommitted } from '../../engines/conforming-reader.js';
import { createAnomalyApp } from '../../src/consumers/anomaly.js';
import type { ProbePoint } from '../../src/consumers/partition-owner.js';
import { ConsumerRun } from '../../src/consumers/run-consumer.js';
import { type Feed, formatFeed } from '../../src/domain/feed.js';
import { type Alert, alert } from '../../src/events/alert.js';
import { EVENT_TYPES, envelope } from '../../src/events/envelope.js';
import { rawEvent } from '../../src/events/raw-snapshot.js';
import { TOPICS } from '../../src/events/topics.js';
import { createAlertStore } from '../../src/store/alert-store.js';
import { createCheckpointStore } from '../../src/store/checkpoint-store.js';
import { Database } from '../../src/store/database.js';
import { ENTITIES } from '../../src/store/entities/all.js';
import { createFeedRegistry } from '../../src/store/feed-registry.js';
import { createProductHistory } from '../../src/store/product-history.js';
import { testEngines } from '../support/engines.js';
import { expectKilled } from '../support/killed-process.js';
import { ozonFeed, ozonItem, Pipeline, quietLogger, secret, wbFeed, wbRow } from '../support/pipeline.js';
import { settings } from '../unit/domain/anomaly/settings.js';
import type { AnomalyProcessPlan } from './anomaly-process.js';

const SESSION_MS = 2_000;
const HOUR = 3_600_000;
const SETTINGS = settings({ threshold: 1000, minProducts: 0, lowStock: { ozon: 5, wildberries: 5 } });

const OZON = ozonFeed();
const FAILING = wbFeed('failing');
const WAREHOUSES = wbFeed('both');
const FBS: Feed = { ...WAREHOUSES, endpoint: 'fbs-stocks' };

/** Anomaly workers of an installation, in this process or in one that kills itself. */
class Judges {
  private run: ConsumerRun | undefined;
  private db: Database | undefined;

  constructor(private readonly pipe: Pipeline) {}

  async start(): Promise<void> {
    const { pipe } = this;
    const { host, port, database: name, user, password } = pipe.database;
    this.db = await Database.open({
      ...{ host, port, name, user, password: secret(password), entities: ENTITIES },
      ...{ poolSize: 5, idleSeconds: 60, waitTimeoutSeconds: SESSION_MS / 1000 },
    });
    const app = createAnomalyApp({
      prefix: pipe.prefix,
      settings: SETTINGS,
      alerts: createAlertStore(this.db),
      history: createProductHistory(this.db, pipe.topic(TOPICS.rawSnapshots)),
    });
    this.run = new ConsumerRun(app, {
      broker: pipe.broker,
      checkpoints: createCheckpointStore(this.db),
      outputTopics: [TOPICS.alerts, TOPICS.deadLetters].map((topic) => pipe.topic(topic)),
      logger: quietLogger(pipe.logs),
      heartbeatMs: SESSION_MS / 6,
      newToken: randomUUID,
      fatal: (error) => pipe.logs.push(`fatal ${String(error)}`),
    });
    await this.run.start();
  }

  /** All sync events that are there by now have been judged, and what follows is published. */
  async caughtUp(): Promise<void> {
    while ((await this.run?.caughtUp()) === false) await delay(20);
  }

  /** A worker that comes to this point so many times, and no farther. */
  async killedAt(point: ProbePoint, times: number): Promise<void> {
    const { host, port, database: name, user, password } = this.pipe.database;
    const plan: AnomalyProcessPlan = {
      brokers: testEngines().kafka.brokers,
      prefix: this.pipe.prefix,
      sessionTimeoutMs: SESSION_MS,
      settings: SETTINGS,
      db: { host, port, name, user, password },
      kill: { point, times },
    };
    await expectKilled(new URL('./anomaly-process.ts', import.meta.url), plan);
  }

  async close(): Promise<void> {
    await this.run?.stop();
    await this.db?.close();
  }
}

async function alertsIn(pipe: Pipeline): Promise<Alert[]> {
  const { brokers } = testEngines().kafka;
  const records = await readCommitted({ brokers, topic: pipe.topic(TOPICS.alerts) });
  return records.map(({ key, value, headers }) => {
    const read = alert.parse(JSON.parse(value ?? 'null'));
    expect([key, headers.ce_id]).toEqual([read.fingerprint, read.id]);
    return read;
  });
}

/** Ten pieces of product 3 a day for two weeks, each at half a day's distance from now. */
async function plantSales(pipe: Pipeline): Promise<void> {
  const now = Math.floor(Date.now() / HOUR);
  const [row] = await pipe.db.query('SELECT account_id FROM feeds WHERE feed = ?', [formatFeed(OZON)]);
  const days = Array.from({ length: 20 }, (_, day) => [row?.account_id, '3', now - 24 * day - 12, 10, 10]);
  await pipe.db.execute('INSERT INTO product_hours VALUES ?', [days]);
  const since = new Date((now - 24 * 20) * HOUR);
  await pipe.db.execute("UPDATE products SET first_seen_at = ? WHERE product_id = '3'", [since]);
}

/** What left and what came, of every product; by the hour it is told elsewhere. */
async function counted(pipe: Pipeline): Promise<string[]> {
  const rows = await pipe.db.query(
    `SELECT a.source, a.account, h.product_id, SUM(h.sold) AS sold, SUM(h.received) AS received
       FROM product_hours h JOIN accounts a ON a.account_id = h.account_id
      GROUP BY a.source, a.account, h.product_id ORDER BY 1, 2, 3`,
  );
  return rows.map((row) => Object.values(row).join(' '));
}

describe('the story of a shop, told by its alerts', () => {
  let pipe: Pipeline;
  let judges: Judges;
  /** Snapshot ids by the names that the story gives them, and back. */
  const ids = new Map<string, string>();
  const named = (id: string) => [...ids].find(([, one]) => one === id)?.[0] ?? id;
  /** Stock of products 1 to 3 by snapshot; `[present, reserved]` of the second. */
  let stock: [number, [number, number], number] = [10, [5, 1], 100];

  beforeAll(async () => {
    pipe = await Pipeline.start('story');
    judges = new Judges(pipe);
    await pipe.worker();
  });
  afterAll(async () => {
    await judges?.close();
    await pipe?.close();
  });

  async function done(name: string, id: string, status: string): Promise<void> {
    ids.set(name, id);
    expect(await pipe.outcome(id), name).toMatchObject({ status });
  }

  async function ozon(name: string, change: { [K in 0 | 1 | 2]?: (typeof stock)[K] }): Promise<void> {
    stock = Object.assign([...stock], change) as typeof stock;
    const [one, [present, reserved], three] = stock;
    const items = [
      ozonItem(1, ['fbo', one, 0]),
      ozonItem(2, ['fbs', present, reserved]),
      ozonItem(3, ['fbo', three, 0]),
    ];
    await done(name, await pipe.publish(OZON, [items]), 'applied');
  }

  const wildberries = async (name: string, feed: Feed, rows: readonly unknown[], failAfter?: number) =>
    done(
      name,
      await pipe.publish(feed, [rows], failAfter === undefined ? {} : { failAfter }),
      failAfter === undefined ? 'applied' : 'failed',
    );

  /** `state rule about snapshot` of all alerts so far, sorted. */
  async function told(): Promise<string[]> {
    const alerts = await alertsIn(pipe);
    expect(new Set(alerts.map(({ id }) => id)).size, 'an alert told twice').toBe(alerts.length);
    return alerts.map((one) => `${named(one.snapshotId)} ${one.state} ${one.rule} ${about(one)}`).sort();
  }

  const about = ({ product, feed }: Alert) => product?.productId ?? feed.split(':').slice(1).join(':');
  const of = (rule: string, list: readonly string[]) => list.filter((line) => line.includes(` ${rule} `));

  it('a crossing of the low-stock threshold is told once, whoever dies in between', async () => {
    await ozon('s1', {});
    await plantSales(pipe);
    await ozon('s2', { 0: 4 });
    // Each applied snapshot is a transaction: that of s2 is recorded and noted, not published.
    await judges.killedAt('committed', 2);
    expect(await told()).toEqual([]);
    await ozon('s3', { 0: 3 });
    // Published, and the mark of it not moved.
    await ozon('s4', { 0: 6, 1: [5, 7] });
    await judges.killedAt('published', 2);
    await judges.start();
    await judges.caughtUp();
    expect(await told()).toEqual([
      's2 raised low-stock 1',
      's4 raised ran-out 2',
      's4 raised reserved-above-present 2',
    ]);
    const hours = await pipe.db.query(
      `SELECT SUM(sold) AS sold, SUM(received) AS received FROM product_hours WHERE product_id IN (1, 2)
        GROUP BY product_id ORDER BY product_id`,
    );
    expect(hours.map((row) => [Number(row.sold), Number(row.received)])).toEqual([
      [7, 3],
      [4, 0],
    ]);
  });

  it('it is over well above the threshold, and so is a reserve that is covered', async () => {
    await ozon('s5', { 0: 7, 1: [9, 7] });
    await judges.caughtUp();
    expect((await told()).filter((line) => line.startsWith('s5'))).toEqual([
      's5 resolved low-stock 1',
      's5 resolved ran-out 2',
      's5 resolved reserved-above-present 2',
    ]);
  });

  it('a product that sells out within days is told, until it is delivered', async () => {
    await ozon('s6', { 2: 24 });
    await ozon('s7', { 2: 22 });
    await ozon('s8', { 2: 400 });
    await judges.caughtUp();
    expect(of('runs-out-soon', await told())).toEqual([
      's6 raised runs-out-soon 3',
      's8 resolved runs-out-soon 3',
    ]);
    const [raised] = (await alertsIn(pipe)).filter(({ rule }) => rule === 'runs-out-soon');
    expect(raised).toMatchObject({
      product: { productId: '3', offerId: 'ART-3' },
      evidence: { before: 100, after: 24, threshold: 3 },
    });
  });

  it('reads that fail three times are told, and that one worked again', async () => {
    const rows = [wbRow(1, 507, 50)];
    await wildberries('f1', FAILING, rows);
    for (const name of ['f2', 'f3', 'f4', 'f5']) await wildberries(name, FAILING, rows, 1);
    await wildberries('f6', FAILING, rows);
    await wildberries('f7', FAILING, rows, 1);
    await judges.caughtUp();
    expect(of('snapshots-failing', await told())).toEqual([
      'f4 raised snapshots-failing failing:wb-warehouses',
      'f6 resolved snapshots-failing failing:wb-warehouses',
    ]);
  });

  it('a feed that was retired is no loss, and no more part of what a product had', async () => {
    await wildberries('w1', WAREHOUSES, [wbRow(11, 507, 10), wbRow(12, 507, 3)]);
    await wildberries('b1', FBS, [wbRow(11, 31, 6), wbRow(12, 31, 50)]);
    await retire(WAREHOUSES);
    await wildberries('b2', FBS, [wbRow(11, 31, 4), wbRow(12, 31, 50)]);
    await judges.caughtUp();
    const about11 = (await alertsIn(pipe)).filter(({ account }) => account === 'both');
    expect(about11).toMatchObject([{ rule: 'low-stock', evidence: { before: 6, after: 4, threshold: 5 } }]);
  });

  async function retire(feed: Feed): Promise<void> {
    const name = formatFeed(feed);
    const { partition } = await createFeedRegistry(pipe.db).register(feed, 12);
    const time = new Date().toISOString();
    const value = JSON.stringify({ type: 'feed-retired', feed: name, retiredAt: time, reason: 'not ours' });
    const headers = envelope({ id: randomUUID(), type: EVENT_TYPES.feedRetired, prefix: pipe.prefix, time });
    await pipe.raw.append(partition, [{ key: name, value, headers }]);
    const retired = async () =>
      (await pipe.db.query('SELECT 1 FROM feeds WHERE feed = ? AND retired_at IS NOT NULL', [name])).length >
      0;
    while (!(await retired())) await delay(20);
  }

  it('all of it once more from the raw topic, by an installation that starts from nothing', async () => {
    const before = await alertsIn(pipe);
    const { brokers } = testEngines().kafka;
    const raw = await readCommitted({ brokers, topic: pipe.topic(TOPICS.rawSnapshots) });
    const other = await Pipeline.start('retold');
    const others = new Judges(other);
    try {
      for (const { partition, key, value, headers } of raw)
        await other.raw.append(partition, [{ key: key ?? '', value: value ?? '', headers }]);
      await other.worker();
      const snapshots = raw.map(({ value }) => rawEvent.parse(JSON.parse(value ?? 'null')));
      for (const event of snapshots)
        if (event.type === 'snapshot-completed' || event.type === 'snapshot-failed')
          await other.outcome(event.snapshotId);
      // All is applied before the first snapshot is judged: whatever is said is said of its moment.
      await plantSales(other);
      await others.start();
      await others.caughtUp();
      const again = await alertsIn(other);
      const facts = ({ at: _, text: __, ...rest }: Alert) => rest;
      const sorted = (list: readonly Alert[]) => list.map(facts).sort((a, b) => (a.id < b.id ? -1 : 1));
      expect(sorted(again)).toEqual(sorted(before));
      expect(await counted(other)).toEqual(await counted(pipe));
    } finally {
      await others.close();
      await other.close();
    }
  });
});
