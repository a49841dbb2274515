import { randomUUID } from 'node:crypto';
import type { RunningEngines } from '../engines/engines.js';
import { Broker } from '../src/broker/broker.js';
import { createTopics } from '../src/broker/topics.js';
import { createProjectorApp } from '../src/consumers/projector.js';
import { ConsumerRun } from '../src/consumers/run-consumer.js';
import type { Feed } from '../src/domain/feed.js';
import { TOPICS, topicOf } from '../src/events/topics.js';
import { normaliserOf } from '../src/marketplaces/normalisers.js';
import { takeSnapshot } from '../src/producers/take-snapshot.js';
import { createCheckpointStore } from '../src/store/checkpoint-store.js';
import { Database } from '../src/store/database.js';
import { createFeedRegistry } from '../src/store/feed-registry.js';
import { migrate } from '../src/store/migrate.js';
import { createProjectionStore } from '../src/store/projection-store.js';
import { createSnapshotStatusReader } from '../src/store/snapshot-status.js';
import { generateRows } from './rows.js';

const PAGE_ROWS = 1_000;
const FEED: Feed = { source: 'wildberries', account: 'bench', endpoint: 'wb-warehouses' };

/** One installation with a live worker, whose work on a snapshot is held back until all of it lies in the topic. */
export class Bench {
  private readonly bumps = new Map<number, number>();
  private gate: Promise<void> = Promise.resolve();
  private lastPublished = 0;
  private lastPoint = 0;
  /** Seconds of the last snapshot by the point that they led to. */
  readonly stages = new Map<string, number>();
  private worker: ConsumerRun | undefined;

  private constructor(
    private readonly rows: number,
    private readonly prefix: string,
    private readonly broker: Broker,
    private readonly db: Database,
  ) {}

  static async start({ kafka, mysql }: RunningEngines, rows: number): Promise<Bench> {
    const prefix = `bench-${randomUUID().slice(0, 8)}`;
    const database = prefix.replace('-', '_');
    const logger = { debug: ignore, info: ignore, warn: console.error, error: console.error };
    const broker = new Broker({
      brokers: kafka.brokers.split(','),
      clientId: 'bench',
      sessionTimeoutMs: 30_000,
      logger,
      prefix,
      concurrency: 4,
    });
    await createTopics(broker, { prefix, rawRetentionDays: 14, replicationFactor: 1 });
    const login = {
      host: mysql.host,
      port: mysql.port,
      user: mysql.adminUser,
      password: { reveal: () => mysql.adminPassword },
    };
    await migrate({ admin: login, database });
    const db = await Database.open({ ...login, name: database, poolSize: 10, idleSeconds: 60 });
    const bench = new Bench(rows, prefix, broker, db);
    bench.worker = new ConsumerRun(
      createProjectorApp({ prefix, store: createProjectionStore(db), normaliserOf, stateRows: 5_000_000 }),
      {
        broker,
        checkpoints: createCheckpointStore(db),
        outputTopics: [TOPICS.stockChanges, TOPICS.syncEvents, TOPICS.deadLetters].map((name) =>
          topicOf(prefix, name),
        ),
        logger,
        heartbeatMs: 3_000,
        newToken: randomUUID,
        fatal: (error) => {
          console.error(error);
          process.exit(1);
        },
        probe: (point) => {
          bench.clock(point);
          if (point === 'received') return bench.gate.then(() => bench.clock(point));
          if (point === 'published') bench.lastPublished = performance.now();
          return undefined;
        },
      },
    );
    await bench.worker.start();
    return bench;
  }

  /** Seconds from the opened gate to the last publication of a snapshot in which this share of rows has changed. */
  async snapshot(changedShare: number): Promise<number> {
    const every = changedShare === 0 ? Infinity : Math.round(1 / changedShare);
    for (let index = 0; index < this.rows; index += every)
      this.bumps.set(index, (this.bumps.get(index) ?? 0) + 1);
    let open = ignore;
    this.gate = new Promise((resolve) => {
      open = resolve;
    });
    const snapshotId = await this.publish();
    this.stages.clear();
    const began = performance.now();
    this.lastPoint = began;
    open();
    await this.applied(snapshotId);
    return (this.lastPublished - began) / 1000;
  }

  private clock(point: string): void {
    const now = performance.now();
    this.stages.set(point, (this.stages.get(point) ?? 0) + (now - this.lastPoint) / 1000);
    this.lastPoint = now;
  }

  private async publish(): Promise<string> {
    const { partition } = await createFeedRegistry(this.db).register(FEED, 12);
    const raw = this.broker.rawProducer(topicOf(this.prefix, TOPICS.rawSnapshots));
    await raw.connect();
    const rows = generateRows(this.rows, this.bumps);
    const receipt = await takeSnapshot(
      {
        feed: FEED,
        open: async () => ({
          scope: { schemes: ['fbw'] },
          async *pages() {
            for (let start = 0; start < rows.length; start += PAGE_ROWS) {
              yield {
                fetchedAt: new Date().toISOString(),
                rows: rows.slice(start, start + PAGE_ROWS).map((row) => JSON.stringify(row)),
              };
            }
          },
        }),
      },
      {
        log: raw,
        partition,
        prefix: this.prefix,
        batchSize: PAGE_ROWS,
        limits: { absenceLimit: 0.5, absenceMin: 20 },
        acceptAbsences: false,
        now: () => new Date(),
        newId: randomUUID,
        signal: new AbortController().signal,
      },
    );
    await raw.close();
    return receipt.snapshotId;
  }

  private async applied(snapshotId: string): Promise<void> {
    const reader = createSnapshotStatusReader(this.db);
    for (;;) {
      const outcome = (await reader.statusOf([snapshotId])).get(snapshotId);
      if (outcome?.status === 'applied' && (await this.worker?.caughtUp())) return;
      if (outcome !== undefined && !['open', 'applied'].includes(outcome.status))
        throw new Error(outcome.status);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async close(): Promise<void> {
    await this.worker?.stop();
    await this.broker.ask('removing topics', (admin) =>
      admin.deleteTopics({ topics: Object.values(TOPICS).map((name) => topicOf(this.prefix, name)) }),
    );
    await this.db.query(`DROP DATABASE ${this.prefix.replace('-', '_')}`);
    await this.broker.close();
    await this.db.close();
  }
}

function ignore(): void {}
