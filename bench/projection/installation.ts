import { randomUUID } from 'node:crypto';
import type { RunningEngines } from '../../engines/engines.js';
import { Broker } from '../../src/broker/broker.js';
import { createTopics } from '../../src/broker/topics.js';
import type { Feed } from '../../src/domain/feed.js';
import { TOPICS, topicOf } from '../../src/events/topics.js';
import { takeSnapshot } from '../../src/producers/take-snapshot.js';
import { Database } from '../../src/store/database.js';
import { createFeedRegistry } from '../../src/store/feed-registry.js';
import { migrate } from '../../src/store/migrate.js';
import { createSnapshotStatusReader } from '../../src/store/snapshot-status.js';
import type { Catalogue } from './catalogue.js';
import type { Stretch } from './drain.js';
import { brokerOptions, databaseOptions, loginOf, type Place, placeOf } from './place.js';

const PAGE_ROWS = 1_000;
const FEED: Feed = { source: 'wildberries', account: 'bench', endpoint: 'wb-warehouses' };

export interface Published extends Stretch {
  readonly snapshotId: string;
}

/** One round's topics and tables, new and empty. */
export class Installation {
  private constructor(
    readonly place: Place,
    private readonly broker: Broker,
    private readonly db: Database,
  ) {}

  static async create(engines: RunningEngines): Promise<Installation> {
    const place = placeOf(engines, `bench-${randomUUID().slice(0, 8)}`);
    const broker = new Broker(brokerOptions(place));
    await createTopics(broker, { prefix: place.prefix, rawRetentionDays: 14, replicationFactor: 1 });
    await migrate({ admin: loginOf(place), database: place.database });
    return new Installation(place, broker, await Database.open(databaseOptions(place)));
  }

  /** Writes the list as it is now into the raw topic, as a poller does. */
  async publish(catalogue: Catalogue): Promise<Published> {
    const topic = topicOf(this.place.prefix, TOPICS.rawSnapshots);
    const { partition } = await createFeedRegistry(this.db).register(FEED, 12);
    const { end: from } = await this.broker.range(topic, partition);
    const log = this.broker.rawProducer(topic);
    await log.connect();
    const { snapshotId } = await takeSnapshot(
      {
        feed: FEED,
        open: async () => ({ scope: { schemes: ['fbw'] }, pages: () => pagesOf(catalogue) }),
      },
      {
        log,
        partition,
        prefix: this.place.prefix,
        batchSize: PAGE_ROWS,
        limits: { absenceLimit: 0.5, absenceMin: 20 },
        acceptAbsences: false,
        now: () => new Date(),
        newId: randomUUID,
        signal: new AbortController().signal,
      },
    );
    await log.close();
    const { end } = await this.broker.range(topic, partition);
    return { topic, partition, from, end, snapshotId };
  }

  /** Records in the topic of changes, transaction markers included. */
  async published(): Promise<number> {
    const ends = await this.broker.ends([topicOf(this.place.prefix, TOPICS.stockChanges)]);
    return Object.values(ends).reduce((sum, end) => sum + end, 0);
  }

  /** What is fast and wrong must not be measured: snapshot applied, levels as in the list, each change told once. */
  async expect(snapshotId: string, catalogue: Catalogue, changes: number): Promise<void> {
    const outcome = (await createSnapshotStatusReader(this.db).statusOf([snapshotId])).get(snapshotId);
    const [levels] = await this.db.query<{ held: unknown; total: unknown }>(
      'SELECT COUNT(*) held, SUM(available) total FROM stock_levels',
    );
    const [ledger] = await this.db.query<{ told: unknown }>(
      'SELECT COUNT(*) told FROM stock_changes WHERE snapshot_id = ?',
      [snapshotId],
    );
    const found = [outcome?.status, Number(levels?.held), Number(levels?.total), Number(ledger?.told)];
    const expected = ['applied', catalogue.size, catalogue.sum, changes];
    if (found.join() !== expected.join())
      throw new Error(
        `status, rows, their sum and changes: ${found.join(', ')}; expected were ${expected.join(', ')}`,
      );
  }

  async remove(): Promise<void> {
    await this.broker.ask('removing topics', (admin) =>
      admin.deleteTopics({ topics: Object.values(TOPICS).map((name) => topicOf(this.place.prefix, name)) }),
    );
    await this.db.query(`DROP DATABASE ${this.place.database}`);
    await this.broker.close();
    await this.db.close();
  }
}

async function* pagesOf(catalogue: Catalogue) {
  for (let start = 0; start < catalogue.size; start += PAGE_ROWS) {
    const length = Math.min(PAGE_ROWS, catalogue.size - start);
    yield {
      fetchedAt: new Date().toISOString(),
      rows: Array.from({ length }, (_, place) => JSON.stringify(catalogue.rowAt(start + place))),
    };
  }
}
