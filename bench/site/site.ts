import { randomUUID } from 'node:crypto';
import type { RunningEngines } from '../../engines/engines.js';
import { Broker } from '../../src/broker/broker.js';
import { createTopics } from '../../src/broker/topics.js';
import type { Feed } from '../../src/domain/feed.js';
import { groupOf, TOPICS, topicOf } from '../../src/events/topics.js';
import type { FetchedPage } from '../../src/ports/marketplace.js';
import { takeSnapshot } from '../../src/producers/take-snapshot.js';
import { Database } from '../../src/store/database.js';
import { createFeedRegistry } from '../../src/store/feed-registry.js';
import { migrate } from '../../src/store/migrate.js';
import { createSnapshotStatusReader } from '../../src/store/snapshot-status.js';

const PARTITIONS = 12;
const PAGE_ROWS = 1_000;
const LOOK_MS = 50;

/** How processes of their own reach an installation. */
export interface Place {
  readonly brokers: string;
  readonly prefix: string;
  readonly database: string;
  readonly mysql: RunningEngines['mysql'];
}

export const quiet = { debug: ignore, info: ignore, warn: console.error, error: console.error };

export function openBroker({ brokers, prefix }: Place): Broker {
  return new Broker({
    brokers: brokers.split(','),
    clientId: 'bench',
    sessionTimeoutMs: 30_000,
    logger: quiet,
    prefix,
    concurrency: 4,
  });
}

export function openDatabase({ mysql, database }: Place, poolSize: number): Promise<Database> {
  const { host, port, adminUser: user, adminPassword } = mysql;
  const password = { reveal: () => adminPassword };
  return Database.open({ host, port, user, password, poolSize, name: database, idleSeconds: 3_600 });
}

/** A feed of a made-up account: every account has one. */
export function feedOf(account: string): Feed {
  return { source: 'wildberries', account, endpoint: 'wb-warehouses' };
}

/** The row of a size, as Wildberries' warehouse report spells it. */
export function rowText(index: number, bump: number): string {
  return JSON.stringify({
    nmId: 40_000_000 + (index >> 2),
    chrtId: 90_000_000 + index,
    warehouseId: 507,
    warehouseName: 'Коледино',
    regionName: 'Центральный',
    quantity: ((index * 7919) % 90) + 1 + bump,
    inWayToClient: index % 13,
    inWayFromClient: index % 7,
  });
}

/** Pages of a catalogue of so many rows, made as they are asked for. */
export async function* catalogue(rows: number, bumpOf: (index: number) => number) {
  for (let start = 0; start < rows; start += PAGE_ROWS) {
    const length = Math.min(PAGE_ROWS, rows - start);
    yield pageOf(Array.from({ length }, (_, at) => rowText(start + at, bumpOf(start + at))));
  }
}

export function pageOf(rows: readonly string[]): FetchedPage {
  return { fetchedAt: new Date().toISOString(), rows };
}

/** Topics and tables of one installation, and who writes snapshots into its log. Its workers are other processes. */
export class Site {
  private constructor(
    readonly place: Place,
    readonly broker: Broker,
    readonly db: Database,
  ) {}

  static async open({ kafka, mysql }: RunningEngines): Promise<Site> {
    const prefix = `bench-${randomUUID().slice(0, 8)}`;
    const place = { brokers: kafka.brokers, prefix, database: prefix.replace('-', '_'), mysql };
    const broker = openBroker(place);
    await createTopics(broker, { prefix, rawRetentionDays: 14, replicationFactor: 1 });
    const { host, port, adminUser: user, adminPassword } = mysql;
    const admin = { host, port, user, password: { reveal: () => adminPassword } };
    await migrate({ admin, database: place.database });
    return new Site(place, broker, await openDatabase(place, 4));
  }

  topic(name: (typeof TOPICS)[keyof typeof TOPICS]): string {
    return topicOf(this.place.prefix, name);
  }

  /** One complete snapshot in the log. @returns its id */
  async publish(feed: Feed, pages: () => AsyncIterable<FetchedPage>, reconcile = false): Promise<string> {
    const { partition } = await createFeedRegistry(this.db).register(feed, PARTITIONS);
    const log = this.broker.rawProducer(this.topic(TOPICS.rawSnapshots));
    await log.connect();
    try {
      const open = async () => ({ scope: { schemes: ['fbw' as const] }, pages });
      const receipt = await takeSnapshot(
        { feed, open },
        {
          ...{ log, partition, reconcile, prefix: this.place.prefix, batchSize: PAGE_ROWS },
          limits: { absenceLimit: 0.5, absenceMin: 20 },
          acceptAbsences: false,
          now: () => new Date(),
          newId: randomUUID,
          signal: new AbortController().signal,
        },
      );
      return receipt.snapshotId;
    } finally {
      await log.close();
    }
  }

  /** Resolves when all of these snapshots are in the tables. */
  async applied(snapshotIds: readonly string[]): Promise<void> {
    const reader = createSnapshotStatusReader(this.db);
    for (;;) {
      const outcomes = await reader.statusOf(snapshotIds);
      const statuses = snapshotIds.map((id) => outcomes.get(id)?.status ?? 'open');
      const bad = statuses.find((status) => status !== 'open' && status !== 'applied');
      if (bad !== undefined) throw new Error(`a snapshot is ${bad}`);
      if (statuses.every((status) => status === 'applied')) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  async close(): Promise<void> {
    const { prefix, database } = this.place;
    await this.broker.ask('removing topics', (admin) =>
      admin.deleteTopics({ topics: Object.values(TOPICS).map((name) => topicOf(prefix, name)) }),
    );
    await this.broker
      .ask('removing the group', (admin) => admin.deleteGroups([groupOf(prefix, 'projector')]))
      .catch(() => undefined);
    await this.broker.close();
    await this.db.query(`DROP DATABASE ${database}`);
    await this.db.close();
  }
}

/** Opens an installation for the length of some work. */
export async function withSite<T>(engines: RunningEngines, work: (site: Site) => Promise<T>): Promise<T> {
  const site = await Site.open(engines);
  try {
    return await work(site);
  } finally {
    await site.close();
  }
}

function ignore(): void {}
