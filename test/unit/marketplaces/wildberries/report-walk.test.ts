import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryRateLimiter } from '../../../../src/marketplaces/http/memory-rate-limiter.js';
import type { WildberriesClient } from '../../../../src/marketplaces/wildberries/client.js';
import { wbFbsReader } from '../../../../src/marketplaces/wildberries/fbs-reader.js';
import { wbStockReader } from '../../../../src/marketplaces/wildberries/stock-reader.js';
import { answer, inTurn } from '../support/local-server.js';
import { SID } from '../support/wb-token.js';
import { noContent, TOKEN, WbBench, walked } from './wb-bench.js';

let bench: WbBench;
beforeEach(async () => {
  bench = await WbBench.start();
});
afterEach(() => bench.close());

const items = (...rows: readonly unknown[]) => answer(200, JSON.stringify({ data: { items: rows } }));
const noProducts = () => Promise.reject(new Error('the report needs no products'));
const REPORTS = [
  ['wb-warehouses', 'wb-warehouses', 'fbw', wbStockReader],
  [
    'seller-warehouses',
    'fbs-stocks',
    'fbs',
    (client: WildberriesClient) => wbFbsReader(client, { method: 'report', products: noProducts }),
  ],
] as const;

describe.each(REPORTS)('the walk over %s', (method, endpoint, scheme, readerOf) => {
  it('reads its own feed, says what it covers, and asks as the documents say', async () => {
    bench.server.handler = items(1, 2);
    const reader = readerOf(bench.open());
    expect(reader.feed).toEqual({ source: 'wildberries', account: SID, endpoint });
    const { rows, scope, pages } = await walked(reader);
    expect(scope).toEqual({ schemes: [scheme] });
    expect(rows).toEqual([['1', '2']]);
    expect(pages[0]).toEqual({ fetchedAt: '2026-11-23T10:00:00.000Z', rows: ['1', '2'] });
    expect(bench.server.asked).toHaveLength(1);
    const [asked] = bench.server.asked;
    expect(asked).toMatchObject({
      method: 'POST',
      path: `/analytics/api/analytics/v1/stocks-report/${method}`,
    });
    expect(asked?.headers.authorization).toBe(TOKEN);
    expect(JSON.parse(asked?.body ?? '')).toEqual({ limit: 250_000, offset: 0 });
  });

  it('goes on behind a full page, 20 seconds later', async () => {
    bench.server.handler = inTurn(items(1, 2), items(3, 4), items(5));
    const { rows } = await walked(readerOf(bench.open({ pageSize: 2 })));
    expect(rows).toEqual([['1', '2'], ['3', '4'], ['5']]);
    const offsets = bench.server.asked.map(({ body }) => (JSON.parse(body) as { offset: number }).offset);
    expect(offsets).toEqual([0, 2, 4]);
    expect(bench.timing.sleeps).toEqual([20_000, 20_000]);
  });

  it('takes another interval', async () => {
    bench.server.handler = inTurn(items(1, 2), items(3));
    await walked(readerOf(bench.open({ pageSize: 2, stocksIntervalMs: 0 })));
    expect(bench.timing.sleeps.every((ms) => ms <= 1)).toBe(true);
  });

  it.each([
    ['204', noContent],
    ['an empty list', items()],
  ] as const)('ends on %s behind a full page', async (_name, empty) => {
    bench.server.handler = inTurn(items(1, 2), empty);
    expect((await walked(readerOf(bench.open({ pageSize: 2 })))).rows).toEqual([['1', '2']]);
  });

  it('takes 204 for a seller without stock', async () => {
    bench.server.handler = noContent;
    expect((await walked(readerOf(bench.open()))).rows).toEqual([[]]);
  });

  it('refuses a page that repeats the one before', async () => {
    bench.server.handler = items(1, 2);
    await expect(walked(readerOf(bench.open({ pageSize: 2 })))).rejects.toMatchObject({
      code: 'API_BAD_ANSWER',
      message: expect.stringContaining('repeats'),
    });
  });

  it.each([
    ['nothing, as at a used-up quota', ''],
    ['a cut list', '{"data":{"items":[{"nmId":1'],
    ['another shape', '{"items":[]}'],
    ['no list', '{"data":{"items":null}}'],
    ['HTML', '<html></html>'],
  ])('refuses %s with status 200', async (_name, body) => {
    bench.server.handler = answer(200, body);
    await expect(walked(readerOf(bench.open()))).rejects.toMatchObject({ code: 'API_BAD_ANSWER' });
    expect(bench.server.asked).toHaveLength(3);
  });
});

describe('the walk over a report', () => {
  it('gives up on a list without end', async () => {
    let next = 0;
    bench.server.handler = (_asked, response) => {
      next += 2;
      response.end(JSON.stringify({ data: { items: [next, next + 1] } }));
    };
    await expect(walked(wbStockReader(bench.open({ pageSize: 2 }), 3))).rejects.toMatchObject({
      code: 'API_BAD_ANSWER',
      message: expect.stringContaining('3 pages'),
    });
  });

  it('waits as X-Ratelimit-Retry says', async () => {
    bench.server.handler = inTurn(answer(429, '{}', { 'x-ratelimit-retry': '33' }), items(1));
    expect((await walked(wbStockReader(bench.open()))).rows).toEqual([['1']]);
    expect(bench.timing.sleeps).toEqual([33_000]);
  });

  it('does not wait for hours, but says when', async () => {
    bench.server.handler = answer(429, '{}', { 'x-ratelimit-retry': '18236' });
    const due = bench.timing.now() + 18_236_000;
    await expect(walked(wbStockReader(bench.open()))).rejects.toMatchObject({
      code: 'API_LIMITED',
      notBefore: due,
    });
    expect(bench.timing.sleeps).toEqual([]);
    expect(bench.server.asked).toHaveLength(1);
  });

  it('does not ask again within the interval of another walk by the same limiter', async () => {
    bench.server.handler = items(1);
    const limiter = new MemoryRateLimiter(bench.timing.now);
    await walked(wbStockReader(bench.open({ limiter })));
    const second = wbStockReader(bench.open({ limiter, maxWaitMs: 5000 }));
    await expect(walked(second)).rejects.toMatchObject({ code: 'API_LIMITED' });
    expect(bench.server.asked).toHaveLength(1);
  });

  it('has a turn of its own for each report', async () => {
    bench.server.handler = items(1);
    const client = bench.open({ maxWaitMs: 0 });
    await walked(wbStockReader(client));
    await walked(wbFbsReader(client, { method: 'report', products: noProducts }));
    expect(bench.server.asked).toHaveLength(2);
  });
});
