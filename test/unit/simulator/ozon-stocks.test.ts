import { describe, expect, it } from 'vitest';
import { ozon, ozonLevels, ozonPage, STOCKS, simulated, walkOzon } from './simulated.js';

const ASK = { filter: {}, limit: 1_000 };

describe('POST /v4/product/info/stocks', () => {
  it.each([1, 7, 20, 60, 61, 1_000])('sums up to the truth in pages of %i', async (limit) => {
    const simulator = await simulated({ ozonRps: 0 });
    const pages = await walkOzon(simulator, limit);
    expect(ozonLevels(pages)).toEqual(simulator.world.truth('ozon'));
    expect(new Set(pages.flatMap((page) => page.items).map((item) => item.product_id)).size).toBe(60);
  });

  it('ends with one more, empty page: the last page of goods still carries a cursor', async () => {
    const simulator = await simulated();
    for (const limit of [25, 30]) {
      const pages = await walkOzon(simulator, limit);
      expect(pages.map((page) => page.items.length)).toEqual(limit === 25 ? [25, 25, 10, 0] : [30, 30, 0]);
      expect(pages.map((page) => page.cursor === '')).toEqual(
        limit === 25 ? [false, false, false, true] : [false, false, true],
      );
    }
  });

  it('answers without a result wrapper, ids and counts as JSON integers', async () => {
    const simulator = await simulated();
    const { text, json, headers } = await ozon(simulator, STOCKS, ASK);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(Object.keys(json as object).sort()).toEqual(['cursor', 'items', 'total_items']);
    expect(text).toMatch(/^\{"items":\[\{"product_id":\d+,"offer_id":"[^"]+","stocks":\[/);
    const page = ozonPage({ text } as never);
    const row = page.items.flatMap((item) => item.stocks)[0];
    expect(Object.keys(row ?? {}).sort()).toEqual([
      'present',
      'reserved',
      'shipment_type',
      'sku',
      'type',
      'warehouse_ids',
    ]);
    expect(page.items.every((item) => item.stocks.every((stock) => Number.isInteger(stock.present)))).toBe(
      true,
    );
  });

  it('has several shipment types of one scheme, products without rows, and all-zero products', async () => {
    const simulator = await simulated();
    const { items } = ozonPage(await ozon(simulator, STOCKS, ASK));
    const types = items.map((item) => item.stocks.map((row) => row.type));
    expect(types.some((list) => list.length > new Set(list).size)).toBe(true);
    expect(types.some((list) => list.length === 0)).toBe(true);
    expect(
      items.some((item) => item.stocks.length > 0 && item.stocks.every((row) => row.present === 0)),
    ).toBe(true);
    expect(new Set(types.flat())).toEqual(new Set(['fbo', 'fbs', 'rfbs']));
  });

  it('sends total and total_items as switched, counting products over all pages', async () => {
    const simulator = await simulated();
    for (const [total, totalItems] of [
      [true, true],
      [true, false],
      [false, true],
      [false, false],
    ] as const) {
      Object.assign(simulator.modes.ozon, { total, totalItems });
      const page = ozonPage(await ozon(simulator, STOCKS, { filter: {}, limit: 5 }));
      expect(page.total).toBe(total ? 60 : undefined);
      expect(page.total_items).toBe(totalItems ? 60 : undefined);
    }
  });

  it('filters by product and offer ids, given as text or number, and by visibility', async () => {
    const simulator = await simulated();
    const [first, second, third] = ozonPage(await ozon(simulator, STOCKS, ASK)).items;
    const ask = async (filter: object) =>
      ozonPage(await ozon(simulator, STOCKS, { filter, limit: 10 })).items.map((item) => item.product_id);
    expect(await ask({ product_id: [first?.product_id], offer_id: [second?.offer_id] })).toEqual([
      first?.product_id,
      second?.product_id,
    ]);
    expect(await ask({ product_id: [Number(first?.product_id)] })).toEqual([first?.product_id]);
    expect(await ask({ product_id: ['1'] })).toEqual([]);

    simulator.world.archive(third?.product_id ?? '');
    expect(await ask({ visibility: 'ARCHIVED' })).toEqual([third?.product_id]);
    const all = await walkOzon(simulator, 1_000);
    expect(all.flatMap((page) => page.items).map((item) => item.product_id)).not.toContain(third?.product_id);
    expect(ozonLevels(all)).toEqual(simulator.world.truth('ozon'));
  });

  it.each([
    ['no filter', { limit: 10 }, /Filter: value is required/],
    ['no limit', { filter: {} }, /Limit: value must be inside range \[1, 1000\]/],
    ['limit 0', { filter: {}, limit: 0 }, /Limit: value must be inside range/],
    ['limit 1001', { filter: {}, limit: 1_001 }, /Limit: value must be inside range/],
    ['limit in words', { filter: {}, limit: 'ten' }, /invalid value for int32 field limit: "ten"/],
    ['an unknown visibility', { filter: { visibility: 'SOME' }, limit: 1 }, /enum field visibility: "SOME"/],
    [
      '1001 ids',
      { filter: { product_id: Array.from({ length: 1_001 }, (_, at) => at) }, limit: 1 },
      /no more than 1000/,
    ],
    ['a foreign cursor', { filter: {}, limit: 1, cursor: 'bnVsbA==' }, /cursor/],
    ['no JSON', '{"filter":', /proto: syntax error/],
    ['a list', '[]', /proto: syntax error/],
  ])('refuses %s with 400 code 3', async (_, body, message) => {
    const simulator = await simulated();
    const answer = await ozon(simulator, STOCKS, body);
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ code: 3, details: [] });
    expect((answer.json as { message: string }).message).toMatch(message);
  });

  it('names the place where a scalar stands for a list', async () => {
    const simulator = await simulated();
    const answer = await ozon(simulator, STOCKS, '{"filter":{\n "offer_id": "A-1"},"limit":1}');
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({
      code: 3,
      message: 'proto: syntax error (line 2:14): unexpected token "A-1"',
      details: [],
    });
  });

  it('ignores fields of other versions, as the live method does', async () => {
    const simulator = await simulated();
    const answer = await ozon(simulator, STOCKS, { filter: {}, limit: '3', last_id: 'x' });
    expect(ozonPage(answer).items).toHaveLength(3);
  });

  it('goes on behind a product that vanishes between two pages', async () => {
    const simulator = await simulated();
    const first = ozonPage(await ozon(simulator, STOCKS, { filter: {}, limit: 10 }));
    const rest = simulator.world.productIds('ozon').slice(10);
    simulator.world.vanish('ozon', first.items[0]?.product_id ?? '');
    const second = ozonPage(await ozon(simulator, STOCKS, { filter: {}, limit: 100, cursor: first.cursor }));
    expect(second.items.map((item) => item.product_id)).toEqual(rest);
  });

  it('writes ids beyond 2^53 digit by digit in a hostile catalogue', async () => {
    const simulator = await simulated({ hostile: true, ozonProducts: 90 });
    const pages = await walkOzon(simulator, 40);
    const ids = pages.flatMap((page) => page.items).map((item) => item.product_id);
    const long = ids.filter((id) => !Number.isSafeInteger(Number(id)));
    expect(long.length).toBeGreaterThanOrEqual(4);
    expect(new Set(long.map(Number)).size).toBeLessThan(long.length);
    expect(ids.every((id) => BigInt(id) < 9_900_000_000_000_000n)).toBe(true);
    expect(ozonLevels(pages)).toEqual(simulator.world.truth('ozon'));

    const asked = long[1] ?? '';
    const body = `{"filter":{"product_id":[${asked}]},"limit":5}`;
    expect(ozonPage(await ozon(simulator, STOCKS, body)).items.map((item) => item.product_id)).toEqual([
      asked,
    ]);
  });
});
