import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Simulator } from '../../../src/simulator/simulator.js';
import type { TruthRow } from '../../../src/simulator/world/types.js';
import { parseLong } from '../../contract/vendor/json.js';
import { byKey, ozon, ozonLevels, simulated, total, walkOzon } from './simulated.js';

const PER_WAREHOUSE = '/v1/product/info/warehouse/stocks';
const FBS = '/v2/product/info/stocks-by-warehouse/fbs';
const FBO = '/v1/product/info/stocks-by-warehouse/fbo';
const LIST = '/v2/warehouse/list';

type Row = Readonly<Record<string, unknown>>;

/** Ids as digits, whether they came as numbers or as what parseLong makes of long ones. */
function digits(id: unknown): string {
  return typeof id === 'object' && id !== null && '$long' in id ? String(id.$long) : String(id);
}

/** All rows of a list with `has_next`; the cursor on the last page must not matter. */
async function walk(simulator: Simulator, path: string, list: string, body: object): Promise<Row[]> {
  const rows: Row[] = [];
  for (let cursor = '', pages = 0; pages < 500; pages += 1) {
    const answer = await ozon(simulator, path, { ...body, cursor });
    expect(answer.status).toBe(200);
    const page = parseLong(answer.text) as { cursor: string; has_next: boolean } & Record<string, Row[]>;
    rows.push(...(page[list] ?? []));
    if (!page.has_next) {
      expect(page.cursor === '').toBe((page[list] ?? []).length === 0);
      return rows;
    }
    cursor = page.cursor;
  }
  throw new Error('paging does not end');
}

function level(row: Row, scheme: string, available: number, present = Number(row.present)): TruthRow {
  return {
    productId: digits(row.product_id),
    scheme,
    warehouseId: digits(row.warehouse_id),
    present,
    reserved: Number(row.reserved ?? 0),
    available,
    inWayToClient: 0,
    inWayFromClient: 0,
  };
}

/** FBS and rFBS as read warehouse by warehouse. */
async function readSellerWarehouses(simulator: Simulator, limit: number): Promise<TruthRow[]> {
  const rows: TruthRow[] = [];
  for (const warehouse of await walk(simulator, LIST, 'warehouses', { limit: 2 })) {
    const warehouse_id = digits(warehouse.warehouse_id);
    const stocks = await walk(simulator, PER_WAREHOUSE, 'stocks', { warehouse_id, limit });
    const scheme = warehouse.is_rfbs === true ? 'rfbs' : 'fbs';
    rows.push(...stocks.map((row) => level(row, scheme, Number(row.free_stock))));
  }
  return byKey(rows);
}

function seller(rows: readonly TruthRow[]): TruthRow[] {
  return rows.filter(({ scheme }) => scheme === 'fbs' || scheme === 'rfbs');
}

describe('Ozon: the seller`s warehouses', () => {
  it('are three at the start, one of them rFBS, with ids of 16 digits, and come in pages', async () => {
    const simulator = await simulated();
    const all = await walk(simulator, LIST, 'warehouses', { limit: 200 });
    expect(all.map((one) => [digits(one.warehouse_id).length, one.is_rfbs])).toEqual([
      [16, false],
      [16, false],
      [16, true],
    ]);
    expect(await walk(simulator, LIST, 'warehouses', { limit: 1 })).toEqual(all);
    const one = await walk(simulator, LIST, 'warehouses', {
      limit: 9,
      warehouse_ids: [digits(all[1]?.warehouse_id)],
    });
    expect(one).toEqual([all[1]]);
  });

  it.each([1, 7, 1_000])('read one by one in pages of %i they come to the truth', async (limit) => {
    const simulator = await simulated({ unlimited: true, hostile: true, oddities: true });
    const truth = seller(simulator.world.truth('ozon', { sellerWarehouses: 'all' }));
    expect(truth.length).toBeGreaterThan(30);
    expect(await readSellerWarehouses(simulator, limit)).toEqual(truth);
    const schemes = seller(simulator.world.truth('ozon'));
    expect(truth.length).toBeGreaterThan(schemes.length);
  });

  it('say together what the schemes` totals say, after any history', async () => {
    const simulator = await simulated({ unlimited: true, ozonProducts: 25, wbProducts: 1 });
    const { world } = simulator;
    const step = fc.constantFrom(
      'advance',
      'add',
      'drop',
      'set',
      'open',
      'close',
      'archive',
      'delete',
      'restore',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(step, fc.nat(40)), { maxLength: 8 }), async (steps) => {
        for (const [name, which] of steps) {
          const id = world.productIds('ozon')[which] ?? world.addProduct('ozon');
          const place = world.sellerWarehouses('ozon')[which % 3];
          const actions: Record<string, () => void> = {
            advance: () => world.advance(which / 3),
            add: () => void world.addProduct('ozon'),
            drop: () => world.drop('ozon', 0.3),
            set: () => world.setStock('ozon', id, { present: which * 3, reserved: which }),
            open: () =>
              world.setStock('ozon', id, {
                scheme: 'fbs',
                warehouseId: world.addWarehouse('ozon'),
                present: which,
              }),
            close: () => place && world.deleteWarehouse('ozon', place.id),
            archive: () => world.archive(id, which % 2 === 0),
            delete: () => world.deleteProduct('ozon', id),
            restore: () => world.restore('ozon'),
          };
          actions[name]?.();
        }
        const byScheme = seller(world.truth('ozon'));
        const read = await readSellerWarehouses(simulator, 9);
        expect(read).toEqual(seller(world.truth('ozon', { sellerWarehouses: 'all' })));
        expect(total(read)).toBe(total(byScheme));
        expect(ozonLevels(await walkOzon(simulator, 100))).toEqual(world.truth('ozon'));
      }),
      { numRuns: 15 },
    );
  });

  it('open, are renamed and close; what lay in a closed one is in no answer', async () => {
    const simulator = await simulated();
    const { world } = simulator;
    const [id = ''] = world.productIds('ozon');
    const opened = world.addWarehouse('ozon', { name: 'Времянка', sellerDelivers: true });
    world.setStock('ozon', id, { scheme: 'rfbs', warehouseId: opened, present: 9, reserved: 2 });
    world.renameWarehouse('ozon', opened, 'Времянка 2');
    const names = async () =>
      (await walk(simulator, LIST, 'warehouses', { limit: 9 })).map((one) => one.name);
    expect(await names()).toContain('Времянка 2');
    const ask = { warehouse_id: opened, limit: 10 };
    expect(await walk(simulator, PER_WAREHOUSE, 'stocks', ask)).toMatchObject([
      { present: 9, reserved: 2, free_stock: 7 },
    ]);
    const only = world.truth('ozon', { sellerWarehouses: [opened] });
    expect(seller(only)).toMatchObject([{ productId: id, warehouseId: opened, available: 7 }]);
    world.deleteWarehouse('ozon', opened);
    expect(await names()).not.toContain('Времянка 2');
    expect((await ozon(simulator, PER_WAREHOUSE, ask)).status).toBe(404);
    simulator.modes.ozon.unknownWarehouse = 'empty';
    expect(await walk(simulator, PER_WAREHOUSE, 'stocks', ask)).toEqual([]);
    expect(world.truth('ozon').some((row) => row.productId === id && row.scheme === 'rfbs')).toBe(false);
  });

  it('count free stock as given, where it is not present less reserved', async () => {
    const simulator = await simulated();
    const place = { scheme: 'fbs', warehouseId: '1020003080073000' };
    simulator.world.setLevels('ozon', [{ productId: '8', ...place, present: 10, reserved: 1, free: 4 }]);
    expect(simulator.world.truth('ozon')).toMatchObject([{ available: 9 }]);
    expect(simulator.world.truth('ozon', { sellerWarehouses: 'all' })).toMatchObject([{ available: 4 }]);
    expect(await readSellerWarehouses(simulator, 5)).toMatchObject([{ present: 10, available: 4 }]);
  });

  it('move `updated_at` with the stock', async () => {
    let now = Date.UTC(2026, 10, 23);
    const simulator = await simulated({ unlimited: true, now: () => now });
    simulator.world.setLevels('ozon', [{ productId: '8', scheme: 'fbs', present: 3 }]);
    const at = async () => {
      const ask = { warehouse_id: '1020003080073000', limit: 5 };
      return (await walk(simulator, PER_WAREHOUSE, 'stocks', ask)).map((row) => row.updated_at);
    };
    const before = await at();
    now += 60_000;
    expect(await at()).toEqual(before);
    simulator.world.setStock('ozon', '8', { present: 2 });
    expect(await at()).toEqual(['2026-11-23T00:01:00.000Z']);
  });
});

describe('Ozon: stock of given products', () => {
  it.each([3, 1_000])('in the seller`s warehouses, in pages of %i, by sku and by article', async (limit) => {
    const simulator = await simulated({ unlimited: true, oddities: true });
    const products = simulator.world.ozon.all().slice(0, 20);
    const ids = new Set(products.map(({ productId }) => productId));
    const bySku = await walk(simulator, FBS, 'products', { sku: products.map(({ sku }) => sku), limit });
    const expected = seller(simulator.world.truth('ozon', { sellerWarehouses: 'all' }));
    expect(byKey(bySku.map((row) => level(row, 'any', Number(row.free_stock))))).toEqual(
      byKey(expected.filter(({ productId }) => ids.has(productId)).map((row) => ({ ...row, scheme: 'any' }))),
    );
    const byOffer = { offer_id: products.map(({ offerId }) => offerId), limit };
    expect(await walk(simulator, FBS, 'products', byOffer)).toEqual(bySku);
    expect(bySku.every((row) => typeof row.warehouse_name === 'string' && row.warehouse_name !== '')).toBe(
      true,
    );
  });

  it('in Ozon`s warehouses, by the beta method and by analytics', async () => {
    const simulator = await simulated({ unlimited: true, ozonProducts: 90 });
    const skus = simulator.world.ozon.all().map(({ sku }) => sku);
    const fbo = (rows: TruthRow[]) => rows.filter(({ scheme }) => scheme === 'fbo');
    const beta = await walk(simulator, FBO, 'products', { skus, limit: 11 });
    const truth = fbo(simulator.world.truth('ozon', { fbo: 'warehouses' }));
    expect(
      byKey(beta.map((row) => level(row, 'fbo', Math.max(0, Number(row.present) - Number(row.reserved))))),
    ).toEqual(truth);
    expect(total(truth)).toBe(total(fbo(simulator.world.truth('ozon'))));
    const answer = await ozon(simulator, '/v1/analytics/stocks', { skus: skus.slice(0, 100) });
    const { items } = parseLong(answer.text) as { items: Row[] };
    const bySku = new Map(simulator.world.ozon.all().map(({ sku, productId }) => [sku, productId]));
    const read = items.map((row) => {
      const available = Number(row.available_stock_count);
      return level({ ...row, product_id: bySku.get(digits(row.sku)) }, 'fbo', available, available);
    });
    expect(byKey(read)).toEqual(fbo(simulator.world.truth('ozon', { fbo: 'analytics' })));
  });

  it('shows both products of one article', async () => {
    const simulator = await simulated();
    const { twins } = simulator.world.plantOddities();
    for (const productId of twins.ozon) {
      simulator.world.setStock('ozon', productId, { scheme: 'fbo', present: 5, reserved: 1 });
    }
    const rows = await walk(simulator, FBO, 'products', { offer_ids: [twins.offerId], limit: 100 });
    expect([...new Set(rows.map((row) => digits(row.product_id)))].sort()).toEqual([...twins.ozon].sort());
  });
});
