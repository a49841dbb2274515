/**
 * What the simulator answers, against schemas written from the vendors' documents (`vendor/`), for every method,
 * every kind of page and every documented error: tests of the readers are worth what the simulator is.
 */
import { describe, expect, it } from 'vitest';
import { SHAPES } from '../../src/simulator/faults/fault.js';
import { problemsOf } from '../../src/simulator/faults/problems.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { mintWbToken } from '../../src/simulator/wildberries/token.js';
import { ozon, type Reply, simulated, wb } from '../unit/simulator/simulated.js';
import { parseLong } from './vendor/json.js';
import { OZON_ANSWERS, ozonError, ozonOldError } from './vendor/ozon.js';
import { WB_ANSWERS, WB_ERRORS, type WbErrorShape } from './vendor/wildberries.js';

const BAGS = [{}, { hostile: true, oddities: true }] as const;
const REPORTS = '/api/analytics/v1/stocks-report';
const CARDS = '/content/v2/get/cards/list';

type Body = Readonly<Record<string, unknown>>;
type Fields = Record<string, unknown>;

function shop(options: object = {}): Promise<Simulator> {
  return simulated({ ozonProducts: 45, wbProducts: 45, unlimited: true, ...options });
}

/** Parses a good answer by its method's schema; throws where it does not fit. */
function fits(schema: (typeof OZON_ANSWERS)[string] | undefined, answer: Reply): Fields {
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/json');
  const json = parseLong(answer.text);
  schema?.parse(json);
  return json as Fields;
}

/** What each Ozon method is asked; ids are those of all products. */
function ozonQuestions(simulator: Simulator): readonly (readonly [path: string, body: Body])[] {
  const { world } = simulator;
  const skus = world.ozon.all().map(({ sku }) => sku);
  const offers = world.ozon.all().map(({ offerId }) => offerId);
  const warehouses = world.sellerWarehouses('ozon').map(({ id }) => id);
  return [
    ['/v1/roles', {}],
    ['/v1/seller/info', {}],
    ['/v4/product/info/stocks', { filter: {}, limit: 20 }],
    ['/v4/product/info/stocks', { filter: { visibility: 'ARCHIVED' }, limit: 20 }],
    ['/v3/product/list', { filter: {}, limit: 20 }],
    ['/v3/product/list', { filter: { visibility: 'ARCHIVED' }, limit: 20 }],
    ['/v3/product/list', { filter: { skus: skus.slice(0, 3) } }],
    ['/v3/product/info/list', { product_id: world.productIds('ozon') }],
    ['/v3/product/info/list', { offer_id: offers }],
    ['/v3/product/info/list', { sku: ['1'] }],
    ['/v2/warehouse/list', { limit: 2 }],
    ['/v2/warehouse/list', { limit: 200, warehouse_ids: ['1'] }],
    ...warehouses.map((id) => ['/v1/product/info/warehouse/stocks', { warehouse_id: id, limit: 5 }] as const),
    ['/v2/product/info/stocks-by-warehouse/fbs', { sku: skus, limit: 7 }],
    ['/v2/product/info/stocks-by-warehouse/fbs', { offer_id: offers, limit: 1000 }],
    ['/v1/product/info/stocks-by-warehouse/fbo', { skus, limit: 7 }],
    ['/v1/product/info/stocks-by-warehouse/fbo', { offer_ids: offers, limit: 1000 }],
    ['/v1/analytics/stocks', { skus: skus.slice(0, 100) }],
    ['/v1/analytics/stocks', { skus: ['1'] }],
  ];
}

/** Asks on from each answer as far as it leads, beyond the last page too. */
async function walk(simulator: Simulator, path: string, body: Body): Promise<number> {
  let asked: Fields = { ...body };
  for (let pages = 1; pages < 100; pages += 1) {
    const answer = fits(OZON_ANSWERS[path], await ozon(simulator, path, asked));
    const { cursor } = answer;
    const { last_id } = (answer.result ?? {}) as Fields;
    const next = cursor ?? last_id ?? '';
    if (next === '' || next === asked.cursor || next === asked.last_id) return pages;
    asked = { ...body, ...(cursor === undefined ? { last_id } : { cursor }) };
  }
  throw new Error(`${path} does not end`);
}

describe.each(BAGS)('Ozon, as documented, %o', (bag) => {
  it('every page of every method', async () => {
    const simulator = await shop(bag);
    const [first = '', second = ''] = simulator.world.productIds('ozon');
    simulator.world.archive(first);
    simulator.world.advance(3);
    for (const [path, body] of ozonQuestions(simulator)) {
      const pages = await walk(simulator, path, body);
      if (body.limit === 7) expect(pages).toBeGreaterThan(2);
    }
    simulator.world.deleteProduct('ozon', second);
    for (const [path, body] of ozonQuestions(simulator)) await walk(simulator, path, body);
  });

  it('an empty catalogue, and every switch of totals', async () => {
    const simulator = await shop({ ...bag, ozonProducts: 0 });
    simulator.world.setLevels('ozon', []);
    for (const total of [true, false]) {
      for (const totalItems of [true, false]) {
        Object.assign(simulator.modes.ozon, { total, totalItems });
        await walk(simulator, '/v4/product/info/stocks', { filter: {}, limit: 9 });
        await walk(simulator, '/v3/product/list', { filter: {}, limit: 9 });
      }
    }
    const [{ id } = { id: '' }] = simulator.world.sellerWarehouses('ozon');
    await walk(simulator, '/v1/product/info/warehouse/stocks', { warehouse_id: id, limit: 9 });
  });
});

describe('Ozon`s errors', () => {
  it.each(problemsOf('ozon'))('%s', async (problem) => {
    const simulator = await shop();
    simulator.faults.inject({ kind: 'problem', problem: problem as 'internal' });
    const answer = await ozon(simulator, '/v1/roles', {});
    expect(answer.status).toBeGreaterThanOrEqual(400);
    (problem === 'old-shape' ? ozonOldError : ozonError).parse(answer.json);
  });

  it('each method`s own word for a bad request, and for everything that stands before it', async () => {
    const simulator = await shop();
    const many = Array.from({ length: 1001 }, (_, at) => String(at + 1));
    const bad: readonly (readonly [string, unknown])[] = [
      ['/v4/product/info/stocks', { limit: 5 }],
      ['/v4/product/info/stocks', { filter: {}, limit: 5, cursor: '???' }],
      ['/v3/product/list', { filter: {}, limit: 1001 }],
      ['/v3/product/info/list', {}],
      ['/v3/product/info/list', { product_id: many }],
      ['/v3/product/info/list', { product_id: '5' }],
      ['/v2/warehouse/list', {}],
      ['/v2/warehouse/list', { limit: 201 }],
      ['/v1/product/info/warehouse/stocks', { limit: 5 }],
      ['/v1/product/info/warehouse/stocks', { warehouse_id: 1, limit: 5 }],
      ['/v1/product/info/warehouse/stocks', { warehouse_id: 1, limit: 1001 }],
      ['/v2/product/info/stocks-by-warehouse/fbs', { limit: 5 }],
      ['/v2/product/info/stocks-by-warehouse/fbs', { sku: ['1'], offer_id: ['1'], limit: 5 }],
      ['/v2/product/info/stocks-by-warehouse/fbs', { sku: ['1'] }],
      ['/v1/product/info/stocks-by-warehouse/fbo', { skus: many, limit: 5 }],
      ['/v1/analytics/stocks', {}],
      ['/v1/analytics/stocks', { skus: many.slice(0, 101) }],
      ['/v1/analytics/stocks', { skus: ['1'], cluster_ids: ['1'], macrolocal_cluster_ids: ['1'] }],
      ['/v1/analytics/stocks', '{"skus":'],
      ['/v2/product/list', {}],
      ['/v9/nothing', {}],
    ];
    for (const [path, body] of bad) {
      const answer = await ozon(simulator, path, body);
      expect([400, 404], path).toContain(answer.status);
      ozonError.parse(answer.json);
    }
    for (const headers of [{ 'Client-Id': '' }, { 'Client-Id': 'x' }, { 'Api-Key': 'wrong' }]) {
      ozonError.parse((await ozon(simulator, '/v1/roles', {}, headers)).json);
    }
  });
});

/** What each Wildberries method is asked: its name in the documents, the call, the body. */
function wbQuestions({
  world,
}: Simulator): readonly (readonly [name: string, call: string, body?: unknown])[] {
  const chrtIds = `[${world.productIds('wildberries').join(',')}]`;
  const cards = { sort: { ascending: true }, filter: { withPhoto: -1 } };
  return [
    [`POST ${REPORTS}/wb-warehouses`, `POST ${REPORTS}/wb-warehouses`, {}],
    [`POST ${REPORTS}/wb-warehouses`, `POST ${REPORTS}/wb-warehouses`, { limit: 10, offset: 10 }],
    [`POST ${REPORTS}/seller-warehouses`, `POST ${REPORTS}/seller-warehouses`, {}],
    [`POST ${REPORTS}/seller-warehouses`, `POST ${REPORTS}/seller-warehouses`, { limit: 5, offset: 5 }],
    [`POST ${CARDS}`, `POST ${CARDS}?locale=ru`, { settings: { ...cards, cursor: { limit: 7 } } }],
    [`POST ${CARDS}`, `POST ${CARDS}`, { settings: { filter: { withPhoto: 1 }, cursor: { limit: 100 } } }],
    [`POST ${CARDS}`, `POST ${CARDS}`, {}],
    ['GET /api/v3/warehouses', 'GET /api/v3/warehouses'],
    ...world
      .sellerWarehouses('wildberries')
      .map(
        ({ id }) => ['POST /api/v3/stocks', `POST /api/v3/stocks/${id}`, `{"chrtIds":${chrtIds}}`] as const,
      ),
    ['POST /api/v3/stocks', 'POST /api/v3/stocks/1184201', { chrtIds: [1] }],
    ['GET /ping', 'GET /ping'],
    ['GET /api/v1/seller-info', 'GET /api/v1/seller-info'],
  ];
}

describe.each(BAGS)('Wildberries, as documented, %o', (bag) => {
  it('every method', async () => {
    const simulator = await shop(bag);
    for (const warehouses of ['real', 'merged'] as const) {
      simulator.modes.wildberries.warehouses = warehouses;
      for (const [name, call, body] of wbQuestions(simulator)) {
        fits(WB_ANSWERS[name], await wb(simulator, call, body));
      }
      simulator.world.advance(2);
    }
  });

  it('the pages behind the last one, in each way they might look', async () => {
    const simulator = await shop(bag);
    for (const report of ['wb-warehouses', 'seller-warehouses']) {
      const past = { offset: 1_000_000 };
      expect(await wb(simulator, `POST ${REPORTS}/${report}`, past)).toMatchObject({ status: 204, text: '' });
      simulator.modes.wildberries.emptyAnswer = 'empty-list';
      fits(WB_ANSWERS[`POST ${REPORTS}/${report}`], await wb(simulator, `POST ${REPORTS}/${report}`, past));
      simulator.modes.wildberries.emptyAnswer = 'no-content';
    }
    const cursor = { limit: 100, updatedAt: '2100-01-01T00:00:00Z', nmID: 1 };
    const settings = { sort: { ascending: true }, filter: { withPhoto: -1 }, cursor };
    for (const look of ['total-only', 'empty-values', 'as-asked'] as const) {
      simulator.modes.wildberries.emptyCardsCursor = look;
      const answer = fits(WB_ANSWERS[`POST ${CARDS}`], await wb(simulator, `POST ${CARDS}`, { settings }));
      expect(answer).toMatchObject({ cards: [], cursor: { total: 0 } });
    }
  });
});

const SHAPE_OF_PROBLEM: Readonly<Record<string, WbErrorShape>> = {
  'payment-required': 'payment',
  'unfit-token': 'gatewayWithoutCode',
  'analytics-forbidden': 'analytics',
  'analytics-bad-request': 'analytics',
  'content-forbidden': 'content',
  'content-bad-request': 'content',
  'marketplace-forbidden': 'marketplace',
  'marketplace-not-found': 'marketplace',
  'marketplace-not-acceptable': 'marketplace',
};

describe('Wildberries` errors', () => {
  it.each(problemsOf('wildberries'))('%s', async (problem) => {
    const simulator = await shop();
    simulator.faults.inject({ kind: 'problem', problem: problem as 'internal' });
    const answer = await wb(simulator, 'GET /ping');
    expect(answer.status).toBeGreaterThanOrEqual(400);
    WB_ERRORS[SHAPE_OF_PROBLEM[problem] ?? 'gateway'].parse(answer.json);
  });

  const stocks = '/api/v3/stocks/1184201';
  it.each<[call: string, body: unknown, status: number, shape: WbErrorShape]>([
    [`POST ${REPORTS}/seller-warehouses`, { limit: 250_001 }, 400, 'analytics'],
    [`POST ${REPORTS}/wb-warehouses`, '[', 400, 'analytics'],
    [`POST ${CARDS}`, { settings: { cursor: { limit: 101 } } }, 400, 'content'],
    [`POST ${CARDS}`, { settings: { cursor: { updatedAt: 'soon' } } }, 400, 'content'],
    [`POST ${stocks}`, { skus: ['2041234567890'] }, 400, 'marketplace'],
    [`POST ${stocks}`, {}, 400, 'marketplace'],
    [`POST ${stocks}`, { chrtIds: Array.from({ length: 1001 }, (_, at) => at) }, 400, 'marketplace'],
    ['POST /api/v3/stocks/abc', { chrtIds: [1] }, 400, 'marketplace'],
    ['POST /api/v3/stocks/5', { chrtIds: [1] }, 404, 'marketplace'],
    ['GET /api/v3/nothing', undefined, 404, 'gateway'],
    ['GET /api/v1/supplier/stocks', undefined, 404, 'gateway'],
  ])('%s, asked wrongly', async (call, body, status, shape) => {
    const answer = await wb(await shop(), call, body);
    expect(answer.status).toBe(status);
    WB_ERRORS[shape].parse(answer.json);
  });

  it('a conflict is a list, a body that is no JSON is answered in plain text', async () => {
    const simulator = await shop();
    const { wbSid: sid } = simulator.credentials;
    const token = mintWbToken({ sid, issuedAt: Date.now(), categories: ['marketplace'] });
    for (const [chrtId, amount] of [
      [5, 1],
      [simulator.world.productIds('wildberries').map(Number)[0], 100_001],
    ]) {
      const answer = await wb(simulator, `PUT ${stocks}`, { stocks: [{ chrtId, amount }] }, token);
      expect(answer.status).toBe(409);
      WB_ERRORS.conflict.parse(answer.json);
    }
    const undecodable = await wb(simulator, `POST ${CARDS}`, 'no json');
    expect(undecodable).toMatchObject({ status: 400, text: 'Request body can not be decoded' });
    expect(undecodable.headers.get('content-type')).toMatch(/^text\/plain/);
  });

  it('a limit says when, in its headers', async () => {
    const simulator = await simulated({ wbIntervalMs: 20_000, now: () => 0 });
    expect(
      (await wb(simulator, `POST ${REPORTS}/seller-warehouses`, {})).headers.get('x-ratelimit-remaining'),
    ).toBe('0');
    const limited = await wb(simulator, `POST ${REPORTS}/seller-warehouses`, {});
    expect(limited.status).toBe(429);
    WB_ERRORS.gateway.parse(limited.json);
    expect(Object.fromEntries(limited.headers)).toMatchObject({
      'x-ratelimit-retry': '20',
      'x-ratelimit-limit': '1',
      'x-ratelimit-reset': '20',
    });
  });
});

describe('the schemas can fail', () => {
  /** Lists without a count: an id may be any integer, so that one below zero is none the worse. */
  const WITHOUT_FIGURES = ['product/list', 'info/list', 'warehouse/list', 'cards/list', 'v3/warehouses'];

  it.each(SHAPES)('%s is refused for every list', async (shape) => {
    const simulator = await shop();
    const fault = simulator.faults.inject({ kind: 'wrong-shape', shape, rate: 1 });
    const calls = [
      ...ozonQuestions(simulator).map(
        ([path, body]) => [OZON_ANSWERS[path], path, () => ozon(simulator, path, body)] as const,
      ),
      ...wbQuestions(simulator).map(
        ([name, call, body]) => [WB_ANSWERS[name], name, () => wb(simulator, call, body)] as const,
      ),
    ];
    let refused = 0;
    for (const [schema, name, call] of calls) {
      const before = fault.hits();
      const json = parseLong((await call()).text);
      const isSpoilt = fault.hits() > before;
      if (isSpoilt && (shape !== 'negative' || !WITHOUT_FIGURES.some((one) => name.endsWith(one)))) {
        expect(schema?.safeParse(json).success, `${name} ${JSON.stringify(json).slice(0, 200)}`).toBe(false);
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(12);
  });
});
