import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppError } from '../../../../src/errors.js';
import { type FbsProducts, wbFbsReader } from '../../../../src/marketplaces/wildberries/fbs-reader.js';
import { type Asked, answer, type Handler } from '../support/local-server.js';
import { SID } from '../support/wb-token.js';
import { never, routes, WbBench, walked } from './wb-bench.js';

let bench: WbBench;
beforeEach(async () => {
  bench = await WbBench.start();
});
afterEach(() => bench.close());

const warehouse = (id: number, isDeleting = false) => ({ id, name: `№ ${id}`, isDeleting });
const listed = (...ids: readonly (number | object)[]) =>
  answer(200, JSON.stringify(ids.map((one) => (typeof one === 'number' ? warehouse(one) : one))));
const chrtIdsOf = ({ body }: Asked) => (JSON.parse(body) as { chrtIds: number[] }).chrtIds;
const count = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => `${from + at}`);

/** Every even size is in stock, with its last digit as amount. */
const stocked: Handler = (asked, response) => {
  const even = chrtIdsOf(asked).filter((id) => id % 2 === 0);
  const stocks = even.map((chrtId) => ({ chrtId, amount: chrtId % 10 }));
  response.end(JSON.stringify({ stocks }));
};

function reader(products: Partial<FbsProducts>) {
  const all = { asked: [], gone: [], ...products };
  return wbFbsReader(bench.open(), { method: 'marketplace', products: () => Promise.resolve(all) });
}

const stockRequests = () => bench.server.asked.filter(({ path }) => path.includes('/stocks/'));

describe('the walk over the seller’s warehouses', () => {
  it('asks each warehouse for all sizes, and says what it covers', async () => {
    bench.server.handler = routes({ '/warehouses': listed(7, 5), '': stocked });
    const one = reader({ asked: ['12', '11', '10'] });
    expect(one.feed).toEqual({ source: 'wildberries', account: SID, endpoint: 'fbs-stocks' });
    const { pages, scope } = await walked(one);
    expect(scope).toEqual({ schemes: ['fbs'], places: { fbs: ['7', '5'] }, byIds: true });
    const fetchedAt = '2026-11-23T10:00:00.000Z';
    const rows = ['{"chrtId":10,"amount":0}', '{"chrtId":12,"amount":2}'];
    const productIds = ['10', '11', '12'];
    expect(pages).toEqual([
      { fetchedAt, rows, query: { warehouseId: '7', productIds }, expectedPages: 2 },
      { fetchedAt, rows, query: { warehouseId: '5', productIds }, expectedPages: 2 },
    ]);
  });

  it('asks a thousand at a time, in the order of the numbers, none twice', async () => {
    bench.server.handler = routes({ '/warehouses': listed(1, 2), '': stocked });
    const { pages } = await walked(reader({ asked: [...count(1, 2001), ...count(900, 1100)].reverse() }));
    expect(pages.map(({ query }) => [query?.warehouseId, query?.productIds?.length])).toEqual([
      ['1', 1000],
      ['1', 1000],
      ['1', 1],
      ['2', 1000],
      ['2', 1000],
      ['2', 1],
    ]);
    const asked = pages.slice(0, 3).flatMap(({ query }) => query?.productIds ?? []);
    expect(asked).toEqual(count(1, 2001));
    expect(
      stockRequests()
        .map(chrtIdsOf)
        .every((ids) => ids.length <= 1000),
    ).toBe(true);
    expect(pages.every(({ expectedPages }) => expectedPages === 6)).toBe(true);
  });

  it('leaves out warehouses that are being deleted, and a warehouse that is listed twice', async () => {
    bench.server.handler = routes({ '/warehouses': listed(1, warehouse(2, true), 3, 1), '': stocked });
    const { pages, scope } = await walked(reader({ asked: ['10'] }));
    expect(scope.places).toEqual({ fbs: ['1', '3'] });
    expect(pages).toHaveLength(2);
  });

  it('has four requests under way at most, and yields in order whichever is ready first', async () => {
    let open = 0;
    let most = 0;
    const client = {
      token: bench.open().token,
      pageSize: 1,
      report: () => Promise.reject(new Error('not the report')),
      warehouses: () => Promise.resolve({ warehouses: [{ id: '1', isDeleting: false }], receivedAt: 0 }),
      fbsStocks: async (_warehouse: string, [first = '']: readonly string[]) => {
        open += 1;
        most = Math.max(most, open);
        // Later ones are sooner done.
        for (let turn = 100 - Number(first) / 100; turn > 0; turn -= 1) await Promise.resolve();
        open -= 1;
        return { rows: [], receivedAt: 0 };
      },
    };
    const products = () => Promise.resolve({ asked: count(1, 9500), gone: [] });
    const { pages } = await walked(wbFbsReader(client, { method: 'marketplace', products }));
    expect(most).toBe(4);
    expect(pages.map(({ query }) => Number(query?.productIds?.[0]))).toEqual(
      Array.from({ length: 10 }, (_, at) => at * 1000 + 1),
    );
  });

  it('ends the rows of products that are gone, without asking for them', async () => {
    bench.server.handler = routes({ '/warehouses': listed(1), '': stocked });
    const { pages } = await walked(reader({ asked: ['10', '20'], gone: ['30', '20', '5'] }));
    expect(pages.map(({ query, rows }) => [query, rows.length])).toEqual([
      [{ productIds: ['5', '30'], removed: true }, 0],
      [{ warehouseId: '1', productIds: ['10', '20'] }, 2],
    ]);
    expect(stockRequests().flatMap(chrtIdsOf)).toEqual([10, 20]);
  });

  it('without warehouses asks nobody, covers all, and names every product as absent', async () => {
    bench.server.handler = routes({ '/warehouses': listed(warehouse(4, true)) });
    const { pages, scope } = await walked(reader({ asked: ['10', '20'], gone: ['30'] }));
    expect(scope).toEqual({ schemes: ['fbs'], byIds: true });
    expect(pages.map(({ query, rows }) => [query, rows])).toEqual([
      [{ productIds: ['10', '20'] }, []],
      [{ productIds: ['30'], removed: true }, []],
    ]);
    expect(bench.server.asked).toHaveLength(1);
  });

  it('without products has nothing to ask', async () => {
    bench.server.handler = routes({ '/warehouses': listed(1) });
    expect((await walked(reader({}))).pages).toEqual([]);
    expect(bench.server.asked).toHaveLength(1);
  });

  it.each<[string, Handler, AppError['code']]>([
    ['a warehouse that is gone', answer(404, '{"code":"NotFound","message":""}'), 'API_REJECTED'],
    ['a refusal', answer(403, '{"code":"AccessDenied","message":""}'), 'API_CREDENTIALS'],
    ['a limit of hours', answer(429, '', { 'x-ratelimit-retry': '18236' }), 'API_LIMITED'],
    ['trouble that lasts', answer(500, ''), 'API_UNAVAILABLE'],
    ['a cut answer', answer(200, '{"stocks":[{"chrtId":1'), 'API_BAD_ANSWER'],
    ['another shape', answer(200, '{"items":[]}'), 'API_BAD_ANSWER'],
    ['nothing', answer(200, ''), 'API_BAD_ANSWER'],
  ])('fails on %s in any of its calls', async (_name, trouble, code) => {
    bench.server.handler = routes({ '/warehouses': listed(1, 2), '/stocks/2': trouble, '': stocked });
    await expect(walked(reader({ asked: count(1, 2000) }))).rejects.toMatchObject({ code });
  });

  it('does not begin where the warehouses cannot be listed', async () => {
    bench.server.handler = answer(401, '{"detail":"token scope not allowed"}');
    await expect(reader({ asked: ['1'] }).open(never)).rejects.toMatchObject({ code: 'API_CREDENTIALS' });
  });

  it('stops what is under way when nobody reads on', async () => {
    let closed = 0;
    let waiting = 0;
    const all = new Promise<void>((resolve) => {
      bench.server.handler = routes({
        '/warehouses': listed(1),
        '': (asked, response) => {
          response.on('close', () => {
            if (!response.writableFinished) closed += 1;
          });
          if (chrtIdsOf(asked)[0] === 1) {
            stocked(asked, response);
            return;
          }
          waiting += 1;
          if (waiting === 3) resolve();
        },
      });
    });
    const walk = await reader({ asked: count(1, 4000) }).open(never);
    for await (const page of walk.pages(never)) {
      expect(page.query?.productIds?.[0]).toBe('1');
      await all;
      break;
    }
    await expect.poll(() => closed).toBe(3);
  });

  it('stops when the caller does', async () => {
    const stop = new AbortController();
    bench.server.handler = routes({ '/warehouses': listed(1), '': () => stop.abort(new Error('enough')) });
    await expect(walked(reader({ asked: count(1, 3000) }), stop.signal)).rejects.toMatchObject({
      code: 'TIMED_OUT',
    });
  });
});
