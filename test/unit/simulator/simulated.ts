import { afterEach } from 'vitest';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../../src/simulator/simulator.js';
import type { TruthRow } from '../../../src/simulator/world/types.js';

const running: Simulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

/** A simulator that is closed when the test ends. No Wildberries limit unless the test sets one. */
export async function simulated(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ ozonProducts: 60, wbProducts: 60, wbIntervalMs: 0, ...options });
  running.push(simulator);
  return simulator;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

async function reply(response: Response): Promise<Reply> {
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json') && text !== '';
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  };
}

export async function ozon(
  simulator: Simulator,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const { ozonClientId, ozonApiKey } = simulator.credentials;
  return reply(
    await fetch(simulator.url + path, {
      method: 'POST',
      headers: {
        'Client-Id': ozonClientId,
        'Api-Key': ozonApiKey,
        'Content-Type': 'application/json',
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  );
}

export const STOCKS = '/v4/product/info/stocks';
const REPORT = '/api/analytics/v1/stocks-report/wb-warehouses';

export async function report(simulator: Simulator, body: unknown = {}, token?: string): Promise<Reply> {
  return reply(
    await fetch(simulator.url + REPORT, {
      method: 'POST',
      headers: { Authorization: token ?? simulator.credentials.wbToken },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  );
}

export async function wbGet(simulator: Simulator, path: string, token?: string): Promise<Reply> {
  return reply(
    await fetch(simulator.url + path, { headers: { Authorization: token ?? simulator.credentials.wbToken } }),
  );
}

/** Any Wildberries call; a body that is no text goes as JSON. */
export async function wb(
  simulator: Simulator,
  call: string,
  body?: unknown,
  token = simulator.credentials.wbToken,
): Promise<Reply> {
  const [method = 'GET', path = ''] = call.split(' ');
  return reply(
    await fetch(simulator.url + path, {
      method,
      headers: { Authorization: token },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }),
  );
}

export async function control(simulator: Simulator, call: string, body?: unknown): Promise<Reply> {
  const [method = 'GET', path = ''] = call.split(' ');
  return reply(
    await fetch(`${simulator.url}/_sim/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
}

export interface OzonStockJson {
  type: string;
  present: number;
  reserved: number;
  sku: number;
  shipment_type: string;
  warehouse_ids: number[];
}

export interface OzonPageJson {
  items: { product_id: string; offer_id: string; stocks: OzonStockJson[] }[];
  cursor: string;
  total?: number;
  total_items?: number;
}

/** Reads an Ozon answer without rounding its ids. */
export function ozonPage(answer: Reply): OzonPageJson {
  return JSON.parse(answer.text.replace(/"product_id":(\d+)/g, '"product_id":"$1"')) as OzonPageJson;
}

/** Walks /v4/product/info/stocks to its end; at most 1,000 pages. */
export async function walkOzon(
  simulator: Simulator,
  limit: number,
  visibility = 'ALL',
): Promise<OzonPageJson[]> {
  const pages: OzonPageJson[] = [];
  for (let cursor = ''; pages.length < 1_000; ) {
    const page = ozonPage(await ozon(simulator, STOCKS, { filter: { visibility }, cursor, limit }));
    pages.push(page);
    if (page.cursor === '') {
      return pages;
    }
    cursor = page.cursor;
  }
  throw new Error('paging does not end');
}

/** Levels from Ozon pages, summed anew: not with the simulator's own code. */
export function ozonLevels(pages: readonly OzonPageJson[]): TruthRow[] {
  const levels = new Map<string, TruthRow>();
  for (const { product_id, stocks } of pages.flatMap((page) => page.items)) {
    for (const { type, present, reserved } of stocks) {
      const old = levels.get(`${product_id} ${type}`);
      const sum = { present: present + (old?.present ?? 0), reserved: reserved + (old?.reserved ?? 0) };
      levels.set(`${product_id} ${type}`, {
        productId: product_id,
        scheme: type,
        warehouseId: '',
        ...sum,
        available: Math.max(0, sum.present - sum.reserved),
        inWayToClient: 0,
        inWayFromClient: 0,
      });
    }
  }
  return sorted([...levels.values()]);
}

export interface WbRowJson {
  nmId: number;
  chrtId: number;
  warehouseId: number;
  warehouseName: string;
  regionName: string;
  quantity: number;
  inWayToClient: number;
  inWayFromClient: number;
}

export function wbRows(answer: Reply): WbRowJson[] {
  return (answer.json as { data: { items: WbRowJson[] } }).data.items;
}

export function wbLevels(rows: readonly WbRowJson[]): TruthRow[] {
  return sorted(
    rows.map((row) => ({
      productId: String(row.chrtId),
      scheme: 'fbw',
      warehouseId: String(row.warehouseId),
      present: row.quantity,
      reserved: 0,
      available: row.quantity,
      inWayToClient: row.inWayToClient,
      inWayFromClient: row.inWayFromClient,
    })),
  );
}

/** Rows in the order of truth(). */
export function byKey(rows: readonly TruthRow[]): TruthRow[] {
  return sorted([...rows]);
}

function sorted(rows: TruthRow[]): TruthRow[] {
  const key = (row: TruthRow): string => `${row.productId}\u0000${row.scheme}\u0000${row.warehouseId}`;
  return rows.sort((left, right) => (key(left) < key(right) ? -1 : 1));
}

export function total(rows: readonly TruthRow[]): number {
  return rows.reduce((sum, row) => sum + row.available, 0);
}
