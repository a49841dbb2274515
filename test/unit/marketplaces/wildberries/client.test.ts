import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../../src/domain/secret.js';
import { RequestGate } from '../../../../src/marketplaces/http/request-gate.js';
import { WB_METHODS } from '../../../../src/marketplaces/wildberries/limits.js';
import { thrownBy } from '../support/answers.js';
import { answer } from '../support/local-server.js';
import { wbToken } from '../support/wb-token.js';
import { never, TOKEN, WbBench } from './wb-bench.js';

let bench: WbBench;
beforeEach(async () => {
  bench = await WbBench.start();
});
afterEach(() => bench.close());

/** Every method once. */
const CALLS = [
  [
    'wb-warehouses',
    'POST',
    '/analytics/api/analytics/v1/stocks-report/wb-warehouses',
    '{"data":{"items":[]}}',
  ],
  [
    'seller-warehouses',
    'POST',
    '/analytics/api/analytics/v1/stocks-report/seller-warehouses',
    '{"data":{"items":[]}}',
  ],
  ['cards', 'POST', '/content/content/v2/get/cards/list', '{"cards":[],"cursor":{"total":0}}'],
  ['warehouses', 'GET', '/marketplace/api/v3/warehouses', '[]'],
  ['fbs-stocks', 'POST', '/marketplace/api/v3/stocks/507', '{"stocks":[]}'],
  ['seller-info', 'GET', '/common/api/v1/seller-info', '{}'],
  ['ping', 'GET', '/content/ping', '{"Status":"OK"}'],
] as const;
type Method = (typeof CALLS)[number][0];

function ask(method: Method, client = bench.open()): Promise<unknown> {
  if (method === 'wb-warehouses' || method === 'seller-warehouses') return client.report(method, 0, never);
  if (method === 'cards') return client.cards(null, never);
  if (method === 'warehouses') return client.warehouses(never);
  if (method === 'fbs-stocks') return client.fbsStocks('507', ['1'], never);
  return method === 'seller-info' ? client.sellerInfo(never) : client.ping('content', never);
}

describe('every method', () => {
  it('is here', () => {
    expect(CALLS.map(([method]) => method)).toEqual([...WB_METHODS]);
  });

  it.each(CALLS)('%s is asked at its host with the token', async (method, verb, path, body) => {
    bench.server.handler = answer(200, body);
    await ask(method);
    expect(bench.server.asked).toHaveLength(1);
    expect(bench.server.asked[0]).toMatchObject({ method: verb, path });
    expect(bench.server.asked[0]?.headers.authorization).toBe(TOKEN);
  });

  it.each(CALLS)('%s can be elsewhere', async (method, _verb, path, body) => {
    bench.server.handler = answer(200, body);
    const elsewhere = method === 'fbs-stocks' ? '/v9/{warehouseId}/stocks' : '/v9/x';
    await ask(method, bench.open({ paths: { [method]: elsewhere } }));
    const host = path.split('/')[1] ?? '';
    expect(bench.server.asked[0]?.path).toBe(`/${host}${elsewhere.replace('{warehouseId}', '507')}`);
  });

  it.each(CALLS)('%s goes through the gate', async (method, _verb, _path, body) => {
    bench.server.handler = answer(200, body);
    let passed = 0;
    class CountingGate extends RequestGate {
      override run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
        passed += 1;
        return super.run(work, signal);
      }
    }
    await ask(method, bench.open({ gate: new CountingGate(1) }));
    expect(passed).toBe(1);
  });

  it.each(CALLS)('%s refuses HTML with status 200', async (method) => {
    bench.server.handler = answer(200, '<html></html>');
    await expect(ask(method)).rejects.toMatchObject({ code: 'API_BAD_ANSWER' });
  });

  it.each(CALLS)('%s tells of a method that was switched off', async (method) => {
    bench.server.handler = answer(404, '{"title":"x","code":"PLUG-404-20261201"}');
    await expect(ask(method)).rejects.toMatchObject({ code: 'API_RETIRED' });
    expect(bench.server.asked).toHaveLength(1);
  });
});

describe('ids', () => {
  it('go out as numbers, exact to the last digit', async () => {
    bench.server.handler = answer(200, '{"stocks":[]}');
    await bench.open().fbsStocks('9007199254740993', ['9007199254740993', '9223372036854775807', '5'], never);
    expect(bench.server.asked[0]).toMatchObject({
      path: '/marketplace/api/v3/stocks/9007199254740993',
      body: '{"chrtIds":[9007199254740993,9223372036854775807,5]}',
    });
    expect(bench.server.asked[0]?.headers['content-type']).toMatch('application/json');
  });

  it.each([['1],"x":[2'], [''], ['-1'], ['007'], ['1.5']])('that are none, %j, go nowhere', async (id) => {
    const client = bench.open();
    await expect(client.fbsStocks('1', [id], never)).rejects.toMatchObject({ code: 'INVARIANT' });
    await expect(client.fbsStocks(id, ['1'], never)).rejects.toMatchObject({ code: 'INVARIANT' });
    const after = { updatedAt: 'x', nmId: id };
    await expect(client.cards(after, never)).rejects.toMatchObject({ code: 'INVARIANT' });
    expect(bench.server.asked).toHaveLength(0);
  });

  it('of warehouses come back exact too, with those that are being deleted marked', async () => {
    bench.server.handler = answer(
      200,
      '[{"id":9007199254740993,"name":"x","isDeleting":false},{"id":2,"isDeleting":true},{"id":3}]',
    );
    expect((await bench.open().warehouses(never)).warehouses).toEqual([
      { id: '9007199254740993', isDeleting: false },
      { id: '2', isDeleting: true },
      { id: '3', isDeleting: false },
    ]);
  });

  it.each(['{}', '[{"name":"x"}]', '[{"id":0}]', '[{"id":-5}]', '[null]', ''])(
    'of warehouses in %j are refused',
    async (body) => {
      bench.server.handler = answer(200, body);
      await expect(bench.open().warehouses(never)).rejects.toMatchObject({ code: 'API_BAD_ANSWER' });
    },
  );
});

describe('the ping', () => {
  it('has a limit of its own at each host', async () => {
    bench.server.handler = answer(200, '{"Status":"OK"}');
    const client = bench.open();
    for (const host of ['analytics', 'common', 'content', 'marketplace'] as const) {
      for (let time = 1; time <= 3; time += 1) await client.ping(host, never);
    }
    expect(bench.timing.sleeps).toEqual([]);
    await client.ping('common', never);
    expect(bench.timing.sleeps).toEqual([10_000]);
  });
});

describe('a 4XX of marketplace', () => {
  it('costs ten requests', async () => {
    bench.server.handler = answer(400, '{"code":"IncorrectRequest","message":""}');
    const client = bench.open();
    for (let time = 1; time <= 3; time += 1) {
      await expect(client.warehouses(never)).rejects.toMatchObject({ code: 'API_REJECTED' });
    }
    // Twenty tokens went for two; the third waits for the first one of its own.
    expect(bench.timing.sleeps).toEqual([200]);
  });
});

describe('settings', () => {
  it('without the place of the warehouse are refused', () => {
    expect(thrownBy(() => bench.open({ paths: { 'fbs-stocks': '/api/v4/stocks' } }))).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('WB_PATHS'),
      remedy: expect.stringContaining('{warehouseId}'),
    });
  });
});

describe('the token', () => {
  it('goes out with Bearer where that is set', async () => {
    bench.server.handler = answer(200, '[]');
    await bench.open({ authorization: 'bearer' }).warehouses(never);
    expect(bench.server.asked[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it('is refused before anybody is asked', () => {
    expect(thrownBy(() => bench.open({ token: new Secret(wbToken({ s: 2 })) }))).toMatchObject({
      code: 'API_CREDENTIALS',
    });
    expect(bench.server.asked).toHaveLength(0);
  });

  it('never shows, not even where Wildberries echoes a part of it', async () => {
    const [, payload = ''] = TOKEN.split('.');
    const detail = `token is malformed: ${TOKEN} ${payload}`;
    bench.server.handler = answer(401, JSON.stringify({ title: 'unauthorized', detail }));
    const client = bench.open();
    const error: unknown = await client.report('wb-warehouses', 0, never).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'API_CREDENTIALS' });
    for (const hidden of [TOKEN, payload]) expect(inspect(error, { depth: 10 })).not.toContain(hidden);
    expect(inspect(client, { depth: 10, showHidden: true })).not.toContain(payload);
  });
});

describe('content', () => {
  const refusal = (errorText: string) => JSON.stringify({ data: null, error: true, errorText });

  it.each([
    ['Access denied', 'API_CREDENTIALS'],
    ['Invalid request', 'API_REJECTED'],
    ['Internal error', 'API_UNAVAILABLE'],
    ['Внутренняя ошибка сервиса', 'API_UNAVAILABLE'],
  ])('may say %s with status 200', async (errorText, code) => {
    bench.server.handler = answer(200, refusal(errorText));
    await expect(bench.open().cards(null, never)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(errorText),
      advice: expect.anything(),
    });
  });

  it('may use those words in a card', async () => {
    const cards = [{ nmID: 1, title: '"error":true', note: { error: true } }];
    const body = JSON.stringify({ cards, cursor: { updatedAt: 'x', nmID: 1, total: 1 }, error: false });
    bench.server.handler = answer(200, body);
    expect((await bench.open().cards(null, never)).rows).toHaveLength(1);
  });
});
