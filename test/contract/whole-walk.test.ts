import { afterEach, describe, expect, it } from 'vitest';
import { checkOzonKey } from '../../src/marketplaces/ozon/key-check.js';
import { ozonStockReader } from '../../src/marketplaces/ozon/stock-reader.js';
import { checkWildberriesKey } from '../../src/marketplaces/wildberries/key-check.js';
import { wbStockReader } from '../../src/marketplaces/wildberries/stock-reader.js';
import { Bench, byKey, readBack, TOTALS } from './support.js';

const never = new AbortController().signal;
let bench: Bench;
afterEach(() => bench.close());

describe('a whole walk over Ozon', () => {
  it('reads what the shop holds, page by page', async () => {
    bench = await Bench.start({ ozonProducts: 2500, hostile: true });
    const receipt = await bench.snapshot(bench.reader('ozon'), 300);
    expect(receipt).toMatchObject({ pages: 3, rows: bench.simulator.world.productIds('ozon').length });
    const { levels, gaps, products } = readBack(bench.log);
    expect(levels).toEqual(byKey(bench.simulator.world.truth('ozon')));
    expect(gaps).toEqual([]);
    expect(products).toEqual(new Set(bench.simulator.world.productIds('ozon')));
    expect(bench.log.events.at(-1)).toMatchObject({ products: { least: 2500, greatest: 2500 } });
  });

  it('needs no total', async () => {
    bench = await Bench.start({ modes: { ozon: { totalItems: false, total: false } } });
    await bench.snapshot(bench.reader('ozon'));
    expect(bench.log.events.at(-1)).not.toHaveProperty('products');
    expect(readBack(bench.log)).toMatchObject({
      gaps: [],
      levels: byKey(bench.simulator.world.truth('ozon')),
    });
  });

  it('of an empty shop is an empty list', async () => {
    bench = await Bench.start();
    bench.simulator.world.setLevels('ozon', []);
    expect(await bench.snapshot(bench.reader('ozon'))).toMatchObject({ pages: 1, rows: 0 });
    expect(readBack(bench.log)).toMatchObject({ gaps: [], levels: [] });
  });

  it('stays below two requests a second', async () => {
    bench = await Bench.start({
      ozonProducts: 3500,
      ozonRps: 2,
      modes: { ozon: { limitText: 'client-rate' } },
    });
    await bench.snapshot(bench.reader('ozon'));
    expect(bench.simulator.requests().map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });

  it('waits out the limit of a shop that allows less', async () => {
    bench = await Bench.start({ ozonProducts: 1500, ozonRps: 1 });
    await bench.snapshot(ozonStockReader(bench.ozon({ maxRps: 50 }), TOTALS));
    expect(bench.simulator.requests().some(({ status }) => status === 429)).toBe(true);
    expect(readBack(bench.log).gaps).toEqual([]);
  });
});

describe('a whole walk over Wildberries', () => {
  it.each(['real', 'merged'] as const)('reads what the shop holds (%s warehouses)', async (warehouses) => {
    bench = await Bench.start({ wbProducts: 400, hostile: true, modes: { wildberries: { warehouses } } });
    await bench.snapshot(bench.reader('wildberries'));
    expect(readBack(bench.log)).toMatchObject({
      gaps: [],
      levels: byKey(bench.simulator.world.truth('wildberries')),
    });
  });

  it('goes on over many pages at one request per 20 seconds', async () => {
    bench = await Bench.start({ wbProducts: 50 });
    const receipt = await bench.snapshot(wbStockReader(bench.wildberries({ pageSize: 40 })));
    expect(receipt.pages).toBeGreaterThan(2);
    expect(readBack(bench.log)).toMatchObject({
      gaps: [],
      levels: byKey(bench.simulator.world.truth('wildberries')),
    });
    expect(bench.simulator.requests().every(({ status }) => status === 200 || status === 204)).toBe(true);
    expect(bench.timing.sleeps.every((ms) => ms === 20_000)).toBe(true);
  });

  it.each(['no-content', 'empty-list'] as const)(
    'of an empty shop is an empty list (%s)',
    async (emptyAnswer) => {
      bench = await Bench.start({ modes: { wildberries: { emptyAnswer } } });
      bench.simulator.world.setLevels('wildberries', []);
      expect(await bench.snapshot(bench.reader('wildberries'))).toMatchObject({ pages: 1, rows: 0 });
    },
  );

  it('works with Bearer too', async () => {
    bench = await Bench.start();
    await bench.snapshot(wbStockReader(bench.wildberries({ authorization: 'bearer' })));
    expect(readBack(bench.log).gaps).toEqual([]);
  });
});

describe('the key checks', () => {
  it('know what Ozon says of its key', async () => {
    bench = await Bench.start();
    const check = await checkOzonKey(bench.ozon(), ['/v4/product/info/stocks'], never);
    expect(check.missing).toEqual([]);
    expect(Date.parse(check.expiresAt ?? '')).toBeGreaterThan(bench.timing.now());
  });

  it('know the seller of a token', async () => {
    bench = await Bench.start();
    const { wbSid } = bench.simulator.credentials;
    const check = await checkWildberriesKey(bench.wildberries(), wbSid, never);
    expect(check).toMatchObject({ sid: wbSid, warnings: [], name: expect.any(String) });
    expect(check.daysLeft).toBeGreaterThan(0);
  });
});
