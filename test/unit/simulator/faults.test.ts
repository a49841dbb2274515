import { describe, expect, it } from 'vitest';
import type { FaultSpec } from '../../../src/simulator/faults/fault.js';
import { startSimulator } from '../../../src/simulator/simulator.js';
import { ozon, ozonPage, type Reply, report, STOCKS, simulated, wb, wbRows } from './simulated.js';

const ASK = { filter: {}, limit: 20 };

function statuses(answers: readonly Reply[]): number[] {
  return answers.map((answer) => answer.status);
}

describe('faults in place of the method', () => {
  it('hits the next k matching calls only, after letting some pass', async () => {
    const simulator = await simulated();
    const plan = simulator.faults.inject({ kind: '500', match: STOCKS, times: 2, after: 2 });
    const answers: Reply[] = [];
    for (let call = 0; call < 6; call += 1) {
      answers.push(await ozon(simulator, STOCKS, ASK));
    }
    expect(statuses(answers)).toEqual([200, 200, 500, 500, 200, 200]);
    expect(answers[2]?.json).toEqual({ code: 13, message: 'Internal error', details: [] });
    expect(plan.hits()).toBe(2);
    const faults = simulator.requests().map((entry) => entry.fault);
    expect(faults).toEqual([undefined, undefined, '500', '500', undefined, undefined]);
  });

  it('tells sources and paths apart, and forgets on request', async () => {
    const simulator = await simulated();
    simulator.faults.inject({ kind: '500', match: 'wildberries', rate: 1 });
    simulator.faults.inject({
      kind: 'status',
      match: '/v1/roles',
      rate: 1,
      status: 502,
      body: 'bad gateway',
    });
    expect((await ozon(simulator, STOCKS, ASK)).status).toBe(200);
    expect((await ozon(simulator, '/v1/roles', {})).text).toBe('bad gateway');
    const wb = await report(simulator);
    expect(wb.status).toBe(500);
    expect(wb.headers.get('content-type')).toBe('application/problem+json');
    simulator.faults.clear();
    expect((await report(simulator)).status).toBe(200);
  });

  it('draws by rate from its seed, the same every time', async () => {
    const series: number[][] = [];
    for (let run = 0; run < 2; run += 1) {
      const simulator = await simulated({ ozonRps: 0 });
      simulator.faults.inject({ kind: '500', match: 'ozon', rate: 0.4, seed: 9 });
      const answers: Reply[] = [];
      for (let call = 0; call < 40; call += 1) {
        answers.push(await ozon(simulator, STOCKS, { filter: {}, limit: 1 }));
      }
      series.push(statuses(answers));
    }
    expect(series[0]).toEqual(series[1]);
    const hits = series[0]?.filter((status) => status === 500).length ?? 0;
    expect(hits).toBeGreaterThan(5);
    expect(hits).toBeLessThan(30);
  });

  it('says 429 in each marketplace`s way, for hours if need be, or without any header', async () => {
    const simulator = await simulated();
    simulator.faults.inject({ kind: '429', match: 'ozon', retrySeconds: 7 });
    const first = await ozon(simulator, STOCKS, ASK);
    expect(first).toMatchObject({ status: 429, json: { code: 8 } });
    expect(first.headers.get('retry-after')).toBe('7');
    simulator.faults.inject({ kind: '429', match: 'wildberries', retrySeconds: 18_236 });
    const second = await report(simulator);
    expect(second).toMatchObject({ status: 429, json: { title: 'too many requests' } });
    expect(Object.fromEntries(second.headers)).toMatchObject({
      'x-ratelimit-retry': '18236',
      'x-ratelimit-limit': '1',
      'x-ratelimit-reset': '18236',
    });
    simulator.faults.inject({ kind: '429', times: 2, withHeaders: false });
    const bare = [await ozon(simulator, STOCKS, ASK), await report(simulator)];
    expect(statuses(bare)).toEqual([429, 429]);
    expect(
      bare.flatMap((answer) => [...answer.headers.keys()]).filter((name) => /ratelimit|retry/.test(name)),
    ).toEqual([]);
  });

  it('answers 200 with a web page, or with nothing', async () => {
    const simulator = await simulated();
    simulator.faults.inject({ kind: 'html-200' });
    simulator.faults.inject({ kind: 'empty-200' });
    const html = await ozon(simulator, STOCKS, ASK);
    expect([html.status, html.headers.get('content-type'), html.text.slice(0, 9)]).toEqual([
      200,
      'text/html; charset=utf-8',
      '<!DOCTYPE',
    ]);
    expect(await ozon(simulator, STOCKS, ASK)).toMatchObject({ status: 200, text: '' });
  });

  it('retires a method, also one with a warehouse in its path, in each marketplace`s words', async () => {
    const simulator = await simulated();
    simulator.faults.inject({ kind: 'retired', match: STOCKS, rate: 1 });
    simulator.faults.inject({ kind: 'retired', match: '/api/v3/stocks/{warehouseId}', rate: 1 });
    expect(await ozon(simulator, STOCKS, ASK)).toMatchObject({ status: 400, json: { code: 9 } });
    expect((await ozon(simulator, '/v1/roles', {})).status).toBe(200);
    const gone = await wb(simulator, 'POST /api/v3/stocks/1184201', { chrtIds: [1] });
    expect(gone.status).toBe(404);
    expect(gone.text).toMatch(/PLUG-404-\d{8}/);
    expect((await wb(simulator, 'GET /api/v3/warehouses')).status).toBe(200);
  });

  it('says any documented error by its name', async () => {
    const simulator = await simulated();
    simulator.faults.inject({ kind: 'problem', problem: 'limited-globally', match: 'wildberries' });
    const limited = await report(simulator);
    expect(limited).toMatchObject({ status: 429, json: { detail: expect.stringMatching(/global limiter/) } });
    expect(limited.headers.get('x-ratelimit-retry')).toBe('18236');
    simulator.faults.inject({ kind: 'problem', problem: 'circle-open' });
    expect(await ozon(simulator, STOCKS, ASK)).toMatchObject({ json: { message: 'Circle is open' } });
  });

  it('hangs until the simulator closes', async () => {
    const simulator = await startSimulator({ ozonProducts: 1, wbProducts: 1 });
    simulator.faults.inject({ kind: 'hang' });
    let ended = false;
    const call = ozon(simulator, STOCKS, ASK).finally(() => {
      ended = true;
    });
    const refused = expect(call).rejects.toThrow();
    await expect.poll(() => simulator.requests().length).toBe(1);
    expect((await ozon(simulator, STOCKS, ASK)).status).toBe(200);
    expect(ended).toBe(false);
    expect(simulator.requests()[0]).toMatchObject({ status: 0, finishedAt: undefined, fault: 'hang' });
    await simulator.close();
    await refused;
    await simulator.close();
  });
});

describe('faults in what the answer says', () => {
  it('lacks rows, or repeats those of the previous page', async () => {
    const simulator = await simulated();
    const ids = (answer: Reply): string[] => ozonPage(answer).items.map((item) => item.product_id);
    const whole = await ozon(simulator, STOCKS, ASK);
    simulator.faults.inject({ kind: 'missing-rows', count: 4 });
    const holed = ids(await ozon(simulator, STOCKS, ASK));
    expect(holed).toHaveLength(16);
    expect(ids(whole)).toEqual(expect.arrayContaining(holed));

    simulator.faults.inject({ kind: 'duplicate-rows', count: 2 });
    const { cursor } = ozonPage(await ozon(simulator, STOCKS, { ...ASK, limit: 3 }));
    expect(ids(whole).slice(0, 3)).toHaveLength(3);
    simulator.faults.inject({ kind: 'duplicate-rows', count: 2 });
    const second = ids(await ozon(simulator, STOCKS, { ...ASK, limit: 3, cursor }));
    expect(second).toEqual(ids(whole).slice(1, 6));
  });

  it('does the same to Wildberries` rows', async () => {
    const simulator = await simulated();
    const all = wbRows(await report(simulator));
    simulator.faults.inject({ kind: 'missing-rows', match: 'wildberries', count: 5 });
    expect(wbRows(await report(simulator))).toHaveLength(all.length - 5);
    await report(simulator, { limit: 10 });
    simulator.faults.inject({ kind: 'duplicate-rows', match: 'wildberries', count: 2 });
    expect(wbRows(await report(simulator, { limit: 10, offset: 10 }))).toEqual(all.slice(8, 20));
  });

  it('collapses to an empty list', async () => {
    const simulator = await simulated();
    simulator.faults.inject({ kind: 'collapse-empty', times: 2 });
    expect((await ozon(simulator, STOCKS, ASK)).json).toEqual({ items: [], cursor: '', total_items: 0 });
    expect((await report(simulator)).json).toEqual({ data: { items: [] } });
  });

  it('never gets on with a looping cursor, or an ignored offset', async () => {
    const simulator = await simulated();
    simulator.faults.inject({ kind: 'looping-cursor', rate: 1 });
    const first = ozonPage(await ozon(simulator, STOCKS, ASK));
    const second = ozonPage(await ozon(simulator, STOCKS, { ...ASK, cursor: first.cursor }));
    const third = ozonPage(await ozon(simulator, STOCKS, { ...ASK, cursor: second.cursor }));
    expect(second.cursor).toBe(first.cursor);
    expect(third).toEqual(second);
    const rows = wbRows(await report(simulator, { limit: 4 }));
    expect(wbRows(await report(simulator, { limit: 4, offset: 4 }))).toEqual(rows);
  });

  it.each<[FaultSpec['shape'], (json: Record<string, unknown>) => boolean]>([
    ['wrapper', (json) => !('items' in json) && 'payload' in json],
    ['not-a-list', (json) => !Array.isArray(json.items)],
    ['types', (json) => JSON.stringify(json).includes('"present":"много"')],
    ['negative', (json) => JSON.stringify(json).includes('"present":-5')],
    ['missing-field', (json) => /\{"type":"\w+","reserved"/.test(JSON.stringify(json))],
  ])('has the wrong shape: %s', async (shape, isWrong) => {
    const simulator = await simulated();
    simulator.faults.inject({ kind: 'wrong-shape', ...(shape ? { shape } : {}) });
    const bent = await ozon(simulator, STOCKS, ASK);
    expect(bent.status).toBe(200);
    expect(isWrong(bent.json as Record<string, unknown>)).toBe(true);
    expect(isWrong((await ozon(simulator, STOCKS, ASK)).json as Record<string, unknown>)).toBe(false);
  });

  it.each(['types', 'renamed-field', 'number-as-text', 'missing-field', 'wrapper'] as const)(
    'rounds no id when it bends the shape: %s',
    async (shape) => {
      const simulator = await simulated({ hostile: true });
      const ask = { filter: {}, limit: 1_000 };
      const { text } = await ozon(simulator, STOCKS, ask);
      const long = /"product_id":(9007199254\d+)/.exec(text)?.[1] ?? '';
      expect(Number(long).toString()).not.toBe(long);
      simulator.faults.inject({ kind: 'wrong-shape', shape });
      const bent = await ozon(simulator, STOCKS, ask);
      expect(bent.text).not.toBe(text);
      expect(bent.text).toContain(`"product_id":${long},`);
    },
  );

  it('renames a field, or writes a number as text, with its value unharmed', async () => {
    const simulator = await simulated();
    const [row] = wbRows(await report(simulator));
    simulator.faults.inject({ kind: 'wrong-shape', match: 'wildberries', shape: 'number-as-text' });
    expect(wbRows(await report(simulator))[0]).toEqual({ ...row, quantity: String(row?.quantity) });
    simulator.faults.inject({ kind: 'wrong-shape', match: 'wildberries', shape: 'renamed-field' });
    const { quantity, ...others } = row ?? {};
    expect(wbRows(await report(simulator))[0]).toEqual({ ...others, quantity_v2: quantity });
  });

  it.each<[string, string, unknown]>([
    [
      '/content/v2/get/cards/list',
      'POST /content/v2/get/cards/list',
      { settings: { filter: { withPhoto: -1 } } },
    ],
    ['/api/v3/warehouses', 'GET /api/v3/warehouses', undefined],
    ['/api/v3/stocks/{warehouseId}', 'POST /api/v3/stocks/1184201', 'ids'],
  ])('lacks, repeats and collapses the rows of %s', async (match, call, body) => {
    const simulator = await simulated({ unlimited: true });
    const ids = simulator.world.productIds('wildberries').map(Number);
    const size = async () => {
      const answer = await wb(simulator, call, body === 'ids' ? { chrtIds: ids } : body);
      const json = answer.json as { cards?: unknown[]; stocks?: unknown[] } | unknown[];
      return (Array.isArray(json) ? json : (json.cards ?? json.stocks))?.length;
    };
    const whole = (await size()) ?? 0;
    expect(whole).toBeGreaterThan(2);
    simulator.faults.inject({ kind: 'missing-rows', match: match as '/', count: 1 });
    expect(await size()).toBe(whole - 1);
    simulator.faults.inject({ kind: 'duplicate-rows', match: match as '/', count: 2 });
    expect(await size()).toBe(whole + 2);
    simulator.faults.inject({ kind: 'collapse-empty', match: match as '/' });
    expect(await size()).toBe(0);
    expect(await size()).toBe(whole);
  });

  it('leads the caller in a circle with the cursors of warehouses and cards', async () => {
    const simulator = await simulated({ unlimited: true });
    simulator.faults.inject({ kind: 'looping-cursor', rate: 1 });
    const ask = { warehouse_id: '1020003080073000', limit: 3 };
    const path = '/v1/product/info/warehouse/stocks';
    type Page = { cursor: string; has_next: boolean };
    const first = (await ozon(simulator, path, ask)).json as Page;
    const second = (await ozon(simulator, path, { ...ask, cursor: first.cursor })).json as Page;
    expect([second.cursor, second.has_next]).toEqual([first.cursor, true]);
    const cards = async (cursor: object) => {
      const settings = {
        sort: { ascending: true },
        filter: { withPhoto: -1 },
        cursor: { limit: 3, ...cursor },
      };
      return (await wb(simulator, 'POST /content/v2/get/cards/list', { settings })).json as {
        cursor: object;
      };
    };
    const one = await cards({});
    const two = await cards(one.cursor);
    expect(two.cursor).toEqual(one.cursor);
    expect(one.cursor).toMatchObject({ total: 3 });
  });

  it('waits for a good answer to spoil', async () => {
    const simulator = await simulated();
    simulator.faults.inject({ kind: 'missing-rows', count: 1 });
    expect((await ozon(simulator, STOCKS, {})).status).toBe(400);
    expect((await ozon(simulator, '/v1/roles', {})).status).toBe(200);
    expect(ozonPage(await ozon(simulator, STOCKS, ASK)).items).toHaveLength(19);
  });
});

describe('faults in the delivery', () => {
  it('cuts the JSON inside a complete HTTP answer', async () => {
    const simulator = await simulated();
    simulator.faults.inject({ kind: 'cut-json' });
    const response = await fetch(simulator.url + STOCKS, {
      method: 'POST',
      headers: {
        'Client-Id': simulator.credentials.ozonClientId,
        'Api-Key': simulator.credentials.ozonApiKey,
      },
      body: JSON.stringify(ASK),
    });
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text.startsWith('{"items":[')).toBe(true);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  });

  it('resets the connection in mid body, for either marketplace', async () => {
    const simulator = await simulated();
    simulator.faults.inject({ kind: 'reset', times: 2 });
    await expect(ozon(simulator, STOCKS, ASK)).rejects.toThrow();
    await expect(report(simulator)).rejects.toThrow();
    expect((await report(simulator)).status).toBe(200);
  });

  it('delivers whole but late, or piece by piece', async () => {
    const simulator = await simulated();
    const whole = await ozon(simulator, STOCKS, ASK);
    simulator.faults.inject({ kind: 'slow', ms: 30 });
    expect((await ozon(simulator, STOCKS, ASK)).text).toBe(whole.text);
    simulator.faults.inject({ kind: 'trickle', ms: 1 });
    expect((await ozon(simulator, STOCKS, ASK)).text).toBe(whole.text);
    expect(simulator.requests().map((entry) => entry.fault)).toEqual([undefined, 'slow', 'trickle']);
  });

  it('frees slow and trickling calls on close', async () => {
    const simulator = await startSimulator({ ozonProducts: 50, wbProducts: 1 });
    simulator.faults.inject({ kind: 'slow', ms: 600_000 });
    simulator.faults.inject({ kind: 'trickle', ms: 600_000 });
    const calls = Promise.allSettled([ozon(simulator, STOCKS, ASK), ozon(simulator, STOCKS, ASK)]);
    await expect.poll(() => simulator.requests().filter((entry) => entry.status === 200).length).toBe(2);
    await simulator.close();
    expect((await calls).map((call) => call.status)).toEqual(['rejected', 'rejected']);
  });
});

describe('planning faults', () => {
  it.each<[string, object]>([
    ['an unknown kind', { kind: 'fire' }],
    ['an unknown match', { kind: '500', match: 'yandex' }],
    ['a rate above one', { kind: '500', rate: 2 }],
    ['a negative count', { kind: '500', times: -1 }],
    ['a status fault without status', { kind: 'status' }],
    ['an unknown shape', { kind: 'wrong-shape', shape: 'round' }],
    ['an unknown problem', { kind: 'problem', problem: 'hunger' }],
    ['a problem without a name', { kind: 'problem' }],
  ])('refuses %s', async (_, spec) => {
    const simulator = await simulated();
    expect(() => simulator.faults.inject(spec as FaultSpec)).toThrow(
      expect.objectContaining({ code: 'USAGE' }),
    );
  });
});
