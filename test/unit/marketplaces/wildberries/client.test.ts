import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../../src/domain/secret.js';
import { MemoryRateLimiter } from '../../../../src/marketplaces/http/memory-rate-limiter.js';
import {
  WildberriesClient,
  type WildberriesOptions,
} from '../../../../src/marketplaces/wildberries/client.js';
import { checkWildberriesKey } from '../../../../src/marketplaces/wildberries/key-check.js';
import { wbStockReader } from '../../../../src/marketplaces/wildberries/stock-reader.js';
import { thrownBy } from '../support/answers.js';
import { answer, inTurn, LocalServer } from '../support/local-server.js';
import { VirtualTiming } from '../support/virtual-timing.js';
import { SID, wbToken } from '../support/wb-token.js';

const never = new AbortController().signal;
const TOKEN = wbToken();
let server: LocalServer;
let timing: VirtualTiming;
let made: WildberriesClient | undefined;

beforeEach(async () => {
  server = await LocalServer.start();
  timing = new VirtualTiming();
});
afterEach(async () => {
  made?.close();
  await server.close();
});

function client(over: Partial<WildberriesOptions> = {}): WildberriesClient {
  made = new WildberriesClient({
    analyticsUrl: `${server.url}/analytics`,
    commonUrl: `${server.url}/common`,
    token: new Secret(TOKEN),
    timeoutMs: 20_000,
    retry: { retries: 2, delayMs: 1000 },
    maxWaitMs: 60_000,
    limiter: new MemoryRateLimiter(timing.now),
    timing,
    ...over,
  });
  return made;
}

async function pagesOf(one: WildberriesClient, maxPages?: number): Promise<readonly string[][]> {
  const pages: string[][] = [];
  for await (const page of wbStockReader(one, maxPages).pages(never)) pages.push([...page.rows]);
  return pages;
}

const items = (...rows: readonly unknown[]) => answer(200, JSON.stringify({ data: { items: rows } }));

describe('the walk over Wildberries’ stock', () => {
  it('reads its own feed and says what it covers', () => {
    const { feed, scope } = wbStockReader(client());
    expect(feed).toEqual({ source: 'wildberries', account: SID, endpoint: 'wb-warehouses' });
    expect(scope).toEqual({ schemes: ['fbw'] });
  });

  it('asks as the documents say, and ends on a page that is not full', async () => {
    server.handler = items(1, 2);
    expect(await pagesOf(client())).toEqual([['1', '2']]);
    expect(server.asked).toHaveLength(1);
    expect(server.asked[0]).toMatchObject({
      method: 'POST',
      path: '/analytics/api/analytics/v1/stocks-report/wb-warehouses',
    });
    expect(server.asked[0]?.headers.authorization).toBe(TOKEN);
    expect(JSON.parse(server.asked[0]?.body ?? '')).toEqual({ limit: 250_000, offset: 0 });
  });

  it('goes on behind a full page, 20 seconds later', async () => {
    server.handler = inTurn(items(1, 2), items(3, 4), items(5));
    expect(await pagesOf(client({ pageSize: 2 }))).toEqual([['1', '2'], ['3', '4'], ['5']]);
    expect(server.asked.map(({ body }) => (JSON.parse(body) as { offset: number }).offset)).toEqual([
      0, 2, 4,
    ]);
    expect(timing.sleeps).toEqual([20_000, 20_000]);
  });

  it.each([
    [
      '204',
      (_asked: unknown, response: import('node:http').ServerResponse) => void response.writeHead(204).end(),
    ],
    ['an empty list', items()],
  ] as const)('ends on %s behind a full page', async (_name, empty) => {
    server.handler = inTurn(items(1, 2), empty);
    expect(await pagesOf(client({ pageSize: 2 }))).toEqual([['1', '2']]);
  });

  it('takes 204 for a seller without stock', async () => {
    server.handler = (_asked, response) => void response.writeHead(204).end();
    expect(await pagesOf(client())).toEqual([[]]);
  });

  it('refuses a page that repeats the one before, and a list without end', async () => {
    server.handler = items(1, 2);
    await expect(pagesOf(client({ pageSize: 2 }))).rejects.toMatchObject({
      code: 'API_BAD_ANSWER',
      message: expect.stringContaining('repeats'),
    });
    let next = 0;
    server.handler = (_asked, response) => {
      next += 2;
      response.end(JSON.stringify({ data: { items: [next, next + 1] } }));
    };
    await expect(pagesOf(client({ pageSize: 2 }), 3)).rejects.toMatchObject({
      code: 'API_BAD_ANSWER',
      message: expect.stringContaining('3 pages'),
    });
  });

  it.each([
    ['nothing, as at a used-up quota', ''],
    ['a cut list', '{"data":{"items":[{"nmId":1'],
    ['another shape', '{"items":[]}'],
    ['no list', '{"data":{"items":null}}'],
    ['HTML', '<html></html>'],
  ])('refuses %s with status 200', async (_name, body) => {
    server.handler = answer(200, body);
    await expect(pagesOf(client())).rejects.toMatchObject({ code: 'API_BAD_ANSWER' });
    expect(server.asked).toHaveLength(3);
  });

  it('waits as X-Ratelimit-Retry says', async () => {
    server.handler = inTurn(answer(429, '{}', { 'x-ratelimit-retry': '33' }), items(1));
    expect(await pagesOf(client())).toEqual([['1']]);
    expect(timing.sleeps).toEqual([33_000]);
  });

  it('does not wait for hours, but says when', async () => {
    server.handler = answer(429, '{}', { 'x-ratelimit-retry': '18236' });
    const due = timing.now() + 18_236_000;
    await expect(pagesOf(client())).rejects.toMatchObject({ code: 'API_LIMITED', notBefore: due });
    expect(timing.sleeps).toEqual([]);
    expect(server.asked).toHaveLength(1);
  });

  it('does not ask again within the interval of another walk by the same limiter', async () => {
    server.handler = items(1);
    const limiter = new MemoryRateLimiter(timing.now);
    await pagesOf(client({ limiter }));
    made?.close();
    await expect(pagesOf(client({ limiter, maxWaitMs: 5000 }))).rejects.toMatchObject({
      code: 'API_LIMITED',
    });
    expect(server.asked).toHaveLength(1);
  });
});

describe('the token', () => {
  it('goes out with Bearer where that is set', async () => {
    server.handler = items();
    await pagesOf(client({ authorization: 'bearer' }));
    expect(server.asked[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it('is refused before anybody is asked', () => {
    expect(thrownBy(() => client({ token: new Secret(wbToken({ s: 2 })) }))).toMatchObject({
      code: 'API_CREDENTIALS',
    });
    expect(server.asked).toHaveLength(0);
  });

  it('never shows, not even where Wildberries echoes a part of it', async () => {
    const [, payload = ''] = TOKEN.split('.');
    server.handler = answer(
      401,
      JSON.stringify({ title: 'unauthorized', detail: `token is malformed: ${TOKEN} ${payload}` }),
    );
    const error: unknown = await pagesOf(client()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'API_CREDENTIALS' });
    for (const hidden of [TOKEN, payload]) expect(inspect(error, { depth: 10 })).not.toContain(hidden);
    expect(inspect(made, { depth: 10, showHidden: true })).not.toContain(payload);
  });
});

describe('checkWildberriesKey', () => {
  it('names the seller', async () => {
    server.handler = answer(200, JSON.stringify({ name: 'ИП Иванов', sid: SID, tin: '1', tradeMark: 'x' }));
    const check = await checkWildberriesKey(client(), SID, never);
    expect(check).toMatchObject({
      name: 'ИП Иванов',
      sid: SID,
      warnings: [],
      expiresAt: '2027-05-22T15:33:20.000Z',
    });
    expect(check.daysLeft).toBeGreaterThan(100);
    expect(server.asked[0]).toMatchObject({ method: 'GET', path: '/common/api/v1/seller-info', body: '' });
  });

  it('warns of another seller', async () => {
    server.handler = answer(200, JSON.stringify({ name: 'x', sid: 'other' }));
    const { warnings } = await checkWildberriesKey(client(), 'third', never);
    expect(warnings).toEqual([
      expect.stringContaining('WB_SUPPLIER_ID is third'),
      expect.stringContaining('seller other'),
    ]);
  });

  it('fails with the token', async () => {
    server.handler = answer(401, '{"title":"unauthorized","detail":"token scope not allowed"}');
    await expect(checkWildberriesKey(client(), undefined, never)).rejects.toMatchObject({
      code: 'API_CREDENTIALS',
    });
  });
});
