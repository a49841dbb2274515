import { describe, expect, it } from 'vitest';
import type { Simulator } from '../../../src/simulator/simulator.js';
import { parseLong } from '../../contract/vendor/json.js';
import { ozon, STOCKS, simulated } from './simulated.js';

const LIST = '/v3/product/list';
const INFO = '/v3/product/info/list';

type Row = Readonly<Record<string, unknown>>;

function digits(id: unknown): string {
  return typeof id === 'object' && id !== null && '$long' in id ? String(id.$long) : String(id);
}

/** The whole catalogue: ids from the list, ALL and ARCHIVED, then what they are. */
async function readCatalogue(simulator: Simulator): Promise<object[]> {
  const ids: string[] = [];
  for (const visibility of ['ALL', 'ARCHIVED']) {
    const answer = await ozon(simulator, LIST, { filter: { visibility }, limit: 1_000 });
    const { items } = (parseLong(answer.text) as { result: { items: Row[] } }).result;
    expect(items.every((item) => item.archived === (visibility === 'ARCHIVED'))).toBe(true);
    ids.push(...items.map((item) => digits(item.product_id)));
  }
  const answer = await ozon(simulator, INFO, { product_id: ids });
  return (parseLong(answer.text) as { items: Row[] }).items.map((item) => ({
    productId: digits(item.id),
    offerId: item.offer_id,
    name: item.name,
    sku: digits(item.sku),
    barcodes: item.barcodes,
    archived: item.is_archived,
  }));
}

describe('Ozon`s catalogue', () => {
  it('reads as it must look, also after products were renamed, archived, deleted and added', async () => {
    const simulator = await simulated({ hostile: true, oddities: true });
    const { world } = simulator;
    expect(await readCatalogue(simulator)).toEqual(world.catalogue('ozon'));
    const [first = '', second = '', third = ''] = world.productIds('ozon');
    world.rename('ozon', first, { name: 'Другое имя', offerId: '007' });
    world.archive(second);
    world.archive(third);
    world.archive(third, false);
    world.deleteProduct('ozon', third);
    world.addProduct('ozon');
    const read = await readCatalogue(simulator);
    expect(read).toHaveLength(world.catalogue('ozon').length);
    expect(read).toEqual(world.catalogue('ozon'));
    expect(world.catalogue('ozon')).toContainEqual(
      expect.objectContaining({ productId: first, offerId: '007', name: 'Другое имя' }),
    );
    expect(world.truth('ozon').some(({ productId }) => productId === second)).toBe(false);
  });

  it('knows a product by its ids whatever its visibility, and both with one article', async () => {
    const simulator = await simulated();
    const { world } = simulator;
    const { twins, articles } = world.plantOddities();
    world.archive(twins.ozon[0]);
    const listed = async (filter: object) => {
      const answer = await ozon(simulator, LIST, { filter, limit: 1_000 });
      return (parseLong(answer.text) as { result: { items: Row[] } }).result.items;
    };
    expect(await listed({ offer_id: [twins.offerId] })).toMatchObject([
      { archived: true },
      { archived: false },
    ]);
    const { sku = '' } = world.ozon.all()[0] ?? {};
    expect(await listed({ skus: [sku] })).toMatchObject([{ sku: Number(sku) }]);
    const asked = articles.map(({ offerId }) => offerId);
    const { items } = (await ozon(simulator, INFO, { offer_id: asked })).json as { items: Row[] };
    expect(items.map((item) => item.offer_id).sort()).toEqual([...asked].sort());
    expect(Math.max(...asked.map((article) => article.length))).toBeGreaterThan(255);
  });

  it('moves `updated_at` with a name, not with stock', async () => {
    let now = Date.UTC(2026, 10, 23);
    const simulator = await simulated({ unlimited: true, now: () => now });
    const [id = ''] = simulator.world.productIds('ozon');
    const at = async () =>
      ((await ozon(simulator, INFO, { product_id: [id] })).json as { items: Row[] }).items[0]?.updated_at;
    now += 1_000;
    simulator.world.setStock('ozon', id, { present: 1 });
    expect(await at()).toBe('2026-11-23T00:00:00.000Z');
    simulator.world.rename('ozon', id, { name: 'Новое имя' });
    expect(await at()).toBe('2026-11-23T00:00:01.000Z');
  });
});

describe('Ozon: what the key may', () => {
  it('names real paths; without a role its methods are refused, and only they', async () => {
    const simulator = await simulated({ modes: { ozon: { roles: 'Warehouse, Report' } } });
    const { roles } = (await ozon(simulator, '/v1/roles', {})).json as {
      roles: { name: string; methods: string[] }[];
    };
    expect(roles.map(({ name }) => name)).toEqual(['Warehouse', 'Report']);
    const refused = await ozon(simulator, STOCKS, { filter: {}, limit: 1 });
    expect(refused).toMatchObject({
      status: 403,
      json: { code: 7, message: 'Api-Key is missing a required role for a method' },
    });
    for (const path of roles.flatMap(({ methods }) => methods)) {
      // Refused, if at all, for what was asked.
      expect([200, 400], path).toContain((await ozon(simulator, path, { limit: 1 })).status);
    }
    expect((await ozon(simulator, '/v1/seller/info', {})).status).toBe(200);
  });
});
