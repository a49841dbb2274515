import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Source } from '../../../src/simulator/world/types.js';
import { World } from '../../../src/simulator/world/world.js';
import { ozon, ozonLevels, report, simulated, total, walkOzon, wbLevels, wbRows } from './simulated.js';

const SOURCES: readonly Source[] = ['ozon', 'wildberries'];
const small = (seed: number): World => new World({ seed, ozonProducts: 40, wbProducts: 40, now: () => 0 });
const both = (world: World) => SOURCES.map((source) => world.truth(source));

/** One step of a random history; the product is chosen by its place in the list. */
type Step = {
  readonly kind: string;
  readonly source: Source;
  readonly which: number;
  readonly share: number;
};

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(
    'advance',
    'vanish',
    'restore',
    'add',
    'drop',
    'soldOut',
    'set',
    'remove',
    'merge',
    'split',
  ),
  source: fc.constantFrom<Source>('ozon', 'wildberries'),
  which: fc.nat(30),
  share: fc.constantFrom(0, 0.25, 0.5, 1),
});

function play(world: World, { kind, source, which, share }: Step): void {
  const ids = world.productIds(source);
  const id = ids[which % Math.max(1, ids.length)] ?? world.addProduct(source);
  const actions: Record<string, () => void> = {
    advance: () => world.advance(which / 4),
    vanish: () => world.vanish(source, id),
    restore: () => world.restore(source),
    add: () => void world.addProduct(source),
    drop: () => world.drop(source, share),
    soldOut: () => world.soldOut(source, id),
    set: () => world.setStock(source, id, { present: which, reserved: 2 }),
    remove: () => world.removeStock(source, id, source === 'ozon' ? 'fbs' : '507'),
    merge: () => world.mergeWildberriesWarehouses(),
    split: () => world.splitWildberriesWarehouses(),
  };
  actions[kind]?.();
}

describe('the simulated shop', () => {
  it('has 1,000 products on each marketplace, named in Russian, each id and article once', () => {
    const world = new World();
    const products = world.ozon.all();
    const sizes = world.wildberries.all();
    expect([products.length, sizes.length]).toEqual([1_000, 1_000]);
    for (const ids of [
      products.map((one) => one.productId),
      products.map((one) => one.offerId),
      products.map((one) => one.sku),
      sizes.map((one) => one.chrtId),
      sizes.flatMap((one) => one.barcodes.slice(0, 1)),
    ]) {
      expect(new Set(ids).size).toBe(1_000);
    }
    expect(products.every((one) => /^[А-ЯЁ][а-яё]+.*, [а-яё]+$/.test(one.name))).toBe(true);
    expect(new Set(products.map((one) => one.category)).size).toBeGreaterThanOrEqual(6);
    expect(products.every((one) => /^\d{9,10}$/.test(one.productId))).toBe(true);
    expect(sizes.every((one) => /^\d{8,9}$/.test(one.chrtId))).toBe(true);
    expect(new Set(sizes.map((one) => one.nmId)).size).toBeLessThan(1_000);
  });

  it('is the same from the same seed and another from another', () => {
    expect(both(small(7))).toEqual(both(small(7)));
    expect(both(small(7))).not.toEqual(both(small(8)));
    expect(small(7).ozon.all()).toEqual(small(7).ozon.all());
  });

  it('goes through the same history twice, whenever it was started', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const early = new World({ seed: 3, ozonProducts: 30, wbProducts: 30, now: () => 0 });
        const late = new World({ seed: 3, ozonProducts: 30, wbProducts: 30, now: () => 1.7e12 });
        for (const one of steps) {
          play(early, one);
          play(late, one);
        }
        expect(both(early)).toEqual(both(late));
      }),
      { numRuns: 40 },
    );
  });

  it('never shows a negative figure, and tells the truth through the methods after any history', async () => {
    const simulator = await simulated({ ozonProducts: 30, wbProducts: 30, ozonRps: 0, now: () => 0 });
    const { world } = simulator;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        for (const one of steps) {
          play(world, one);
        }
        const ozonTruth = world.truth('ozon');
        const wbTruth = world.truth('wildberries');
        expect(ozonLevels(await walkOzon(simulator, 13))).toEqual(ozonTruth);
        const answer = await report(simulator);
        expect(answer.status === 204 ? [] : wbLevels(wbRows(answer))).toEqual(wbTruth);
        for (const row of [...ozonTruth, ...wbTruth]) {
          expect(
            Math.min(row.present, row.reserved, row.available, row.inWayToClient, row.inWayFromClient),
          ).toBe(
            Math.max(
              0,
              Math.min(row.present, row.reserved, row.available, row.inWayToClient, row.inWayFromClient),
            ),
          );
        }
      }),
      { numRuns: 30 },
    );
  });

  it('lives: a day brings sales, reserves, deliveries, returns, goods on their way and sold-out products', () => {
    const world = new World({ ozonProducts: 300, wbProducts: 300, now: () => 0 });
    const before = { ozon: world.truth('ozon'), wb: world.truth('wildberries') };
    world.advance(24);
    const after = { ozon: world.truth('ozon'), wb: world.truth('wildberries') };
    const moved = (figure: (row: (typeof before.ozon)[number]) => number, way: 1 | -1): boolean =>
      after.ozon.some((row, at) => Math.sign(figure(row) - figure(before.ozon[at] ?? row)) === way);
    expect(moved((row) => row.present, -1) && moved((row) => row.present, 1)).toBe(true);
    expect(moved((row) => row.reserved, -1) && moved((row) => row.reserved, 1)).toBe(true);
    const old = new Map(before.wb.map((row) => [`${row.productId} ${row.warehouseId}`, row]));
    const changes = after.wb.map((row) => ({
      row,
      was: old.get(`${row.productId} ${row.warehouseId}`) ?? row,
    }));
    for (const figure of ['available', 'inWayToClient', 'inWayFromClient'] as const) {
      expect(changes.some(({ row, was }) => row[figure] < was[figure])).toBe(true);
      expect(changes.some(({ row, was }) => row[figure] > was[figure])).toBe(true);
    }
    expect(changes.some(({ row, was }) => row.available === 0 && was.available > 0)).toBe(true);
    const changed = changes.filter(({ row, was }) => row.available !== was.available).length;
    expect(changed / changes.length).toBeGreaterThan(0.3);
  });

  it.each(SOURCES)('%s: drops the total by the share asked for, and keeps every row', (source) => {
    const world = small(5);
    const before = world.truth(source);
    world.drop(source, 0.4);
    const after = world.truth(source);
    expect(after.map((row) => [row.productId, row.scheme, row.warehouseId])).toEqual(
      before.map((row) => [row.productId, row.scheme, row.warehouseId]),
    );
    const present = (rows: typeof before): number => rows.reduce((sum, row) => sum + row.present, 0);
    expect(present(after) / present(before)).toBeCloseTo(0.6, 2);
    expect(total(after)).toBeLessThan(total(before));
  });

  it('keeps the last piece of a product in a drop, unless everything goes', () => {
    const world = small(5);
    const rows = Array.from({ length: 20 }, (_, at) => ({ productId: String(at + 1), present: at % 3 }));
    world.setLevels('wildberries', rows);
    world.drop('wildberries', 0.9);
    expect(world.truth('wildberries').map((row) => row.present)).toEqual(Array.from({ length: 13 }, () => 1));
    world.drop('wildberries', 1);
    expect(world.truth('wildberries')).toEqual([]);
  });

  it.each(SOURCES)('%s: lets a product vanish and come back', (source) => {
    const world = small(5);
    const before = world.truth(source);
    const id = before[0]?.productId ?? '';
    world.vanish(source, id);
    expect(world.truth(source)).toEqual(before.filter((row) => row.productId !== id));
    expect(world.productIds(source)).not.toContain(id);
    world.restore(source, id);
    expect(world.truth(source)).toEqual(before);
  });

  it.each(SOURCES)('%s: collapses to a share of its products, or none, and recovers', (source) => {
    const world = small(5);
    const before = world.truth(source);
    world.collapse(source, 0.1);
    expect(world.productIds(source)).toHaveLength(4);
    expect(new Set(world.truth(source).map((row) => row.productId)).size).toBeLessThanOrEqual(4);
    world.collapse(source, 0);
    expect(world.truth(source)).toEqual([]);
    world.restore(source);
    expect(world.truth(source)).toEqual(before);
  });

  it('adds products that were not there, and sells one out', () => {
    const world = small(5);
    for (const source of SOURCES) {
      const before = world.productIds(source);
      const id = world.addProduct(source);
      expect(before).not.toContain(id);
      expect(world.productIds(source)).toHaveLength(before.length + 1);
      const stocked = world.truth(source).find((row) => row.available > 0)?.productId ?? '';
      world.soldOut(source, stocked);
      const left = world.truth(source).filter((row) => row.productId === stocked);
      expect(total(left)).toBe(0);
      expect(left.length > 0).toBe(
        source === 'ozon' || left.some((row) => row.inWayToClient + row.inWayFromClient > 0),
      );
    }
  });

  it('holds exactly the planted rows, shipment types summed and sellable stock never negative', async () => {
    const simulator = await simulated();
    const { world } = simulator;
    world.setLevels('ozon', [
      { productId: '9007199254740993', scheme: 'fbs', present: 5, reserved: 1, offerId: 'a:b' },
      {
        productId: '9007199254740993',
        scheme: 'fbs',
        shipmentType: 'SHIPMENT_TYPE_BOX',
        present: 7,
        reserved: 2,
      },
      { productId: '9007199254740992', scheme: 'fbo', present: 3, reserved: 4 },
      { productId: '8' },
    ]);
    const zero = { warehouseId: '', inWayToClient: 0, inWayFromClient: 0 };
    const expected = [
      { productId: '9007199254740992', scheme: 'fbo', present: 3, reserved: 4, available: 0, ...zero },
      { productId: '9007199254740993', scheme: 'fbs', present: 12, reserved: 3, available: 9, ...zero },
    ];
    expect(world.truth('ozon')).toEqual(expected);
    expect(ozonLevels(await walkOzon(simulator, 2))).toEqual(expected);
    const { text } = await ozon(simulator, '/v4/product/info/stocks', { filter: {}, limit: 9 });
    expect(text).toContain('"product_id":9007199254740993,"offer_id":"a:b"');
    expect(text).toContain('{"product_id":8,"offer_id":"A-8","stocks":[]}');

    world.setLevels('wildberries', [
      {
        productId: '91663228',
        nmId: '47254354',
        warehouseId: '507',
        present: 43,
        inWayToClient: 14,
        inWayFromClient: 11,
      },
    ]);
    expect((await report(simulator)).json).toEqual({
      data: {
        items: [
          {
            nmId: 47_254_354,
            chrtId: 91_663_228,
            warehouseId: 507,
            warehouseName: 'Коледино',
            regionName: 'Центральный',
            quantity: 43,
            inWayToClient: 14,
            inWayFromClient: 11,
          },
        ],
      },
    });
  });

  it('changes, adds and removes single rows', () => {
    const world = small(5);
    world.setLevels('ozon', [{ productId: '8', scheme: 'fbs', present: 5, reserved: 1 }]);
    world.setStock('ozon', '8', { present: 9 });
    world.setStock('ozon', '8', { scheme: 'rfbs', present: 2 });
    expect(world.truth('ozon')).toMatchObject([
      { scheme: 'fbs', present: 9, reserved: 1, available: 8 },
      { scheme: 'rfbs', present: 2, available: 2 },
    ]);
    world.removeStock('ozon', '8', 'fbs');
    expect(world.truth('ozon')).toMatchObject([{ scheme: 'rfbs' }]);

    world.setLevels('wildberries', [{ productId: '8', warehouseId: '507', present: 5 }]);
    world.setStock('wildberries', '8', { warehouseId: '686', present: 3, inWayToClient: 1 });
    world.removeStock('wildberries', '8', '507');
    expect(world.truth('wildberries')).toMatchObject([{ warehouseId: '686', present: 3, inWayToClient: 1 }]);
  });

  it('refuses what makes no sense', () => {
    const world = small(5);
    const row = { productId: '8', scheme: 'fbo' };
    for (const nonsense of [
      () => world.vanish('ozon', '1'),
      () => world.setStock('wildberries', '1', {}),
      () => world.drop('ozon', 1.5),
      () => world.collapse('ozon', -1),
      () => world.advance(-1),
      () => world.setLevels('ozon', [row, row]),
      () => world.setLevels('ozon', [{ ...row, present: -1 }]),
      () => world.setLevels('ozon', [{ ...row, scheme: 'fbx' }]),
      () => world.setLevels('ozon', [{ productId: 'x' }]),
      () => world.setLevels('wildberries', [{ productId: '8', present: 1.5 }]),
    ]) {
      expect(nonsense).toThrow(expect.objectContaining({ name: 'AppError', code: 'USAGE' }));
    }
  });
});
