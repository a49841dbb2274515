import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '../../../src/dashboard/api/openapi.js';
import { API_ROUTES } from '../../../src/dashboard/api/routes.js';
import type { Change } from '../store/change-rows.js';
import { ApiLab, type Body } from './api-lab.js';

const COUNT = 3_000;
const HOSTILE = '<script>alert(1)</script>"; DROP TABLE levels; -- \u202e=1';
let api: ApiLab;

beforeAll(async () => {
  api = await ApiLab.start('apiall');
  const { lab } = api;
  const ids = Array.from({ length: COUNT }, (_, index) => String(index + 1));
  const named = Object.fromEntries(ids.map((id) => [id, { offerId: `ART-${id}`, name: `Товар ${id}` }]));
  await lab.apply(
    'stocks',
    ids.map((id): Change => [`${id}:fbo:`, null, [9, 2]]),
    named,
  );
  await lab.apply(
    'stocks',
    ids.slice(0, 20).map((id): Change => [`${id}:fbo:`, [9, 2], 0, 'absent']),
    {},
  );
  await lab.apply(
    'other',
    ids.slice(0, 50).map((id): Change => [`${id}:fbs:${id}`, null, 3]),
    named,
  );
  await lab.apply(
    'fbw',
    ids.map((id): Change => [`${id}:fbw:507`, null, 1]),
    named,
  );
  await lab.apply('fbs', [['9007199254740993:fbs:-1', null, 5]], {
    '9007199254740993': { offerId: HOSTILE, name: HOSTILE, barcodes: ['0046'] },
  });
  await lab.feed('stocks', 'watermark_at = NOW(3) - INTERVAL 1 HOUR');
  await lab.feed('fbw', 'watermark_at = NOW(3) - INTERVAL 30 HOUR');
  await lab.feed('other', 'watermark_at = NOW(3), held_count = 2');
  const snapshots = Array.from({ length: 400 }, (_, index) => {
    const feed = index % 2 === 0 ? ('stocks' as const) : ('fbw' as const);
    const at = new Date(Date.parse('2026-11-01T00:00:00Z') + index * 60_000);
    const status = index % 10 === 9 ? 'failed' : 'applied';
    return [11, lab.partition(feed), index, lab.feedId(feed), `s-${index}`, status, 0, 0, at];
  });
  await lab.db.execute(
    `INSERT INTO snapshots (incarnation_id, partition_no, first_offset, feed_id, snapshot_id, status, base_rows,
       base_in_stock, started_at) VALUES ?`,
    [snapshots],
  );
  await lab.db.execute(
    `INSERT INTO alerts (fingerprint, alert_id, state, rule, severity, source, account, feed, raised_at, payload)
     VALUES ?`,
    [Array.from({ length: 600 }, (_, index) => alertRow(index))],
  );
});
afterAll(() => api?.close());

function alertRow(index: number): unknown[] {
  const severity = ['info', 'warning', 'critical'][index % 3] ?? 'info';
  const state = index % 5 === 0 ? 'open' : 'resolved';
  const fingerprint = `low-stock|ozon:1001|${HOSTILE.slice(0, 20)}|${String(index).padStart(4, '0')}`;
  const at = '2026-11-22T10:00:00.000Z';
  const where = { source: 'ozon', account: '1001', feed: 'ozon:1001:product-stocks' };
  const payload = {
    ...{
      id: `${fingerprint}/s`,
      state: state === 'open' ? 'raised' : 'resolved',
      rule: 'low-stock',
      severity,
    },
    ...{ fingerprint, ...where, snapshotId: 's', at, evidence: { before: 9, after: 2 } },
    text: { ru: HOSTILE, en: HOSTILE },
  };
  const { source, account, feed } = where;
  const row = [fingerprint, payload.id, state, 'low-stock', severity, source, account, feed, new Date(at)];
  return [...row, JSON.stringify(payload)];
}

const keyOf = (level: Body) =>
  ['source', 'account', 'productId', 'scheme', 'warehouseId'].map((part) => level[part]).join(':');

describe('levels', () => {
  it('are all of the view, page by page, each once', async () => {
    const levels = await api.all<Body>('/levels?closed=true&limit=777', 'levels');
    const view = await api.lab.db.query('SELECT * FROM stock_levels');
    expect(levels.map((one) => `${keyOf(one)}=${one.present}/${one.available}/${one.closed}`).sort()).toEqual(
      view
        .map((row) => {
          const key = [row.source, row.account, row.product_id, row.scheme, row.warehouse_id].join(':');
          return `${key}=${row.present}/${row.available}/${Number(row.closed) === 1}`;
        })
        .sort(),
    );
    expect((await api.all('/levels?limit=1000', 'levels')).length).toBe(view.length - 20);
  });

  it('are found by source, account, product and article', async () => {
    const found = async (query: string) => (await api.all<Body>(`/levels?${query}`, 'levels')).map(keyOf);
    expect(await found('article=ART-30')).toEqual([
      'ozon:1001:30:fbo:',
      'ozon:2002:30:fbs:30',
      'wildberries:sid-1:30:fbw:507',
    ]);
    expect(await found('article=ART-30&source=ozon&limit=1')).toEqual([
      'ozon:1001:30:fbo:',
      'ozon:2002:30:fbs:30',
    ]);
    expect(await found('product=30&account=2002')).toEqual(['ozon:2002:30:fbs:30']);
    expect(await found(`article=${encodeURIComponent(HOSTILE)}`)).toEqual([
      'wildberries:sid-1:9007199254740993:fbs:-1',
    ]);
    expect(await found('article=art-30')).toEqual([]);
    expect(await found('product=5&account=1001')).toEqual([]);
  });
});

describe('products', () => {
  it('are those of inventory_data, page by page', async () => {
    const products = await api.all<Body>('/products?limit=999', 'products');
    const view = await api.lab.db.query('SELECT * FROM inventory_data');
    const of = (...parts: unknown[]) => parts.join('|');
    expect(
      products
        .map((one) => of(one.source, one.account, one.productId, one.name, one.available, one.confirmedAt))
        .sort(),
    ).toEqual(
      view
        .map((row) => {
          const at = row.last_sync_at instanceof Date ? row.last_sync_at.toISOString() : null;
          return of(row.source, row.account, row.product_id, row.name, Number(row.available), at);
        })
        .sort(),
    );
  });

  it('are found by article, one at a time too', async () => {
    const found = await api.all<Body>('/products?article=ART-30&limit=1', 'products');
    expect(found.map(({ source, account }) => [source, account].join())).toEqual([
      'ozon,1001',
      'ozon,2002',
      'wildberries,sid-1',
    ]);
    const [hostile] = await api.all<Body>('/products?product=9007199254740993', 'products');
    expect(hostile).toMatchObject({ name: HOSTILE, barcodes: ['0046'], schemes: { fbs: 5 } });
  });
});

describe('snapshots, alerts and health', () => {
  it('snapshots come newest first over all feeds, each once', async () => {
    const all = await api.all<Body>('/snapshots?limit=33', 'snapshots');
    const times = all.map(({ startedAt }) => String(startedAt));
    expect(times).toEqual([...times].sort().reverse());
    expect(new Set(all.map(({ snapshotId }) => snapshotId)).size).toBe(400);
    const failed = await api.all<Body>('/snapshots?source=wildberries&status=failed', 'snapshots');
    expect(failed).toHaveLength(40);
  });

  it('alerts come the worst first, each once, whatever is in them', async () => {
    const open = await api.all<Body>('/alerts?limit=7', 'alerts');
    expect(open).toHaveLength(120);
    expect([...new Set(open.map(({ severity }) => severity))]).toEqual(['critical', 'warning', 'info']);
    expect(open[0]).toMatchObject({ text: { ru: HOSTILE }, state: 'open', product: null });
    const all = await api.all<Body>('/alerts?state=all&limit=50', 'alerts');
    expect(new Set(all.map(({ fingerprint }) => fingerprint)).size).toBe(600);
    expect(await api.all('/alerts?state=resolved&severity=warning', 'alerts')).toHaveLength(160);
  });

  it('an alert that cannot be read is left out, and keeps nobody from the others', async () => {
    const before = await api.all<Body>('/alerts?limit=50', 'alerts');
    const unreadable = [0, 7, 8].map((index) => [
      `low-stock|a|${index}`,
      ...alertRow(30 + index).slice(1, -1),
      '{}',
    ]);
    await api.lab.db.execute(
      `INSERT INTO alerts (fingerprint, alert_id, state, rule, severity, source, account, feed, raised_at, payload)
       VALUES ?`,
      [unreadable.map((row) => row.with(2, 'open').with(4, 'critical'))],
    );
    for (const limit of [1, 2, 50])
      expect(await api.all<Body>(`/alerts?limit=${limit}`, 'alerts')).toEqual(before);
    expect(api.logged).toContainEqual(expect.objectContaining({ fingerprint: 'low-stock|a|7' }));
    await api.lab.db.execute("DELETE FROM alerts WHERE fingerprint LIKE 'low-stock|a|%'");
  });

  it('health says of each feed how fresh it is', async () => {
    const { body } = await api.get('/health');
    const feeds = (body.feeds as Body[]).map(({ feed, status }) => `${feed} ${status}`);
    expect(body.status).toBe('degraded');
    expect(feeds).toEqual([
      'ozon:1001:product-stocks fresh',
      'ozon:1001:product-list never',
      'ozon:2002:product-stocks held',
      'wildberries:sid-1:wb-warehouses stale',
      'wildberries:sid-1:fbs-stocks never',
    ]);
  });
});

describe('manners', () => {
  it('the same is not sent twice', async () => {
    const first = await api.get('/levels?limit=5');
    const etag = String(first.headers.etag);
    expect(etag).toMatch(/^"[\w-]+"$/);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await api.get('/levels?limit=5', { 'if-none-match': known });
      expect([again.status, again.body, again.headers.etag], known).toEqual([304, {}, etag]);
    }
    expect((await api.get('/levels?limit=6', { 'if-none-match': etag })).status).toBe(200);
  });

  it.each([
    ['/levels?limit=0', 400, 'bad-request'],
    ['/levels?limit=1001', 400, 'bad-request'],
    ['/levels?limit=1&limit=2', 400, 'bad-request'],
    ['/levels?limit=ten', 400, 'bad-request'],
    ['/levels?productId=5', 400, 'bad-request'],
    ['/levels?product=1%20OR%201=1', 400, 'bad-request'],
    ['/levels?source=amazon', 400, 'bad-request'],
    ['/alerts?cursor=abc', 400, 'broken-cursor'],
    ['/snapshots?cursor=%F0%9F%92%A5', 400, 'broken-cursor'],
    ['/products?cursor=null', 400, 'broken-cursor'],
    ['/nothing-of-the-kind', 404, 'not-found'],
  ])('%s is answered with %i', async (path, status, code) => {
    const answer = await api.get(path);
    expect([answer.status, answer.body.status, answer.body.code]).toEqual([status, status, code]);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.body.remedy).toEqual(expect.stringMatching(/./));
  });

  it('a cursor of another list, or of our own making, is broken', async () => {
    const { body } = await api.get('/levels?limit=1');
    expect((await api.get(`/products?cursor=${body.next}`)).body.code).toBe('broken-cursor');
    const forged = Buffer.from('AAAAAA{"feedId":1}').toString('base64url');
    expect((await api.get(`/levels?cursor=${forged}`)).body.code).toBe('broken-cursor');
  });

  it('asks for the token, and reads only', async () => {
    const refused = await api.get('/levels', { authorization: 'Bearer nobody' });
    expect([refused.status, refused.body.code, refused.headers['www-authenticate']]).toEqual([
      401,
      'unauthorised',
      'Bearer',
    ]);
    expect((await api.get('/openapi.json', { authorization: '' })).status).toBe(401);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'] as const) {
      const answer = await api.app.inject({
        method,
        url: '/api/v1/levels',
        headers: { authorization: 'Bearer let-me-in' },
      });
      expect([answer.statusCode, answer.headers.allow], method).toEqual([405, 'GET, HEAD']);
    }
    const headers = { authorization: 'Bearer let-me-in' };
    const head = await api.app.inject({ method: 'HEAD', url: '/api/v1/health', headers });
    expect([head.statusCode, head.body, head.headers.etag]).toEqual([200, '', expect.any(String)]);
  });

  it('says when the database is away, and when to come again', async () => {
    api.isAway = true;
    const away = await api.get('/health');
    api.isAway = false;
    expect([away.status, away.body.code, away.headers['retry-after']]).toEqual([503, 'database-away', '5']);
    expect((await api.get('/health')).status).toBe(200);
  });

  it('serves its own document', async () => {
    const document: unknown = JSON.parse(JSON.stringify(openApiDocument()));
    expect((await api.get('/openapi.json')).body).toEqual(document);
  });
});

describe('no list is made by a scan', () => {
  it('every statement over tables that grow reads a range of a key', async () => {
    await api.lab.db.query('ANALYZE TABLE ledger, levels, products, snapshots, alerts, feeds, incarnations');
    api.asked.length = 0;
    const paths = [
      '/levels?limit=50',
      '/levels?article=ART-30',
      '/levels?product=30',
      '/levels?source=ozon&account=1001&closed=true&limit=50',
      '/products?limit=50',
      '/products?article=ART-30',
      '/products?product=30',
      '/products?source=wildberries&account=sid-1&limit=50',
      '/changes?limit=50',
      '/changes?start=newest&limit=50',
      '/snapshots?limit=20',
      '/snapshots?status=failed&limit=5',
      '/snapshots?source=ozon&account=1001&feed=ozon:1001:product-stocks&limit=5',
      '/alerts?limit=20',
      '/alerts?state=all&limit=500',
      '/alerts?state=resolved&severity=critical&limit=20',
    ];
    const tried = new Set<string>();
    for (const path of paths) {
      const { status, body } = await api.get(path);
      expect([path, status]).toEqual([path, 200]);
      for (const name of new URL(path, 'http://here.invalid').searchParams.keys())
        tried.add(`${path.split('?')[0]} ${name}`);
      if (typeof body.next !== 'string') continue;
      tried.add(`${path.split('?')[0]} cursor`);
      const next = await api.get(`${path}&cursor=${body.next}`);
      expect(next.status).toBe(200);
    }
    // Whatever can be asked for was asked for.
    const all = API_ROUTES.flatMap(({ path, query }) =>
      Object.keys(query.shape).map((name) => `${path} ${name}`),
    );
    expect([...tried].sort()).toEqual([...all].sort());
    const plans = [];
    for (const { sql, parameters } of api.asked) {
      const rows = await api.lab.db.query(`EXPLAIN ${sql}`, parameters);
      plans.push(...rows.map((row) => ({ ...row, sql: sql.replace(/\s+/g, ' ') })));
    }
    // Aliases as the statements have them.
    const grown = /^(ledger|levels|products|snapshots|alerts|product_hours|[clsp])$/;
    const seen = plans.filter((plan) => grown.test(String((plan as Body).table))) as readonly Body[];
    for (const { table, type, key, sql, Extra } of seen) {
      const told = `${table} by ${key} in ${sql}`;
      expect(type, told).toMatch(/^(const|eq_ref|ref|range)$/);
      expect(String(Extra), told).not.toMatch(/filesort|temporary/);
    }
    const keyLength = (name: string) => [
      ...new Set(seen.filter(({ table }) => table === name).map((plan) => Number(plan.key_len))),
    ];
    // Down to the last part of the key that the cursor names.
    expect(Math.max(...keyLength('c'))).toBe(4 + 2 + 8 + 4);
    expect(Math.min(...keyLength('c'))).toBeGreaterThan(4 + 2);
    expect(Math.max(...keyLength('l'))).toBe(4 + 4 + 8 + 10 + 26);
    expect(new Set(seen.map(({ table }) => table)).size).toBeGreaterThan(5);
  });
});
