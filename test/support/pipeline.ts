import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Broker } from '../../src/broker/broker.js';
import type { RawProducer } from '../../src/broker/raw-producer.js';
import { createTopics } from '../../src/broker/topics.js';
import type { ProbePoint } from '../../src/consumers/partition-owner.js';
import { createProjectorApp } from '../../src/consumers/projector.js';
import { ConsumerRun } from '../../src/consumers/run-consumer.js';
import { type Feed, formatFeed } from '../../src/domain/feed.js';
import type { SnapshotScope } from '../../src/domain/snapshot.js';
import { groupOf, TOPICS, topicOf } from '../../src/events/topics.js';
import { normaliserOf } from '../../src/marketplaces/normalisers.js';
import type { Logger } from '../../src/ports/logger.js';
import type { NormaliserOf, PageQuery } from '../../src/ports/marketplace.js';
import type { SnapshotOutcome } from '../../src/ports/snapshot-status.js';
import { takeSnapshot } from '../../src/producers/take-snapshot.js';
import { createCheckpointStore } from '../../src/store/checkpoint-store.js';
import { Database } from '../../src/store/database.js';
import { createFeedRegistry } from '../../src/store/feed-registry.js';
import { migrate } from '../../src/store/migrate.js';
import { createProjectionStore } from '../../src/store/projection-store.js';
import { createGenerationStore } from '../../src/store/replay-store.js';
import { createSnapshotStatusReader } from '../../src/store/snapshot-status.js';
import { type FreshDatabase, freshDatabase, freshTopicPrefix, testEngines } from './engines.js';

const SESSION_TIMEOUT_MS = 6_000;

/** Collects what a component logs at warn and above, for messages of failed tests. */
export function quietLogger(lines: string[] = []): Logger {
  const keep = (level: string) => (fields: object, message: string) => {
    lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  };
  return { debug: () => undefined, info: () => undefined, warn: keep('warn'), error: keep('error') };
}

export const secret = (text: string) => ({ reveal: () => text });

export interface WorkerOptions {
  readonly stateRows?: number;
  readonly probe?: (point: ProbePoint) => Promise<void> | void;
  readonly fatal?: (error: unknown) => void;
  /** Another way to read rows than the real one: a bug. */
  readonly normaliserOf?: NormaliserOf;
  readonly generationWaitMs?: number;
}

export interface SnapshotOptions {
  readonly scope?: SnapshotScope;
  readonly acceptAbsences?: boolean;
  readonly absenceLimit?: number;
  readonly absenceMin?: number;
  /** Totals that the marketplace names, one per page. */
  readonly announced?: readonly (number | undefined)[];
  /** What each page was asked for, one per page. */
  readonly queries?: readonly (PageQuery | undefined)[];
  /** Fails the walk after this many pages. */
  readonly failAfter?: number;
  readonly batchSize?: number;
}

/** A database, topics and a projector of one test, on the run's Kafka and MySQL. */
export class Pipeline {
  readonly prefix: string;
  readonly logs: string[] = [];
  private readonly workers = new Set<ConsumerRun>();
  private readonly others: Database[] = [];

  private constructor(
    readonly database: FreshDatabase,
    readonly db: Database,
    readonly broker: Broker,
    readonly raw: RawProducer,
  ) {
    this.prefix = prefixOf(broker);
  }

  static async start(name: string): Promise<Pipeline> {
    const database = await freshDatabase(name);
    await migrate({ admin: adminOf(database), database: database.database });
    const prefix = freshTopicPrefix();
    const broker = openBroker(prefix);
    prefixes.set(broker, prefix);
    await createTopics(broker, { prefix, rawRetentionDays: 14, replicationFactor: 1 });
    const raw = broker.rawProducer(topicOf(prefix, TOPICS.rawSnapshots));
    await raw.connect();
    return new Pipeline(database, await openDatabase(database), broker, raw);
  }

  topic(name: (typeof TOPICS)[keyof typeof TOPICS]): string {
    return topicOf(this.prefix, name);
  }

  async worker(options: WorkerOptions = {}): Promise<ConsumerRun> {
    const db = await openDatabase(this.database, SESSION_TIMEOUT_MS / 1000);
    this.others.push(db);
    const app = createProjectorApp({
      prefix: this.prefix,
      store: createProjectionStore(db),
      normaliserOf: options.normaliserOf ?? normaliserOf,
      stateRows: options.stateRows ?? 1_000_000,
      generations: createGenerationStore(db),
      generationWaitMs: options.generationWaitMs,
    });
    const run = new ConsumerRun(app, {
      broker: this.broker,
      checkpoints: createCheckpointStore(db),
      outputTopics: [TOPICS.stockChanges, TOPICS.syncEvents, TOPICS.deadLetters].map((one) =>
        this.topic(one),
      ),
      logger: quietLogger(this.logs),
      heartbeatMs: SESSION_TIMEOUT_MS / 6,
      newToken: randomUUID,
      fatal: options.fatal ?? ((error) => this.logs.push(`fatal ${String(error)}`)),
      probe: options.probe,
    });
    this.workers.add(run);
    await run.start();
    return run;
  }

  async stopWorker(run: ConsumerRun): Promise<void> {
    this.workers.delete(run);
    await run.stop();
  }

  /** Writes one snapshot as a poller would; pages are lists of rows as the marketplace spells them. */
  async publish(
    feed: Feed,
    pages: readonly (readonly unknown[])[],
    options: SnapshotOptions = {},
  ): Promise<string> {
    const { partition } = await createFeedRegistry(this.db).register(feed, 12);
    const snapshotId = randomUUID();
    const fetchedAt = new Date().toISOString();
    await takeSnapshot(
      {
        feed,
        open: async () => ({
          scope: options.scope ?? { schemes: ['fbo', 'fbs', 'rfbs', 'fbp', 'fbw'] },
          async *pages() {
            for (const [index, page] of pages.entries()) {
              if (index === options.failAfter) throw new Error('the walk failed');
              const rows = page.map((row) => (typeof row === 'string' ? row : JSON.stringify(row)));
              const query = options.queries?.[index];
              yield { fetchedAt, rows, announcedProducts: options.announced?.[index], query };
            }
            if (pages.length === options.failAfter) throw new Error('the walk failed');
          },
        }),
      },
      {
        log: this.raw,
        partition,
        prefix: this.prefix,
        batchSize: options.batchSize ?? 1000,
        limits: { absenceLimit: options.absenceLimit ?? 0.5, absenceMin: options.absenceMin ?? 20 },
        acceptAbsences: options.acceptAbsences ?? false,
        now: () => new Date(),
        newId: () => snapshotId,
        signal: new AbortController().signal,
      },
    ).catch((error: unknown) => {
      if (options.failAfter === undefined) throw error;
    });
    return snapshotId;
  }

  /** Waits until the snapshot has come to its end in the tables, and what follows from it is published. */
  async outcome(snapshotId: string, timeoutMs = 30_000): Promise<SnapshotOutcome> {
    const reader = createSnapshotStatusReader(this.db);
    const group = groupOf(this.prefix, 'projector');
    const until = Date.now() + timeoutMs;
    for (;;) {
      const outcome = (await reader.statusOf([snapshotId])).get(snapshotId);
      if (outcome?.lastOffset != null) {
        const mark = await this.broker.committed(group, this.topic(TOPICS.rawSnapshots), outcome.partition);
        if (mark !== null && mark.stamp !== null && mark.offset > outcome.lastOffset) return outcome;
      }
      if (Date.now() > until) {
        throw new Error(
          `no end of ${snapshotId}: ${JSON.stringify(outcome)}\n${this.logs.slice(-10).join('\n')}`,
        );
      }
      await delay(20);
    }
  }

  async close(): Promise<void> {
    for (const worker of this.workers) await worker.stop();
    await this.raw.close();
    await this.broker.ask('removing the test topics', (admin) =>
      admin.deleteTopics({ topics: Object.values(TOPICS).map((name) => this.topic(name)) }),
    );
    await this.broker.close();
    for (const db of [this.db, ...this.others]) await db.close();
    await this.database.drop();
  }
}

const prefixes = new WeakMap<Broker, string>();

function prefixOf(broker: Broker): string {
  return prefixes.get(broker) ?? '';
}

function openBroker(prefix: string): Broker {
  return new Broker({
    brokers: testEngines().kafka.brokers.split(','),
    clientId: 'inventory-sync-test',
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    logger: quietLogger(),
    prefix,
    concurrency: 4,
  });
}

/** @param waitTimeoutSeconds as a worker's sessions have it; whoever only looks on is given all the time it wants */
export function openDatabase(database: FreshDatabase, waitTimeoutSeconds?: number): Promise<Database> {
  return Database.open({
    host: database.host,
    port: database.port,
    name: database.database,
    user: database.user,
    password: secret(database.password),
    poolSize: 10,
    idleSeconds: 60,
    waitTimeoutSeconds,
  });
}

function adminOf(database: FreshDatabase) {
  const { host, port, adminUser, adminPassword } = database;
  return { host, port, user: adminUser, password: secret(adminPassword) };
}

export const ozonFeed = (account = '100500'): Feed => ({
  source: 'ozon',
  account,
  endpoint: 'product-stocks',
});
export const wbFeed = (account = 'a1b2'): Feed => ({
  source: 'wildberries',
  account,
  endpoint: 'wb-warehouses',
});

/** An element of Ozon's list: `[type, present, reserved]` each. */
export function ozonItem(productId: number | string, ...stocks: readonly [string, number, number][]) {
  return {
    product_id: productId,
    offer_id: `ART-${productId}`,
    stocks: stocks.map(([type, present, reserved]) => ({ type, present, reserved, sku: 1 })),
  };
}

export function wbRow(chrtId: number, warehouseId: number, quantity: number, toClient = 0, fromClient = 0) {
  return {
    nmId: chrtId * 10,
    chrtId,
    warehouseId,
    warehouseName: `W${warehouseId}`,
    regionName: 'R',
    quantity,
    inWayToClient: toClient,
    inWayFromClient: fromClient,
  };
}

export { formatFeed };
