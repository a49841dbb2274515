import { afterEach, describe, expect, it } from 'vitest';
import { TOPICS } from '../../src/events/topics.js';
import { wbCardsReader } from '../../src/marketplaces/wildberries/cards-reader.js';
import type { WildberriesClient } from '../../src/marketplaces/wildberries/client.js';
import { wbFbsReader } from '../../src/marketplaces/wildberries/fbs-reader.js';
import { wbStockReader } from '../../src/marketplaces/wildberries/stock-reader.js';
import type { LogRecord } from '../../src/ports/log-records.js';
import type { FeedReader } from '../../src/ports/marketplace.js';
import type { RawLog, RawRecord } from '../../src/ports/raw-log.js';
import { takeSnapshot } from '../../src/producers/take-snapshot.js';
import type { SimulatorOptions } from '../../src/simulator/simulator.js';
import { MemoryWorker } from '../support/memory-worker.js';
import { RAW_TOPIC } from '../support/raw-log.js';
import { snapshotDeps } from '../unit/producers/support.js';
import { Bench, byKey } from './support.js';

/** The raw topic's one partition, as its consumer sees it. */
class TopicLog implements RawLog {
  readonly records: LogRecord[] = [];

  constructor(private readonly now: () => number) {}

  append(_partition: number, records: readonly RawRecord[]): Promise<void> {
    for (const { value, ...record } of records) {
      const place = { topic: RAW_TOPIC, partition: 3, offset: this.records.length };
      this.records.push({ ...record, ...place, timestamp: this.now(), value: Buffer.from(value) });
    }
    return Promise.resolve();
  }
}

interface Level {
  readonly present: number;
  readonly available: number;
}
interface Change {
  readonly op: 'c' | 'u' | 'd';
  readonly key: { readonly productId: string; readonly scheme: string; readonly warehouseId: string };
  readonly before: Level | null;
  readonly after: Level;
  readonly reason?: string;
}

/** A simulated seller, the program's readers, and the real projector over tables in memory. */
class Seller {
  readonly #log: TopicLog;
  readonly #client: WildberriesClient;
  readonly #worker: MemoryWorker;
  #snapshots = 0;

  private constructor(readonly bench: Bench) {
    this.#log = new TopicLog(bench.timing.now);
    const { url } = bench.simulator;
    this.#client = bench.wildberries({ contentUrl: url, marketplaceUrl: url });
    this.#worker = new MemoryWorker(this.#log.records);
  }

  static async start(options: SimulatorOptions): Promise<Seller> {
    return new Seller(await Bench.start({ unlimited: true, ...options }));
  }

  get world() {
    return this.bench.simulator.world;
  }

  async cards(from: string | null = null): Promise<string | undefined> {
    await this.#read(wbCardsReader(this.#client, { from }));
    const { sid } = this.#client.token;
    const feed = { source: 'wildberries', account: sid, endpoint: 'cards' } as const;
    return this.#worker.store.feedRow(feed).cursor ?? undefined;
  }

  fbw(): Promise<readonly Change[]> {
    return this.#read(wbStockReader(this.#client));
  }

  /** Who is asked, and who is gone, is what the tables say: as in the program. */
  fbs(method: 'marketplace' | 'report'): Promise<readonly Change[]> {
    const reader = wbFbsReader(this.#client, {
      method,
      products: () => {
        const known = this.#worker.store.productRows();
        const live = new Set(this.#rows.map(({ productId }) => productId));
        const idsOf = (removed: boolean) =>
          known.filter((one) => one.removed === removed).map(({ productId }) => productId);
        return Promise.resolve({ asked: idsOf(false), gone: idsOf(true).filter((id) => live.has(id)) });
      },
    });
    return this.#read(reader);
  }

  /** What the tables say lies in the seller's own warehouses, as the simulator writes its truth. */
  get stock(): object[] {
    return byKey(
      this.#rows.map(({ productId, scheme, warehouseId, level }) => ({
        productId,
        scheme,
        warehouseId,
        ...level,
      })),
    );
  }

  get #rows() {
    const { store } = this.#worker;
    const fbs = store.feedRows().find(({ feed }) => feed.endpoint === 'fbs-stocks');
    return fbs === undefined ? [] : store.rowsIn(fbs.feed).filter(({ closed }) => !closed);
  }

  truth(fbs: true | 'report' = true): object[] {
    return byKey(this.world.truth('wildberries', { fbs }).filter(({ scheme }) => scheme === 'fbs'));
  }

  /** Articles and names of the products that are not removed. */
  get catalogue(): readonly string[] {
    return this.#worker.store
      .productRows()
      .filter(({ removed }) => !removed)
      .map(({ productId, offerId, name }) => `${productId} ${offerId} ${name}`)
      .sort();
  }

  /** What the marketplace would list now. */
  get listed(): readonly string[] {
    return this.world
      .catalogue('wildberries')
      .map(({ productId, offerId, name }) => `${productId} ${offerId} ${name}`)
      .sort();
  }

  get fates(): readonly string[] {
    return (this.#worker.published(TOPICS.syncEvents) as { type: string }[])
      .map(({ type }) => type)
      .filter((type) => type !== 'snapshot-started');
  }

  async #read(reader: FeedReader): Promise<readonly Change[]> {
    this.#snapshots += 1;
    // What a product was first seen in is told apart by time.
    this.bench.timing.advance(60_000);
    const id = `s${this.#snapshots}`;
    const before = this.#worker.published(TOPICS.stockChanges).length;
    await takeSnapshot(reader, snapshotDeps(this.#log, { newId: () => id, batchSize: 300 }));
    await this.#worker.drain();
    return this.#worker.published(TOPICS.stockChanges).slice(before) as Change[];
  }
}

let seller: Seller;
afterEach(() => seller.bench.close());

describe('the stock of a Wildberries seller', () => {
  it('is the same by either method, and switching moves nothing', async () => {
    seller = await Seller.start({ wbProducts: 120, hostile: true, oddities: true });
    await seller.cards();
    expect(seller.catalogue).toEqual(seller.listed);
    await seller.fbs('marketplace');
    expect(seller.stock).toEqual(seller.truth());

    const there = await seller.fbs('report');
    expect(seller.stock).toEqual(seller.truth('report'));
    // Rows of nothing are not in the report; nothing else happens.
    expect(there.every(({ before, after }) => before?.present === 0 && after.present === 0)).toBe(true);

    const back = await seller.fbs('marketplace');
    expect(seller.stock).toEqual(seller.truth());
    expect(back.every(({ before, after }) => (before?.present ?? 0) === 0 && after.present === 0)).toBe(true);
    expect(new Set(seller.fates)).toEqual(new Set(['snapshot-applied']));
  });

  it('follows the day, by either method', async () => {
    seller = await Seller.start({ wbProducts: 80 });
    await seller.cards();
    for (const method of ['marketplace', 'report', 'report', 'marketplace', 'marketplace'] as const) {
      seller.world.advance(5);
      await seller.fbs(method);
      await seller.fbw();
      expect(seller.stock).toEqual(seller.truth(method === 'report' ? 'report' : true));
    }
  });

  it('moves with a warehouse that is opened and one that is deleted, and no total is wrong meanwhile', async () => {
    seller = await Seller.start({ wbProducts: 60 });
    const { world } = seller;
    await seller.cards();
    await seller.fbs('marketplace');

    const [product = ''] = world.productIds('wildberries');
    const opened = world.addWarehouse('wildberries', { id: '9007199254740993' });
    world.setStock('wildberries', product, { scheme: 'fbs', warehouseId: opened, present: 31 });
    await seller.fbs('marketplace');
    expect(seller.stock).toEqual(seller.truth());
    expect(seller.stock).toContainEqual(expect.objectContaining({ warehouseId: opened, present: 31 }));

    world.changeWarehouse('wildberries', opened, { isDeleting: true });
    const closing = await seller.fbs('marketplace');
    expect(closing).toMatchObject([
      {
        op: 'd',
        key: { productId: product, warehouseId: opened },
        reason: 'rescoped',
        after: { present: 0 },
      },
    ]);
    world.deleteWarehouse('wildberries', opened);
    expect(await seller.fbs('marketplace')).toEqual([]);
    expect(seller.stock).toEqual(seller.truth());
  });

  it('is held back where the list of warehouses is suddenly empty', async () => {
    seller = await Seller.start({ wbProducts: 100 });
    await seller.cards();
    await seller.fbs('marketplace');
    const before = seller.stock;
    for (const { id } of seller.world.sellerWarehouses('wildberries')) {
      seller.world.changeWarehouse('wildberries', id, { isDeleting: true });
    }
    expect(await seller.fbs('marketplace')).toEqual([]);
    expect(seller.fates.at(-1)).toBe('snapshot-held');
    expect(seller.stock).toEqual(before);
  });

  it('ends with the card that goes to the trash, and comes back with it', async () => {
    seller = await Seller.start({ wbProducts: 60 });
    const { world } = seller;
    const [trashed = ''] = world.productIds('wildberries');
    const [place] = world.sellerWarehouses('wildberries');
    world.setStock('wildberries', trashed, { scheme: 'fbs', warehouseId: place?.id ?? '', present: 5 });
    let cursor = await seller.cards();
    await seller.fbs('marketplace');

    world.trash(trashed);
    // Of what is gone a partial read knows nothing.
    cursor = await seller.cards(cursor);
    expect(seller.catalogue).not.toEqual(seller.listed);
    await seller.cards();
    expect(seller.catalogue).toEqual(seller.listed);
    const closing = await seller.fbs('marketplace');
    expect(closing.every(({ op }) => op === 'd')).toBe(true);
    expect(closing.some(({ key }) => key.productId === trashed)).toBe(true);
    expect(seller.stock).toEqual(seller.truth());

    world.trash(trashed, false);
    world.rename('wildberries', trashed, { offerId: '0007', name: 'Снова здесь' });
    await seller.cards(cursor);
    await seller.fbs('marketplace');
    expect(seller.stock).toEqual(seller.truth());
    expect(seller.catalogue).toEqual(seller.listed);
  });

  it('keeps every total while Wildberries merges its warehouses and splits them again', async () => {
    seller = await Seller.start({ wbProducts: 80 });
    await seller.cards();
    await seller.fbw();
    const totals = new Map<string, number>();
    for (const { productId, available } of seller.world.truth('wildberries')) {
      totals.set(productId, (totals.get(productId) ?? 0) + available);
    }
    for (const step of [
      () => seller.world.mergeWildberriesWarehouses(),
      () => seller.world.splitWildberriesWarehouses(),
    ]) {
      step();
      const running = new Map<string, number>();
      for (const { key, before, after } of await seller.fbw()) {
        running.set(
          key.productId,
          (running.get(key.productId) ?? 0) + after.available - (before?.available ?? 0),
        );
      }
      expect([...running.values()].every((moved) => moved === 0)).toBe(true);
      expect(running.size).toBeGreaterThan(10);
    }
  });
});
