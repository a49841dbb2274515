import { describe, expect, it } from 'vitest';
import { mintWbToken, readClaims } from '../../../src/simulator/wildberries/token.js';
import { report, simulated, wbGet, wbLevels, wbRows } from './simulated.js';

const NOW = Date.UTC(2026, 10, 23, 9, 0, 0);

describe('POST …/stocks-report/wb-warehouses', () => {
  it('answers an empty question with every row, and pages by offset to the same', async () => {
    const simulator = await simulated();
    const all = wbRows(await report(simulator));
    expect(wbLevels(all)).toEqual(simulator.world.truth('wildberries'));
    const paged = [];
    for (let offset = 0; ; offset += 7) {
      const answer = await report(simulator, { limit: 7, offset });
      if (answer.status === 204) {
        expect(answer.text).toBe('');
        break;
      }
      paged.push(...wbRows(answer));
    }
    expect(paged).toEqual(all);
    expect((await report(simulator, { offset: all.length })).status).toBe(204);
  });

  it('spreads sizes over six to eight warehouses with goods on the way, and reports no all-zero row', async () => {
    const simulator = await simulated({ wbProducts: 300 });
    const rows = wbRows(await report(simulator));
    expect(new Set(rows.map((row) => row.warehouseId)).size).toBe(8);
    expect(rows.some((row) => row.inWayToClient > 0 && row.inWayFromClient > 0)).toBe(true);
    expect(rows.every((row) => row.quantity + row.inWayToClient + row.inWayFromClient > 0)).toBe(true);
    expect(simulator.world.productIds('wildberries').length).toBe(300);
    expect(new Set(rows.map((row) => row.chrtId)).size).toBeLessThan(300);
    expect(Object.keys(rows[0] ?? {}).sort()).toEqual([
      'chrtId',
      'inWayFromClient',
      'inWayToClient',
      'nmId',
      'quantity',
      'regionName',
      'warehouseId',
      'warehouseName',
    ]);
  });

  it('filters by nmIds, and by chrtIds only within them', async () => {
    const simulator = await simulated({ wbProducts: 200 });
    const all = wbRows(await report(simulator));
    const cards = [...new Set(all.map((row) => row.nmId))];
    const rowsOf = (card: number) => all.filter((row) => row.nmId === card);
    const nmId = cards.find((card) => new Set(rowsOf(card).map((row) => row.chrtId)).size > 1) ?? 0;
    const rows = rowsOf(nmId);
    const chrtId = rows[0]?.chrtId ?? 0;
    expect(wbRows(await report(simulator, { nmIds: [nmId] }))).toEqual(rows);
    const size = rows.filter((row) => row.chrtId === chrtId);
    expect(wbRows(await report(simulator, { nmIds: [nmId], chrtIds: [chrtId] }))).toEqual(size);
    expect(wbRows(await report(simulator, { chrtIds: [chrtId] }))).toEqual(all);
    expect((await report(simulator, { nmIds: [1] })).status).toBe(204);
  });

  it.each([
    ['no body', ''],
    ['broken JSON', '{"limit":'],
    ['a list', '[]'],
    ['a limit above 250000', { limit: 250_001 }],
    ['a negative offset', { offset: -1 }],
    ['a limit in words', { limit: 'all' }],
    ['nmIds that is no list', { nmIds: 5 }],
    ['nmIds in words', { nmIds: ['5'] }],
    ['1001 nmIds', { nmIds: Array.from({ length: 1_001 }, (_, at) => at + 1) }],
  ])('refuses %s with the four fields of the analytics service', async (_, body) => {
    const answer = await report(await simulated(), body);
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.json as object).sort()).toEqual(['detail', 'origin', 'requestId', 'title']);
    expect(answer.json).toMatchObject({ title: 'Invalid request body', origin: 'analytic-open-api' });
  });

  it('can hold one row per size on -999999 «Склад WB», with the same totals, and split again', async () => {
    const simulator = await simulated();
    const split = wbRows(await report(simulator));
    simulator.world.mergeWildberriesWarehouses();
    const merged = wbRows(await report(simulator));
    expect(merged.every((row) => row.warehouseId === -999_999 && row.warehouseName === 'Склад WB')).toBe(
      true,
    );
    expect(merged.every((row) => row.regionName === 'Склад WB')).toBe(true);
    expect(merged.length).toBe(new Set(split.map((row) => row.chrtId)).size);
    for (const figure of ['quantity', 'inWayToClient', 'inWayFromClient'] as const) {
      const sum = (rows: typeof split): number => rows.reduce((all, row) => all + row[figure], 0);
      expect(sum(merged)).toBe(sum(split));
    }
    expect(wbLevels(merged)).toEqual(simulator.world.truth('wildberries'));
    simulator.world.splitWildberriesWarehouses();
    expect(wbRows(await report(simulator))).toEqual(split);
  });

  it('says nothing to tell as 204 or, in the older manner, as an empty list; zero rows on demand', async () => {
    const simulator = await simulated();
    simulator.world.setLevels('wildberries', [{ productId: '91663228', warehouseId: '507' }]);
    expect(await report(simulator)).toMatchObject({ status: 204, text: '' });
    simulator.modes.wildberries.emptyAnswer = 'empty-list';
    expect(await report(simulator)).toMatchObject({ status: 200, json: { data: { items: [] } } });
    simulator.modes.wildberries.zeroRows = true;
    expect(wbRows(await report(simulator))).toMatchObject([{ chrtId: 91_663_228, quantity: 0 }]);
  });

  it('renews the report every 30 minutes of the simulated clock, if told to', async () => {
    let now = NOW;
    const simulator = await simulated({ now: () => now, modes: { wildberries: { refreshMinutes: 30 } } });
    const before = wbRows(await report(simulator));
    simulator.world.drop('wildberries', 0.5);
    now += 29 * 60_000;
    expect(wbRows(await report(simulator))).toEqual(before);
    expect(wbLevels(before)).toEqual(simulator.world.truth('wildberries'));
    now += 60_000;
    const after = wbRows(await report(simulator));
    expect(after).not.toEqual(before);
    expect(wbLevels(after)).toEqual(simulator.world.truth('wildberries'));
    simulator.world.drop('wildberries', 0.5);
    simulator.world.advance(0.5);
    expect(wbRows(await report(simulator))).not.toEqual(after);
  });
});

describe('Wildberries: token', () => {
  const sid = 'e8923014-e233-4708-898e-3cc86d67ea61';
  const mint = (options: Partial<Parameters<typeof mintWbToken>[0]> = {}) =>
    mintWbToken({ sid, issuedAt: NOW, ...options });
  const start = () => simulated({ now: () => NOW, credentials: { wbSid: sid } });

  it('is taken raw or behind Bearer, and holds the documented claims', async () => {
    const simulator = await start();
    const { wbToken } = simulator.credentials;
    expect((await report(simulator, {}, wbToken)).status).toBe(200);
    expect((await report(simulator, {}, `Bearer ${wbToken}`)).status).toBe(200);
    expect(readClaims(wbToken)).toMatchObject({
      sid,
      acc: 3,
      for: 'self',
      t: false,
      exp: NOW / 1_000 + 180 * 86_400,
    });
    expect(simulator.credentials.wbSid).toBe(sid);
  });

  it.each([
    ['nothing', () => ' ', 'empty Authorization header'],
    [
      'no JWT',
      () => 'secret',
      'access token problem; token is malformed: token contains an invalid number of segments',
    ],
    [
      'a signature that is no base64',
      () => `${mint().split('.').slice(0, 2).join('.')}.ab*c`,
      'token problem; token is malformed: could not base64 decode signature: illegal base64 data at input byte 2',
    ],
    ['a cut signature', () => mint().slice(0, -4), 'access token problem; token signature is invalid'],
    [
      'an expired token',
      () => mint({ expiresAt: NOW }),
      'token expired; Manage tokens at https://seller.wildberries.ru/supplier-settings/access-to-api',
    ],
    [
      'a token without Analytics',
      () => mint({ categories: ['content', 'marketplace'] }),
      'token scope not allowed',
    ],
    ['a test token', () => mint({ kind: 'test' }), 'token scope not allowed'],
  ])('refuses %s with 401 problem+json', async (_, token, detail) => {
    const simulator = await start();
    const answer = await report(simulator, {}, token());
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.json).toEqual({
      title: 'unauthorized',
      detail,
      code: expect.any(String),
      requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
      origin: 's2s-api-auth-catalog',
      status: 401,
      statusText: 'Unauthorized',
      timestamp: '2026-11-23T09:00:00Z',
    });
  });

  it('closes wb-warehouses, but not seller-info, to base tokens', async () => {
    const simulator = await start();
    const token = mint({ kind: 'base' });
    const answer = await report(simulator, {}, token);
    expect(answer.status).toBe(403);
    expect(answer.json).toEqual({
      title: 'Forbidden',
      detail: 'token does not satisfy additional requirements',
      requestId: expect.any(String),
      origin: 'ag-contentanalytics',
      status: 403,
      statusText: 'Forbidden',
      timestamp: '2026-11-23T09:00:00Z',
    });
    expect((await wbGet(simulator, '/api/v1/seller-info', token)).status).toBe(200);
    expect((await wbGet(simulator, '/api/v1/seller-info', token)).headers.get('x-ratelimit-retry')).toBe(
      '86400',
    );
  });

  it('can refuse in the documented words, and ask for money', async () => {
    const simulator = await start();
    simulator.modes.wildberries.access = 'base-token';
    expect(await report(simulator)).toMatchObject({
      status: 403,
      json: {
        title: 'forbidden',
        detail: 'base token is not allowed',
        code: 'base token is not allowed for this path',
      },
    });
    simulator.modes.wildberries.access = 'unfit-token';
    expect((await report(simulator)).json).toMatchObject({
      detail: 'token does not satisfy additional requirements',
    });
    simulator.modes.wildberries.access = 'payment-required';
    expect(await report(simulator)).toMatchObject({ status: 402, json: { title: 'payment required' } });
  });
});

describe('Wildberries: limits', () => {
  it('gives wb-warehouses one call per 20 seconds and says when to come back', async () => {
    let now = NOW;
    const simulator = await simulated({ now: () => now, wbIntervalMs: 20_000 });
    const passed = await report(simulator);
    expect(passed.status).toBe(200);
    expect(passed.headers.get('x-ratelimit-remaining')).toBe('0');
    now += 4_500;
    const refused = await report(simulator);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(refused.json).toMatchObject({
      title: 'too many requests',
      detail: expect.stringMatching(/^limited by [0-9a-f-]{36}$/),
      origin: 's2s-api-auth-catalog',
      status: 429,
      statusText: 'Too Many Requests',
    });
    const headers = Object.fromEntries(refused.headers);
    expect(headers).toMatchObject({
      'x-ratelimit-retry': '16',
      'x-ratelimit-limit': '1',
      'x-ratelimit-reset': '16',
    });
    now += 15_500;
    expect((await report(simulator)).status).toBe(200);
  });

  it('counts a refused question too, and gives each method its own bucket', async () => {
    const simulator = await simulated({ now: () => NOW, wbIntervalMs: 20_000 });
    expect((await report(simulator, { limit: 'all' })).status).toBe(400);
    expect((await report(simulator)).status).toBe(429);
    const left: (string | null)[] = [];
    for (let call = 0; call < 10; call += 1) {
      left.push((await wbGet(simulator, '/api/v1/seller-info')).headers.get('x-ratelimit-remaining'));
    }
    expect(left).toEqual(['9', '8', '7', '6', '5', '4', '3', '2', '1', '0']);
    const refused = await wbGet(simulator, '/api/v1/seller-info');
    expect(refused.status).toBe(429);
    expect(Object.fromEntries(refused.headers)).toMatchObject({
      'x-ratelimit-retry': '60',
      'x-ratelimit-limit': '10',
      'x-ratelimit-reset': '600',
    });
  });
});

describe('Wildberries: the rest', () => {
  it('answers ping in Moscow time, three times in 30 seconds', async () => {
    const simulator = await simulated({ now: () => NOW });
    expect((await wbGet(simulator, '/ping')).json).toEqual({ TS: '2026-11-23T12:00:00+03:00', Status: 'OK' });
    await wbGet(simulator, '/wb/ping');
    expect((await wbGet(simulator, '/ping')).status).toBe(200);
    expect((await wbGet(simulator, '/ping')).status).toBe(429);
    expect((await wbGet(simulator, '/ping', ' ')).status).toBe(401);
  });

  it('says who the seller is', async () => {
    const simulator = await simulated();
    const { json } = await wbGet(simulator, '/api/v1/seller-info');
    expect(json).toEqual({
      name: expect.any(String),
      sid: simulator.credentials.wbSid,
      tin: expect.stringMatching(/^\d{10,12}$/),
      tradeMark: expect.any(String),
    });
  });

  it('is dead at supplier/stocks with PLUG-404, in whichever field', async () => {
    const simulator = await simulated();
    for (const retiredCodeIn of ['code', 'detail', 'title'] as const) {
      simulator.modes.wildberries.retiredCodeIn = retiredCodeIn;
      const answer = await wbGet(simulator, '/api/v1/supplier/stocks?dateFrom=2019-06-20');
      expect(answer.status).toBe(404);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(answer.json).toMatchObject({ [retiredCodeIn]: 'PLUG-404-20260720', status: 404 });
    }
    const unknown = await wbGet(simulator, '/api/v9/nothing');
    expect(unknown).toMatchObject({
      status: 404,
      json: { title: 'path not found', origin: 's2s-api-auth-stat', statusText: 'Not Found' },
    });
    expect(unknown.text).not.toContain('PLUG');
  });
});
