import { describe, expect, it } from 'vitest';
import type { Simulator } from '../../../src/simulator/simulator.js';
import { mintWbToken } from '../../../src/simulator/wildberries/token.js';
import type { TruthRow } from '../../../src/simulator/world/types.js';
import { parseLong } from '../../contract/vendor/json.js';
import { byKey, type Reply, simulated, wb } from './simulated.js';

const REPORT = 'POST /api/analytics/v1/stocks-report/seller-warehouses';

type Row = Readonly<Record<string, unknown>>;

function digits(id: unknown): string {
  return typeof id === 'object' && id !== null && '$long' in id ? String(id.$long) : String(id);
}

function level(productId: unknown, warehouseId: unknown, quantity: unknown): TruthRow {
  return {
    productId: digits(productId),
    scheme: 'fbs',
    warehouseId: digits(warehouseId),
    present: Number(quantity),
    reserved: 0,
    available: Number(quantity),
    inWayToClient: 0,
    inWayFromClient: 0,
  };
}

function own(rows: readonly TruthRow[]): TruthRow[] {
  return rows.filter(({ scheme }) => scheme === 'fbs');
}

/** FBS as read by warehouse and size; chrtIds are written digit by digit. */
async function readByWarehouse(simulator: Simulator): Promise<TruthRow[]> {
  const ids = simulator.world.productIds('wildberries').join(',');
  const rows: TruthRow[] = [];
  const warehouses = parseLong((await wb(simulator, 'GET /api/v3/warehouses')).text) as Row[];
  for (const { id } of warehouses) {
    const answer = await wb(simulator, `POST /api/v3/stocks/${digits(id)}`, `{"chrtIds":[${ids}]}`);
    const { stocks } = parseLong(answer.text) as { stocks: Row[] };
    rows.push(...stocks.map(({ chrtId, amount }) => level(chrtId, id, amount)));
  }
  return byKey(rows);
}

async function readReport(simulator: Simulator): Promise<TruthRow[]> {
  const answer = await wb(simulator, REPORT, {});
  const { items } = (parseLong(answer.text) as { data: { items: Row[] } }).data;
  return byKey(items.map(({ chrtId, warehouseId, quantity }) => level(chrtId, warehouseId, quantity)));
}

describe('Wildberries: the seller`s own stock', () => {
  it('reads the same by either method, but for the zeroes', async () => {
    const simulator = await simulated({ unlimited: true, hostile: true, oddities: true });
    const { world } = simulator;
    for (let turn = 0; turn < 3; turn += 1) {
      const truth = own(world.truth('wildberries', { fbs: true }));
      expect(await readByWarehouse(simulator)).toEqual(truth);
      expect(await readReport(simulator)).toEqual(own(world.truth('wildberries', { fbs: 'report' })));
      expect(truth.filter(({ available }) => available > 0)).toEqual(
        own(world.truth('wildberries', { fbs: 'report' })),
      );
      world.advance(9);
    }
    expect(own(world.truth('wildberries', { fbs: true })).some(({ available }) => available === 0)).toBe(
      true,
    );
    expect(own(world.truth('wildberries'))).toEqual([]);
  });

  it('lies in three warehouses, from one the seller delivers; they open, close and are renamed', async () => {
    const simulator = await simulated({ unlimited: true });
    const { world } = simulator;
    const list = async () => (await wb(simulator, 'GET /api/v3/warehouses')).json as Row[];
    expect((await list()).map(({ deliveryType }) => deliveryType)).toEqual([1, 1, 2]);
    const [size = ''] = world.productIds('wildberries');
    const id = world.addWarehouse('wildberries', { id: '9007199254740881', name: 'Дальний' });
    world.setStock('wildberries', size, { scheme: 'fbs', warehouseId: id, present: 4 });
    world.changeWarehouse('wildberries', id, { name: 'Ближний', isProcessing: true });
    expect(await list()).toContainEqual(expect.objectContaining({ name: 'Ближний', isProcessing: true }));
    expect(await readByWarehouse(simulator)).toContainEqual(level(size, id, 4));
    expect(await readReport(simulator)).toContainEqual(level(size, id, 4));
    world.renameWarehouse('wildberries', id, 'Средний');
    expect((await wb(simulator, REPORT, {})).text).toContain('"warehouseName":"Средний"');
    world.deleteWarehouse('wildberries', id);
    expect(await list()).toHaveLength(3);
    expect((await wb(simulator, `POST /api/v3/stocks/${id}`, { chrtIds: [1] })).status).toBe(404);
    expect(own(world.truth('wildberries', { fbs: true })).some((row) => row.warehouseId === id)).toBe(false);
  });

  it('is written by PUT and deleted by DELETE; other names are passed over in silence', async () => {
    const simulator = await simulated({ unlimited: true });
    const { wbSid: sid } = simulator.credentials;
    const token = mintWbToken({ sid, issuedAt: Date.now(), categories: ['marketplace'] });
    const [size = ''] = simulator.world.productIds('wildberries');
    const path = '/api/v3/stocks/1184201';
    const amount = async () => {
      const answer = await wb(simulator, `POST ${path}`, { chrtIds: [Number(size)] });
      return (answer.json as { stocks: { amount: number }[] }).stocks[0]?.amount;
    };
    const put = async (stocks: unknown): Promise<Reply> => wb(simulator, `PUT ${path}`, { stocks }, token);
    expect((await put([{ chrtId: Number(size), amount: 31 }])).status).toBe(204);
    expect(await amount()).toBe(31);
    for (const stocks of [
      [{ chrtID: Number(size), amount: 5 }],
      [{ chrtId: Number(size), quantity: 5 }],
      [{ sku: '2041', amount: 5 }],
      'all',
    ]) {
      expect((await put(stocks)).status).toBe(204);
    }
    expect(await amount()).toBe(31);
    expect((await put([{ chrtId: Number(size), amount: 100_001 }])).status).toBe(409);
    simulator.world.changeWarehouse('wildberries', '1184201', { isProcessing: true });
    expect((await put([{ chrtId: Number(size), amount: 1 }])).json).toMatchObject([
      { code: 'StoreIsProcessing' },
    ]);
    simulator.world.changeWarehouse('wildberries', '1184201', { isProcessing: false });
    expect((await wb(simulator, `DELETE ${path}`, { chrtIds: [Number(size)] }, token)).status).toBe(204);
    expect(await amount()).toBeUndefined();
  });

  it('is refused by barcodes, and to tokens that only read', async () => {
    const simulator = await simulated({ unlimited: true });
    const path = '/api/v3/stocks/1184201';
    expect((await wb(simulator, `POST ${path}`, { skus: ['2041'] })).json).toMatchObject({
      code: 'SKUUploadDisabled',
    });
    const { status, json } = await wb(simulator, `PUT ${path}`, { stocks: [] });
    expect([status, json]).toMatchObject([401, { detail: 'token scope not allowed' }]);
  });
});

describe('Wildberries: who may ask what, and how often', () => {
  it.each([
    ['content', 'POST /content/v2/get/cards/list'],
    ['analytics', REPORT],
    ['marketplace', 'GET /api/v3/warehouses'],
  ] as const)('%s opens its own methods alone', async (category, open) => {
    const simulator = await simulated({ unlimited: true });
    const { wbSid: sid } = simulator.credentials;
    const token = mintWbToken({ sid, issuedAt: Date.now(), categories: [category] });
    for (const call of ['POST /content/v2/get/cards/list', REPORT, 'GET /api/v3/warehouses']) {
      const body = call.startsWith('POST') ? {} : undefined;
      const { status } = await wb(simulator, call, body, token);
      expect([call, status]).toEqual([call, call === open ? 200 : 401]);
    }
    expect((await wb(simulator, 'GET /api/v1/seller-info', undefined, token)).status).toBe(200);
  });

  it('knows the hosts by their base paths: methods elsewhere are not found, /ping checks the category', async () => {
    const simulator = await simulated({ unlimited: true });
    const { wbSid: sid } = simulator.credentials;
    const token = mintWbToken({ sid, issuedAt: Date.now(), categories: ['content'] });
    const status = async (call: string) => (await wb(simulator, call, undefined, token)).status;
    expect(await status('GET /wb-common/api/v1/seller-info')).toBe(200);
    expect(await status('GET /wb-content/api/v1/seller-info')).toBe(404);
    expect(await status('GET /wb-content/ping')).toBe(200);
    expect(await status('GET /wb-marketplace/ping')).toBe(401);
    expect(await status('GET /wb-common/ping')).toBe(200);
  });

  it('lets 20 marketplace calls through at once, one more each 200 ms; a 4XX costs ten', async () => {
    let now = Date.UTC(2026, 10, 23);
    const simulator = await simulated({ now: () => now });
    const read = () => wb(simulator, 'POST /api/v3/stocks/1184201', { chrtIds: [1] });
    const left = async () => Number((await read()).headers.get('x-ratelimit-remaining'));
    expect([await left(), await left()]).toEqual([19, 18]);
    const wrong = await wb(simulator, 'POST /api/v3/stocks/1184201', { skus: ['1'] });
    expect([wrong.status, wrong.headers.get('x-ratelimit-remaining')]).toEqual([400, '8']);
    expect((await wb(simulator, 'POST /api/v3/stocks/7', { chrtIds: [1] })).status).toBe(404);
    // Below zero: 8 − 10; the next call may come when one whole token is there again.
    const limited = await read();
    expect(limited.status).toBe(429);
    expect(Object.fromEntries(limited.headers)).toMatchObject({
      'x-ratelimit-retry': '1',
      'x-ratelimit-limit': '20',
      'x-ratelimit-reset': '5',
      'x-ratelimit-remaining': '0',
    });
    now += 599;
    expect((await read()).status).toBe(429);
    now += 1;
    expect((await read()).status).toBe(200);
    // The list of warehouses has a bucket of its own.
    expect((await wb(simulator, 'GET /api/v3/warehouses')).headers.get('x-ratelimit-remaining')).toBe('19');
  });

  it.each([
    ['POST /content/v2/get/cards/list', {}, 5, 600],
    [REPORT, {}, 1, 20_000],
  ])('%s: a burst of %3$i', async (call, body, burst, intervalMs) => {
    let now = Date.UTC(2026, 10, 23);
    const simulator = await simulated({ wbIntervalMs: 20_000, now: () => now });
    for (let at = 0; at < burst; at += 1) {
      expect((await wb(simulator, call, body)).status).toBe(200);
    }
    expect((await wb(simulator, call, body)).status).toBe(429);
    now += intervalMs - 1;
    expect((await wb(simulator, call, body)).status).toBe(429);
    now += 1;
    expect((await wb(simulator, call, body)).status).toBe(200);
  });
});
