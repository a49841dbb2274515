import { describe, expect, it } from 'vitest';
import { joinFragments } from '../../../src/simulator/bounds.js';
import { startSimulator } from '../../../src/simulator/simulator.js';
import { control, ozon, ozonPage, report, STOCKS, simulated, total, walkOzon, wbRows } from './simulated.js';

describe('starting and stopping', () => {
  it('gives the same keys for the same seed and clock, others for another seed', async () => {
    const now = (): number => Date.UTC(2026, 10, 23);
    const [one, same, other] = [
      await simulated({ now }),
      await simulated({ now }),
      await simulated({ now, seed: 2 }),
    ];
    expect(same.credentials).toEqual(one.credentials);
    expect(other.credentials.ozonApiKey).not.toBe(one.credentials.ozonApiKey);
    expect(other.credentials.wbSid).not.toBe(one.credentials.wbSid);
  });

  it('says so when the port is taken, and frees its own', async () => {
    const simulator = await startSimulator({ ozonProducts: 1, wbProducts: 1 });
    const port = Number(new URL(simulator.url).port);
    await expect(startSimulator({ port, ozonProducts: 1, wbProducts: 1 })).rejects.toMatchObject({
      name: 'AppError',
      code: 'ENGINE_FAILED',
      message: expect.stringContaining(`127.0.0.1:${port}`),
    });
    await simulator.close();
    const again = await startSimulator({ port, ozonProducts: 1, wbProducts: 1 });
    await again.close();
  });

  it('refuses switches it does not know', async () => {
    for (const modes of [{ ozon: { colour: 'red' } }, { ozon: { access: 'maybe' } }, { ozon: { rps: -1 } }]) {
      await expect(startSimulator({ modes: modes as never })).rejects.toMatchObject({ code: 'USAGE' });
    }
  });
});

describe('the request log', () => {
  it('shows every call with its body and answer, and no secret', async () => {
    const simulator = await simulated();
    await ozon(simulator, STOCKS, { filter: {}, limit: 5 });
    await ozon(simulator, STOCKS, 'no json', { 'Api-Key': 'a-wrong-secret' });
    await report(simulator, {}, `Bearer ${simulator.credentials.wbToken}`);
    const log = simulator.requests();
    expect(log).toMatchObject([
      {
        number: 1,
        source: 'ozon',
        method: 'POST',
        path: STOCKS,
        body: { filter: {}, limit: 5 },
        status: 200,
      },
      { number: 2, body: 'no json', status: 404 },
      { number: 3, source: 'wildberries', headers: { authorization: 'Bearer ***' }, status: 200 },
    ]);
    expect(log[0]?.headers).toMatchObject({
      'client-id': simulator.credentials.ozonClientId,
      'api-key': '***',
    });
    const text = JSON.stringify(log);
    for (const secret of [
      simulator.credentials.ozonApiKey,
      simulator.credentials.wbToken,
      'a-wrong-secret',
    ]) {
      expect(text).not.toContain(secret);
    }
    await expect.poll(() => simulator.requests().every((entry) => entry.finishedAt !== undefined)).toBe(true);
    simulator.clearRequests();
    expect(simulator.requests()).toEqual([]);
  });
});

describe('the control API', () => {
  it('does over HTTP what the world does in process', async () => {
    const simulator = await simulated({ ozonRps: 0 });
    const { world } = simulator;
    const twin = await simulated({ ozonRps: 0 });
    const [id = ''] = world.productIds('ozon');
    const [size = ''] = world.productIds('wildberries');
    const done = [
      await control(simulator, 'POST advance', { hours: 5 }),
      await control(simulator, 'POST drop', { source: 'wb', share: 0.5 }),
      await control(simulator, 'POST vanish', { source: 'ozon', productId: id }),
      await control(simulator, 'POST add', { source: 'ozon' }),
      await control(simulator, 'POST sold-out', { source: 'wildberries', productId: Number(size) }),
      await control(simulator, 'POST stock', {
        source: 'wb',
        productId: size,
        warehouseId: '686',
        present: 4,
      }),
    ];
    expect(done.map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200, 200]);
    twin.world.advance(5);
    twin.world.drop('wildberries', 0.5);
    twin.world.vanish('ozon', id);
    const added = twin.world.addProduct('ozon');
    twin.world.soldOut('wildberries', size);
    twin.world.setStock('wildberries', size, { warehouseId: '686', present: 4 });
    expect(done[3]?.json).toEqual({ productId: added });
    for (const source of ['ozon', 'wildberries'] as const) {
      expect((await control(simulator, `GET truth?source=${source}`)).json).toEqual({
        rows: twin.world.truth(source),
      });
      expect((await control(simulator, `GET products?source=${source}`)).json).toEqual({
        productIds: twin.world.productIds(source),
      });
    }
  });

  it('plants levels, collapses, restores, archives and removes', async () => {
    const simulator = await simulated();
    const rows = Array.from({ length: 10 }, (_, at) => ({
      productId: String(at + 1),
      scheme: 'fbs',
      present: 10,
    }));
    await control(simulator, 'POST levels', { source: 'ozon', rows });
    expect(total(simulator.world.truth('ozon'))).toBe(100);
    await control(simulator, 'POST collapse', { source: 'ozon', keepShare: 0.2 });
    expect(simulator.world.productIds('ozon')).toEqual(['1', '2']);
    await control(simulator, 'POST restore', { source: 'ozon' });
    expect(simulator.world.productIds('ozon')).toHaveLength(10);
    await control(simulator, 'POST vanish', { source: 'ozon', productId: 1 });
    await control(simulator, 'POST vanish', { source: 'ozon', productId: 2 });
    await control(simulator, 'POST restore', { source: 'ozon', productId: 2 });
    expect(simulator.world.productIds('ozon').slice(0, 2)).toEqual(['2', '3']);
    await control(simulator, 'POST restore', { source: 'ozon' });
    await control(simulator, 'POST archive', { productId: 3 });
    await control(simulator, 'POST remove', { source: 'ozon', productId: 4, place: 'fbs' });
    expect(simulator.world.truth('ozon')).toHaveLength(8);
    // What truth() says can be planted again: a test may move a shop from one simulator to another.
    const moved = (await control(simulator, 'GET truth?source=ozon')).json as { rows: object[] };
    const other = await simulated();
    expect((await control(other, 'POST levels', { source: 'ozon', ...moved })).status).toBe(200);
    expect(other.world.truth('ozon')).toEqual(simulator.world.truth('ozon'));
  });

  it('opens, renames and closes warehouses, and tells truth and catalogue as they are read', async () => {
    const simulator = await simulated();
    const { world } = simulator;
    const [id = ''] = world.productIds('ozon');
    const added = (
      await control(simulator, 'POST warehouse-add', { source: 'ozon', name: 'А', sellerDelivers: true })
    ).json as { warehouseId: string };
    const { warehouseId } = added;
    await control(simulator, 'POST stock', {
      source: 'ozon',
      productId: id,
      scheme: 'rfbs',
      warehouseId,
      present: 3,
    });
    await control(simulator, 'POST warehouse-change', { source: 'ozon', warehouseId, name: 'Б' });
    const { warehouses } = (await control(simulator, 'GET warehouses?source=ozon')).json as {
      warehouses: { id: string; name: string }[];
    };
    expect(warehouses).toContainEqual(expect.objectContaining({ id: warehouseId, name: 'Б' }));
    for (const [query, how] of [
      [`ozon&sellerWarehouses=${warehouseId}`, { sellerWarehouses: [warehouseId] }],
      ['ozon&sellerWarehouses=all&fbo=analytics', { sellerWarehouses: 'all', fbo: 'analytics' }],
      ['wildberries&fbs=true', { fbs: true }],
      ['wildberries&fbs=report', { fbs: 'report' }],
    ] as const) {
      const source = query.startsWith('ozon') ? 'ozon' : 'wildberries';
      const { rows } = (await control(simulator, `GET truth?source=${query}`)).json as { rows: object[] };
      expect(rows).toEqual(world.truth(source, how));
      expect(rows).not.toEqual(world.truth(source));
    }
    await control(simulator, 'POST warehouse-delete', { source: 'ozon', warehouseId });
    expect(world.sellerWarehouses('ozon')).toHaveLength(3);
    expect((await control(simulator, 'GET truth?source=ozon&fbo=some')).status).toBe(400);
    expect((await control(simulator, 'POST warehouse-delete', { source: 'ozon', warehouseId })).status).toBe(
      400,
    );
  });

  it('renames, trashes, deletes and brings back products, and plants those of careless sellers', async () => {
    const simulator = await simulated();
    const { world } = simulator;
    const [size = ''] = world.productIds('wildberries');
    const [one = '', two = ''] = world.productIds('ozon');
    const source = 'ozon';
    await control(simulator, 'POST rename', { source, productId: one, name: 'Иначе', offerId: '0042' });
    await control(simulator, 'POST archive', { productId: one });
    await control(simulator, 'POST delete', { source, productId: two });
    await control(simulator, 'POST trash', { productId: size });
    expect(world.catalogue('ozon')[0]).toMatchObject({ productId: one, offerId: '0042', archived: true });
    expect(world.productIds('ozon')).not.toContain(two);
    expect(world.productIds('wildberries')).not.toContain(size);
    await control(simulator, 'POST archive', { productId: one, archived: false });
    await control(simulator, 'POST trash', { productId: size, trashed: false });
    expect(world.catalogue('ozon')[0]).toMatchObject({ archived: false });
    const rows = (await control(simulator, 'GET catalogue?source=wildberries')).json;
    expect(rows).toEqual({ rows: world.catalogue('wildberries') });
    const planted = (await control(simulator, 'POST oddities')).json as { sameArticle: { offerId: string } };
    for (const marketplace of ['ozon', 'wildberries'] as const) {
      const articles = world.catalogue(marketplace).map(({ offerId }) => offerId);
      expect(articles).toContain(planted.sameArticle.offerId);
    }
  });

  it('sets modes and faults, and shows state and requests', async () => {
    const simulator = await simulated();
    const modes = await control(simulator, 'POST mode', {
      ozon: { total: true },
      wildberries: { warehouses: 'merged' },
    });
    expect(modes.json).toMatchObject({ ozon: { total: true }, wildberries: { warehouses: 'merged' } });
    expect(ozonPage(await ozon(simulator, STOCKS, { filter: {}, limit: 1 })).total).toBe(60);
    expect(wbRows(await report(simulator))[0]?.warehouseId).toBe(-999_999);

    await control(simulator, 'POST fault', { kind: '500', match: 'ozon', times: 5 });
    expect((await ozon(simulator, STOCKS, {})).status).toBe(500);
    const state = (await control(simulator, 'GET state')).json;
    expect(state).toMatchObject({
      seed: 1,
      credentials: simulator.credentials,
      faults: [{ hits: 1, left: 4 }],
      requests: 3,
      ozon: { products: 60, available: total(simulator.world.truth('ozon')) },
      wildberries: { products: 60, rows: simulator.world.truth('wildberries').length },
    });
    await control(simulator, 'DELETE fault');
    expect((await ozon(simulator, STOCKS, {})).status).toBe(400);
    expect(
      ((await control(simulator, 'GET requests')).json as { requests: unknown[] }).requests,
    ).toHaveLength(4);
    await control(simulator, 'DELETE requests');
    expect(simulator.requests()).toEqual([]);
  });

  it('refuses what makes no sense with 400 or 404 and changes nothing', async () => {
    const simulator = await simulated();
    const before = JSON.stringify([simulator.world.truth('ozon'), simulator.modes]);
    const answers = [
      await control(simulator, 'POST advance', {}),
      await control(simulator, 'POST drop', { source: 'yandex', share: 0.5 }),
      await control(simulator, 'POST vanish', { source: 'ozon', productId: '1' }),
      await control(simulator, 'POST levels', { source: 'ozon', rows: [{ productId: '1' }, 5] }),
      await control(simulator, 'POST mode', { ozon: { total: true, rps: 'many' } }),
      await control(simulator, 'POST fault', { kind: 'fire' }),
      await control(simulator, 'GET truth'),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([400, 400, 400, 400, 400, 400, 400]);
    expect(answers.every((answer) => typeof (answer.json as { error: string }).error === 'string')).toBe(
      true,
    );
    expect((await control(simulator, 'POST nothing', {})).status).toBe(404);
    expect(JSON.stringify([simulator.world.truth('ozon'), simulator.modes])).toBe(before);
    expect(simulator.requests()).toEqual([]);
  });
});

describe('bounds', () => {
  it('gives 250,000 rows in one answer, piece by piece, and the rest by offset', {
    timeout: 60_000,
  }, async () => {
    const rows = Array.from({ length: 250_100 }, (_, at) => ({
      productId: String(90_000_000 + Math.floor(at / 5)),
      warehouseId: String(500 + (at % 5)),
      present: at % 97 || 1,
    }));
    const simulator = await simulated({ ozonProducts: 0, wbProducts: 0 });
    simulator.world.setLevels('wildberries', rows);
    const response = await fetch(`${simulator.url}/api/analytics/v1/stocks-report/wb-warehouses`, {
      method: 'POST',
      headers: { Authorization: simulator.credentials.wbToken },
      body: '{}',
    });
    expect(response.headers.get('transfer-encoding')).toBe('chunked');
    const answer = (await response.json()) as { data: { items: { quantity: number }[] } };
    expect(answer.data.items).toHaveLength(250_000);
    const rest = wbRows(await report(simulator, { offset: 250_000 }));
    const sum = [...answer.data.items, ...rest].reduce((all, row) => all + row.quantity, 0);
    expect(sum).toBe(rows.reduce((all, row) => all + row.present, 0));
  });

  it('joins rows into pieces of bounded size, made one at a time', () => {
    let made = 0;
    const fragments = function* (): Iterable<string> {
      for (; made < 20_000; made += 1) {
        yield `{"row":${made}}`;
      }
    };
    const sizes: number[] = [];
    let text = '';
    for (const piece of joinFragments('[', fragments(), ']')) {
      sizes.push(piece.length);
      text += piece;
      if (sizes.length === 1) {
        expect(made).toBeLessThan(10_000);
      }
    }
    expect(Math.max(...sizes)).toBeLessThan(66_000);
    expect(JSON.parse(text)).toHaveLength(20_000);
  });

  it('pages through 20,000 Ozon products by the thousand', async () => {
    const simulator = await simulated({ ozonProducts: 20_000, ozonRps: 0 });
    const pages = await walkOzon(simulator, 1_000);
    expect(pages.map((page) => page.items.length)).toEqual([...Array.from({ length: 20 }, () => 1_000), 0]);
  });

  it('refuses a request body beyond all measure', async () => {
    const simulator = await simulated();
    const answer = await ozon(simulator, STOCKS, `{"filter":{},"x":"${'x'.repeat(5_000_000)}"}`).catch(
      () => undefined,
    );
    expect([413, undefined]).toContain(answer?.status);
    expect((await ozon(simulator, STOCKS, { filter: {}, limit: 1 })).status).toBe(200);
  });
});
