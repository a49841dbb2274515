import { describe, expect, test } from 'vitest';
import { createProjectorApp } from '../../../src/consumers/projector.js';
import { normaliserOf } from '../../../src/marketplaces/normalisers.js';
import type { ProductPatch } from '../../../src/ports/projection.js';
import { MemoryProjection } from '../../support/memory-projection.js';
import { OZON, PREFIX, RAW_TOPIC, RawPartition, WB, wb } from '../../support/raw-log.js';

const PLACE = { topic: RAW_TOPIC, incarnation: 1, life: 1, partition: 3, checkpoint: 0, logStart: 0 };

/** A worker that has just started on the tables: what it enters among the products. */
async function entered(store: MemoryProjection, log: RawPartition): Promise<ProductPatch[]> {
  const found: ProductPatch[] = [];
  const write = store.products.bind(store);
  store.products = (tx, patches) => {
    found.push(...patches);
    return write(tx, patches);
  };
  const app = createProjectorApp({ prefix: PREFIX, store, normaliserOf, stateRows: 100 });
  const processor = await app.open(PLACE);
  const work = await processor.fold(log.records);
  await store.transaction((tx) => work.write(tx));
  processor.close?.();
  store.products = write;
  return found;
}

function told(...read: Parameters<RawPartition['whole']>): RawPartition {
  const log = new RawPartition();
  log.whole(...read);
  return log;
}

const item = (id: number, offerId: string) => ({
  product_id: id,
  offer_id: offerId,
  stocks: [{ type: 'fbo', present: 1, reserved: 0 }],
});

describe('products', () => {
  test('are entered once, and again only where the feed tells another article', async () => {
    const store = new MemoryProjection();
    const first = told(OZON, [[item(1, 'A1'), item(2, 'A2')]]);
    expect((await entered(store, first)).map(({ productId }) => productId)).toEqual(['1', '2']);
    const second = told(OZON, [[item(1, 'A1'), item(2, 'B2')]]);
    const again = await entered(store, second);
    expect(again.map(({ productId, offerId }) => `${productId} ${offerId}`)).toEqual(['2 B2']);
    expect(store.productRows().map(({ offerId }) => offerId)).toEqual(['A1', 'B2']);
  });

  test('that a catalogue has entered before any stock are not entered again, and their names are told', async () => {
    const store = new MemoryProjection();
    const { feedId } = await store.feed(WB);
    await store.products({ brand: 'transaction' }, [
      { feedId, productId: '1', name: 'Кружка', offerId: 'K-1', seenAt: 0 },
    ]);
    const log = told(WB, [[wb(1, 507, 3), wb(2, 507, 3)]]);
    expect((await entered(store, log)).map(({ productId }) => productId)).toEqual(['2']);
    const [place, from, to] = [PLACE, 0, log.records.length] as const;
    const changes = await store.ledger(place, from, to);
    expect(changes.map(({ change: { key, offerId, name } }) => [key.productId, offerId, name])).toEqual([
      ['1', 'K-1', 'Кружка'],
      ['2', undefined, undefined],
    ]);
  });
});
