import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../../src/domain/secret.js';
import { MemoryRateLimiter } from '../../../../src/marketplaces/http/memory-rate-limiter.js';
import { RequestGate } from '../../../../src/marketplaces/http/request-gate.js';
import { OzonClient, type OzonOptions } from '../../../../src/marketplaces/ozon/client.js';
import { OZON_METHODS } from '../../../../src/marketplaces/ozon/limits.js';
import { thrownBy } from '../support/answers.js';
import { answer, inTurn, LocalServer } from '../support/local-server.js';
import { VirtualTiming } from '../support/virtual-timing.js';

const KEY = 'f2a1b7d0-1111-2222-3333-444455556666';
const never = new AbortController().signal;
let server: LocalServer;
let timing: VirtualTiming;
let made: OzonClient | undefined;

beforeEach(async () => {
  server = await LocalServer.start();
  timing = new VirtualTiming();
});
afterEach(async () => {
  made?.close();
  await server.close();
});

function client(over: Partial<OzonOptions> = {}): OzonClient {
  made = new OzonClient({
    baseUrl: server.url,
    clientId: '4711',
    apiKey: new Secret(`${KEY}\n`),
    timeoutMs: 20_000,
    retry: { retries: 2, delayMs: 1000 },
    maxWaitMs: 60_000,
    limiter: new MemoryRateLimiter(timing.now),
    timing,
    ...over,
  });
  return made;
}

describe('OzonClient.stocks', () => {
  it('asks as the documents say', async () => {
    server.handler = answer(200, '{"items":[{"a":1}],"cursor":"next","total_items":2}');
    expect(await client().stocks('from-here', never)).toMatchObject({
      rows: ['{"a":1}'],
      cursor: 'next',
      announcedProducts: 2,
    });
    const [asked] = server.asked;
    expect(asked).toMatchObject({ method: 'POST', path: '/v4/product/info/stocks' });
    expect(asked?.headers).toMatchObject({
      'client-id': '4711',
      'api-key': KEY,
      'content-type': 'application/json',
    });
    expect(JSON.parse(asked?.body ?? '')).toEqual({
      filter: { visibility: 'ALL' },
      limit: 1000,
      cursor: 'from-here',
    });
  });

  it.each<[string, string, number | undefined]>([
    ['total_items', '"items":[1],"total":5,"total_items":7', 7],
    ['total where it is alone', '"items":[1],"total":5', 5],
    ['digits in quotes', '"items":[1],"total_items":"12"', 12],
    ['no total', '"items":[1]', undefined],
    ['a zero beside products as none', '"items":[1],"total":0,"total_items":0', undefined],
    ['total beside a zeroed total_items', '"items":[1],"total":5,"total_items":0', 5],
    ['a zero of an empty list', '"items":[],"total_items":0', 0],
    ['null', '"items":[1],"total":null,"total_items":null', undefined],
    ['nonsense as none', '"items":[1],"total":-3,"total_items":{}', undefined],
  ])('reads the announced products: %s', async (_name, body, expected) => {
    server.handler = answer(200, `{${body}}`);
    expect((await client().stocks('', never)).announcedProducts).toBe(expected);
  });

  it.each([['{"items":[]}'], ['{"items":[],"cursor":null}'], ['{"items":[],"cursor":""}']])(
    'takes %s for the end',
    async (body) => {
      server.handler = answer(200, body);
      expect((await client().stocks('', never)).cursor).toBe('');
    },
  );

  it.each([
    ['a cursor of another type', 200, '{"items":[],"cursor":7}'],
    ['the shape of the version before', 200, '{"result":{"items":[],"last_id":""}}'],
    ['an error body', 200, '{"code":13,"message":"Internal"}'],
    ['an HTML page', 200, '<html>maintenance</html>'],
    ['nothing', 200, ''],
    ['nothing at all', 204, ''],
    ['a cut page', 200, '{"items":[{"product_id":1'],
  ])('refuses %s, after trying again', async (_name, status, body) => {
    server.handler = (_asked, response) => response.writeHead(status).end(body);
    await expect(client().stocks('', never)).rejects.toMatchObject({ code: 'API_BAD_ANSWER' });
    expect(server.asked).toHaveLength(3);
  });

  it('goes on when the second try succeeds', async () => {
    server.handler = inTurn(answer(502, '<html>'), answer(200, '{"items":[]}'));
    expect((await client().stocks('', never)).rows).toEqual([]);
    expect(timing.sleeps).toEqual([500]);
  });

  it('waits as Retry-After says', async () => {
    server.handler = inTurn(
      answer(429, '{"code":8,"message":"limit"}', { 'retry-after': '4' }),
      answer(200, '{"items":[]}'),
    );
    await client().stocks('', never);
    expect(timing.sleeps).toEqual([4000]);
  });

  it('does not hammer on with a wrong key, and never shows it', async () => {
    server.handler = answer(
      404,
      `{"code":5,"message":"Invalid Api-Key, please check the key and try again: ${KEY}"}`,
    );
    const error: unknown = await client()
      .stocks('', never)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'API_CREDENTIALS' });
    expect(inspect(error)).not.toContain(KEY);
    expect(server.asked).toHaveLength(1);
  });

  it('keeps to two requests a second, one at a time, also when asked for three at once', async () => {
    let open = 0;
    let most = 0;
    server.handler = (_asked, response) => {
      open += 1;
      most = Math.max(most, open);
      setImmediate(() => {
        open -= 1;
        response.end('{"items":[]}');
      });
    };
    const one = client();
    await Promise.all([one.stocks('', never), one.stocks('a', never), one.stocks('b', never)]);
    expect(most).toBe(1);
    expect(timing.sleeps).toEqual([500, 500]);
  });

  it('lets the next request go when the one before failed', async () => {
    server.handler = inTurn(answer(401, '{}'), answer(200, '{"items":[]}'));
    const one = client();
    const [first, second] = await Promise.allSettled([one.stocks('', never), one.stocks('', never)]);
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
  });
});

describe('the account', () => {
  it.each([[''], ['0'], ['-1'], ['abc'], ['1:2'], ['1.5']])(
    'with the client id "%s" is refused',
    (clientId) => {
      expect(thrownBy(() => client({ clientId }))).toMatchObject({
        code: 'API_CREDENTIALS',
        message: expect.stringContaining('OZON_CLIENT_ID'),
      });
    },
  );

  it.each([[''], [' '], ['two words'], ['ключ'], ['a\nb']])(
    'with a key that no header can carry is refused',
    (key) => {
      const error = thrownBy(() => client({ apiKey: new Secret(key) }));
      expect(error).toMatchObject({
        code: 'API_CREDENTIALS',
        message: expect.stringContaining('OZON_API_KEY'),
      });
    },
  );
});

type Call = (one: OzonClient) => Promise<unknown>;

describe('the other methods', () => {
  it.each<[string, string, unknown, Call]>([
    [
      '/v3/product/list',
      '{"result":{"items":[],"last_id":""}}',
      { filter: { visibility: 'ARCHIVED' }, limit: 1000, last_id: 'bnVsbA==' },
      (one) => one.products('ARCHIVED', 'bnVsbA==', never),
    ],
    [
      '/v3/product/info/list',
      '{"items":[]}',
      { product_id: ['9007199254740993', '7'] },
      (one) => one.productInfo(['9007199254740993', '7'], never),
    ],
    [
      '/v2/warehouse/list',
      '{"warehouses":[]}',
      { limit: 200, cursor: 'x' },
      (one) => one.warehouses('x', never),
    ],
    [
      '/v1/product/info/warehouse/stocks',
      '{"stocks":[]}',
      { warehouse_id: 1020003080073000, limit: 1000, cursor: '' },
      (one) => one.warehouseStocks('1020003080073000', '', never),
    ],
    [
      '/v1/product/info/warehouse/stocks',
      '{"stocks":[]}',
      { warehouse_id: '9007199254740993', limit: 1000, cursor: '' },
      (one) => one.warehouseStocks('9007199254740993', '', never),
    ],
    [
      '/v1/product/info/stocks-by-warehouse/fbo',
      '{"products":[]}',
      { skus: ['5'], limit: 1000, cursor: 'c' },
      (one) => one.fboStocks(['5'], 'c', never),
    ],
    [
      '/v1/analytics/stocks',
      '{"items":[]}',
      { skus: ['5', '6'] },
      (one) => one.analyticsStocks(['5', '6'], never),
    ],
    ['/v1/roles', '{"roles":[]}', {}, (one) => one.roles(never)],
  ])('%s is asked as the documents say', async (path, text, body, call) => {
    server.handler = answer(200, text);
    await call(client());
    expect(server.asked[0]).toMatchObject({ method: 'POST', path });
    expect(JSON.parse(server.asked[0]?.body ?? '')).toEqual(body);
  });

  it('live where the settings say', async () => {
    server.handler = answer(200, '{"items":[]}');
    const one = client({ paths: { 'product-stocks': '/v5/product/info/stocks' } });
    await one.stocks('', never);
    expect(server.asked[0]?.path).toBe('/v5/product/info/stocks');
    expect(one.paths).toMatchObject({ 'product-stocks': '/v5/product/info/stocks', roles: '/v1/roles' });
    expect(Object.keys(one.paths)).toEqual(OZON_METHODS);
  });

  it.each([
    ['{"stocks":[1],"has_next":false,"cursor":"147035011"}', false],
    ['{"stocks":[],"has_next":true,"cursor":"x"}', true],
    ['{"stocks":[1],"cursor":"x"}', true],
    ['{"stocks":[1],"has_next":null,"cursor":""}', false],
    ['{"stocks":[],"cursor":"x"}', false],
  ])(
    'go on where has_next says so, without it where there are rows and a cursor: %s',
    async (text, hasNext) => {
      server.handler = answer(200, text);
      expect((await client().warehouseStocks('1', '', never)).hasNext).toBe(hasNext);
    },
  );

  it('read the catalogue out of its wrapper', async () => {
    server.handler = answer(
      200,
      '{"result":{"items":[{"a":1}],"last_id":"bnVsbA==","total":0,"total_items":"7"}}',
    );
    expect(await client().products('ALL', '', never)).toMatchObject({
      rows: ['{"a":1}'],
      cursor: 'bnVsbA==',
      announcedProducts: 7,
    });
  });

  it('read warehouses, ids to the last digit', async () => {
    const list =
      '{"warehouse_id":9007199254740993,"name":"Склад «1»","status":"created","is_rfbs":true,"phone":"+7"},' +
      '{"warehouse_id":"22","name":null,"is_rfbs":false,"status":4}';
    server.handler = answer(200, `{"warehouses":[${list}],"has_next":true,"cursor":"c"}`);
    expect(await client().warehouses('', never)).toEqual({
      warehouses: [
        { id: '9007199254740993', name: 'Склад «1»', status: 'created', isRfbs: true },
        { id: '22', name: '', status: '', isRfbs: false },
      ],
      cursor: 'c',
      hasNext: true,
    });
  });

  it.each<[string, string, Call]>([
    ['a list without its wrapper', '{"items":[]}', (one) => one.products('ALL', '', never)],
    [
      'a warehouse without is_rfbs',
      '{"warehouses":[{"warehouse_id":1}]}',
      (one) => one.warehouses('', never),
    ],
    ['a warehouse without id', '{"warehouses":[{"is_rfbs":true}]}', (one) => one.warehouses('', never)],
    [
      'a warehouse of id 0',
      '{"warehouses":[{"warehouse_id":0,"is_rfbs":true}]}',
      (one) => one.warehouses('', never),
    ],
    ['a retired shape', '{"result":[]}', (one) => one.warehouses('', never)],
    [
      'has_next of another type',
      '{"stocks":[],"has_next":"no"}',
      (one) => one.warehouseStocks('1', '', never),
    ],
    ['rows of another method', '{"products":[]}', (one) => one.analyticsStocks(['1'], never)],
    ['no roles but a number', '{"roles":1}', (one) => one.roles(never)],
  ])('refuse %s', async (_name, text, call) => {
    server.handler = answer(200, text);
    await expect(call(client())).rejects.toMatchObject({ code: 'API_BAD_ANSWER' });
  });

  it('know no end of a key where Ozon names none', async () => {
    server.handler = answer(200, '{"roles":null}');
    expect(await client().roles(never)).toEqual({ expiresAt: undefined, roles: [] });
  });

  it('share the bounds of the process', async () => {
    let running = 0;
    let most = 0;
    server.handler = (_asked, response) => {
      running += 1;
      most = Math.max(most, running);
      setImmediate(() => {
        running -= 1;
        response.end('{"items":[]}');
      });
    };
    const gate = new RequestGate(1);
    const [one, other] = [client({ gate }), client({ gate, clientId: '4712' })];
    await Promise.all([one.stocks('', never), other.stocks('', never)]);
    one.close();
    expect(most).toBe(1);
  });
});
