import { type Feed, formatFeed } from '../../../src/domain/feed.js';
import type { LedgerOwner } from '../../../src/store/board/board-standing.js';
import { createProjectionStore } from '../../../src/store/projection-store.js';
import { type Change, changeRows } from '../store/change-rows.js';
import { type StoreDatabase, storeDatabase } from '../store/store-database.js';

export const OWNER: LedgerOwner = { rawTopic: 'inventory.raw-snapshots.v1', group: 'inventory.projector' };
export const FEEDS = {
  stocks: { source: 'ozon', account: '1001', endpoint: 'product-stocks' },
  list: { source: 'ozon', account: '1001', endpoint: 'product-list' },
  other: { source: 'ozon', account: '2002', endpoint: 'product-stocks' },
  fbw: { source: 'wildberries', account: 'sid-1', endpoint: 'wb-warehouses' },
  fbs: { source: 'wildberries', account: 'sid-1', endpoint: 'fbs-stocks' },
} as const satisfies Record<string, Feed>;
export type FeedName = keyof typeof FEEDS;
export const FEED_NAMES = Object.keys(FEEDS) as FeedName[];

interface ProductFields {
  readonly offerId?: string | undefined;
  readonly name?: string | undefined;
  readonly barcodes?: readonly string[] | undefined;
  readonly removedAt?: number | null | undefined;
}

/** A database in which raw records are applied as the projector does it: change, product and mark in one transaction. */
export class BoardLab {
  readonly #store: ReturnType<typeof createProjectionStore>;
  readonly #feedIds = new Map<FeedName, number>();
  readonly #next = new Map<number, number>();
  /** The life of the raw topic that is written to. */
  incarnation = 11;

  private constructor(readonly database: StoreDatabase) {
    this.#store = createProjectionStore(database.db);
  }

  static async start(prefix: string): Promise<BoardLab> {
    const lab = new BoardLab(await storeDatabase(prefix));
    const { db } = lab;
    await db.execute('INSERT INTO incarnations (incarnation_id, topic, life) VALUES ?', [
      [
        [11, OWNER.rawTopic, 1],
        [12, OWNER.rawTopic, 2],
      ],
    ]);
    for (const [partition, name] of FEED_NAMES.entries()) {
      lab.#feedIds.set(name, (await lab.#store.feed(FEEDS[name], partition)).feedId);
    }
    return lab;
  }

  get db(): StoreDatabase['db'] {
    return this.database.db;
  }

  feedId(name: FeedName): number {
    return this.#feedIds.get(name) ?? 0;
  }

  partition(name: FeedName): number {
    return FEED_NAMES.indexOf(name);
  }

  close(): Promise<void> {
    return this.database.close();
  }

  /** One raw record of a feed. */
  async apply(
    name: FeedName,
    changes: readonly Change[],
    products: Readonly<Record<string, ProductFields>> = {},
  ): Promise<void> {
    const partition = this.partition(name);
    const offset = this.#next.get(partition) ?? 0;
    this.#next.set(partition, offset + 1);
    const place = {
      topic: OWNER.rawTopic,
      incarnation: this.incarnation,
      life: 1,
      partition,
      checkpoint: 0,
      logStart: 0,
    };
    const feedId = this.feedId(name);
    const rows = changeRows(offset, feedId, changes);
    const patches = Object.entries(products).map(([productId, fields]) => ({
      ...{ productId, feedId, seenAt: Date.parse('2026-10-01T00:00:00Z') },
      ...fields,
    }));
    await this.db.transaction(async (tx) => {
      await this.#store.changes(tx, place, rows);
      await this.#store.products(tx, patches);
      await tx.execute(
        `REPLACE INTO checkpoints (consumer_group, topic, partition_no, incarnation_id, next_offset, published_offset)
         VALUES (?, ?, ?, ?, ?, 0)`,
        [OWNER.group, OWNER.rawTopic, partition, this.incarnation, offset + 1],
      );
    });
  }

  /** The topic was made anew: offsets begin again. */
  async nextLife(): Promise<void> {
    this.incarnation = 12;
    this.#next.clear();
    await this.db.execute('UPDATE checkpoints SET incarnation_id = 12, next_offset = 0');
  }

  async feed(name: FeedName, set: string, values: readonly unknown[] = []): Promise<void> {
    await this.db.execute(`UPDATE feeds SET ${set} WHERE feed = ?`, [...values, formatFeed(FEEDS[name])]);
  }
}
