import { describe, expect, it } from 'vitest';
import type { OzonModes } from '../../../src/simulator/modes.js';
import { ozon, STOCKS, simulated } from './simulated.js';

const ASK = { filter: {}, limit: 1 };

describe('Ozon: who may call', () => {
  it('checks headers, then the form of Client-Id, then the pair', async () => {
    const simulator = await simulated();
    const missing = {
      status: 401,
      json: { code: 16, message: 'Client-Id and Api-Key headers are required', details: [] },
    };
    expect(await ozon(simulator, STOCKS, ASK, { 'Client-Id': '', 'Api-Key': '' })).toMatchObject(missing);
    expect(await ozon(simulator, STOCKS, ASK, { 'Client-Id': 'abc', 'Api-Key': '' })).toMatchObject(missing);
    for (const id of ['abc', '-5', '1.5', '0']) {
      expect(await ozon(simulator, STOCKS, ASK, { 'Client-Id': id })).toMatchObject({
        status: 400,
        json: { code: 3, message: 'Client-Id header value should be positive integer' },
      });
    }
    const unknown = {
      status: 404,
      json: { code: 5, message: 'Invalid Api-Key, please check the key and try again' },
    };
    expect(await ozon(simulator, STOCKS, ASK, { 'Client-Id': '1' })).toMatchObject(unknown);
    expect(await ozon(simulator, STOCKS, ASK, { 'Api-Key': 'wrong' })).toMatchObject(unknown);
    expect((await ozon(simulator, STOCKS, ASK)).status).toBe(200);
  });

  it.each<[OzonModes['access'], number, number, string]>([
    ['role-missing', 403, 7, 'Api-Key is missing a required role for a method'],
    ['deactivated', 403, 7, 'Api-key is deactivated, use another one or generate a new one'],
    ['ip-bound', 403, 7, 'Api-Key is restricted to specific IP addresses'],
    ['offer-not-signed', 403, 7, 'Offer not signed'],
    ['circle-open', 503, 14, 'Circle is open'],
  ])('%s', async (access, status, code, message) => {
    const simulator = await simulated({ modes: { ozon: { access } } });
    expect(await ozon(simulator, STOCKS, ASK)).toMatchObject({ status, json: { code, message } });
    simulator.modes.ozon.access = 'ok';
    expect((await ozon(simulator, STOCKS, ASK)).status).toBe(200);
  });

  it('takes a key past its end for deactivated', async () => {
    const simulator = await simulated({ modes: { ozon: { keyExpiresAt: '2026-01-01T00:00:00Z' } } });
    expect((await ozon(simulator, STOCKS, ASK)).status).toBe(403);
  });

  it('accepts the base path /ozon and the caller`s own credentials', async () => {
    const simulator = await simulated({ credentials: { ozonClientId: '4711', ozonApiKey: 'my-key' } });
    expect((await ozon(simulator, `/ozon${STOCKS}`, ASK)).status).toBe(200);
    expect(simulator.requests()[0]).toMatchObject({ source: 'ozon', path: STOCKS, status: 200 });
  });

  it('answers retired methods with 400 code 9 and unknown ones with 404', async () => {
    const simulator = await simulated();
    for (const path of [
      '/v2/product/info/stocks',
      '/v3/product/info/stocks',
      '/v1/warehouse/list',
      '/v2/product/list',
    ]) {
      expect(await ozon(simulator, path, ASK)).toMatchObject({
        status: 400,
        json: { code: 9, message: 'obsolete method cannot be used' },
      });
    }
    expect((await ozon(simulator, '/v9/nothing', ASK)).status).toBe(404);
    expect((await fetch(simulator.url + STOCKS)).status).toBe(404);
    const { status } = await ozon(simulator, '/v3/product/info/stocks', ASK, { 'Api-Key': 'wrong' });
    expect(status).toBe(404);
  });
});

describe('Ozon: rate limit', () => {
  it('lets so many calls a second pass, then answers 429 code 8 with Retry-After', async () => {
    let now = Date.UTC(2026, 10, 23);
    const simulator = await simulated({ ozonRps: 3, now: () => now });
    const left: (string | null)[] = [];
    for (let call = 0; call < 3; call += 1) {
      left.push((await ozon(simulator, STOCKS, ASK)).headers.get('ratelimit-remaining'));
    }
    expect(left).toEqual(['2', '1', '0']);
    const refused = await ozon(simulator, STOCKS, ASK);
    expect(refused).toMatchObject({
      status: 429,
      json: { code: 8, message: 'You have reached request rate limit per second', details: [] },
    });
    expect(refused.headers.get('retry-after')).toBe('1');
    now += 999;
    expect((await ozon(simulator, STOCKS, ASK)).status).toBe(429);
    now += 1;
    expect((await ozon(simulator, STOCKS, ASK)).status).toBe(200);
  });

  it('can leave out Retry-After and speak of "max rate per sec.: 2"', async () => {
    const simulator = await simulated({
      now: () => 0,
      modes: { ozon: { rps: 2, limitText: 'client-rate', retryAfter: false, rateHeaders: false } },
    });
    await ozon(simulator, STOCKS, ASK);
    const passed = await ozon(simulator, STOCKS, ASK);
    expect(passed.headers.get('ratelimit-remaining')).toBeNull();
    const refused = await ozon(simulator, STOCKS, ASK);
    expect(refused).toMatchObject({
      status: 429,
      json: { code: 8, message: 'rate limit exceeded for `seller-api` client, current max rate per sec.: 2' },
    });
    expect(refused.headers.get('retry-after')).toBeNull();
  });

  it('is 50 a second by default', async () => {
    const simulator = await simulated({ now: () => 0 });
    const answers = await Promise.all(Array.from({ length: 53 }, () => ozon(simulator, '/v1/roles', '')));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(50);
  });
});

describe('POST /v1/roles', () => {
  it('names the end of the key, 90 days off, and the methods the key may use', async () => {
    const simulator = await simulated({ now: () => Date.UTC(2026, 10, 23) });
    for (const body of ['', {}]) {
      const { status, json } = await ozon(simulator, '/v1/roles', body);
      expect(status).toBe(200);
      const answer = json as { expires_at: string; roles: { name: string; methods: string[] }[] };
      expect(answer.expires_at).toBe('2027-02-21T00:00:00.000Z');
      expect(answer.roles.flatMap((role) => role.methods)).toContain(STOCKS);
    }
    simulator.modes.ozon.access = 'role-missing';
    expect((await ozon(simulator, '/v1/roles', {})).json).toMatchObject({ roles: [] });
  });
});

interface ListJson {
  result: {
    items: { product_id: number; offer_id: string; archived: boolean }[];
    last_id: string;
    total_items: number;
  };
}

describe('POST /v3/product/list', () => {
  it.each([
    ['empty-page', [25, 25, 10, 0], ''],
    ['empty-last-id', [25, 25, 10], ''],
    ['repeated-last-id', [25, 25, 10, 0], 'repeated'],
  ] as const)('can end with %s', async (productListEnd, sizes, end) => {
    const simulator = await simulated({ modes: { ozon: { productListEnd } } });
    const pages: ListJson['result'][] = [];
    for (let lastId = ''; ; lastId = pages.at(-1)?.last_id ?? '') {
      const answer = await ozon(simulator, '/v3/product/list', { filter: {}, last_id: lastId, limit: 25 });
      pages.push((answer.json as ListJson).result);
      if (pages.at(-1)?.last_id === '' || pages.at(-1)?.last_id === lastId) {
        break;
      }
    }
    expect(pages.map((page) => page.items.length)).toEqual(sizes);
    expect(pages.at(-1)?.last_id === '').toBe(end === '');
    expect(pages[0]?.total_items).toBe(60);
    const ids = pages.flatMap((page) => page.items).map((item) => String(item.product_id));
    expect(ids).toEqual(simulator.world.productIds('ozon'));
  });

  it('needs a limit unless ids are given', async () => {
    const simulator = await simulated();
    const [id] = simulator.world.productIds('ozon');
    expect((await ozon(simulator, '/v3/product/list', { filter: {} })).status).toBe(400);
    const answer = await ozon(simulator, '/v3/product/list', { filter: { product_id: [id] } });
    expect((answer.json as ListJson).result.items).toMatchObject([
      { product_id: Number(id), archived: false },
    ]);
  });
});
