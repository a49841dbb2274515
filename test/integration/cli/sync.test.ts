import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from './lab.js';

/** Columns of a row of `sync_logs` that tests look at. */
const ended = (source: string, status: string, more: object = {}) =>
  expect.objectContaining({ source, status, finished_at: expect.any(Date), ...more });

describe('sync where no worker runs', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start('cli_sync', { ozonProducts: 60, wbProducts: 60 });
  });
  afterAll(() => lab.close());

  const lastTwo = async () => (await lab.runs()).slice(0, 2);
  const truthIsThere = async () => {
    for (const source of ['ozon', 'wildberries'] as const)
      expect(await lab.levels(source)).toEqual(lab.truth(source));
  };

  it('reads both marketplaces, applies and publishes them, and says so', async () => {
    const { code, stdout, stderr } = await lab.run(['sync', '--source=all']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    await truthIsThere();
    // Rows of stock; the catalogue has told of the same products by two methods.
    expect(stdout).toMatch(/^Source +Outcome +Rows +New +Changed +Closed +Time\nOzon +success +60 /);
    expect(stdout).toMatch(/\nWildberries +success +\d+ .*\n$/);
    expect(stderr).toContain('ozon: stock, page 1 of 1, 60 rows');
    expect(stderr).toContain('no worker is running: applying it here');
    const rows = (source: 'ozon' | 'wildberries') => String(lab.truth(source).length);
    const filled = (source: 'ozon' | 'wildberries', account: string) =>
      ended(source, 'success', {
        account,
        run_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        records_processed: expect.stringMatching(/^[1-9]\d*$/),
        ...{ changed_rows: rows(source), absent_rows: '0' },
        ...{ error_code: null, error: null, request_id: null, started_at: expect.any(Date) },
      });
    const { ozonClientId, wbSid } = lab.simulator.credentials;
    const runs = await lab.runs();
    expect(runs).toEqual([filled('wildberries', wbSid), filled('ozon', ozonClientId)]);
    expect(runs[0]?.run_id).toBe(runs[1]?.run_id);
    for (const { started_at, finished_at } of runs)
      expect(Number(finished_at)).toBeGreaterThanOrEqual(Number(started_at));
    const [products] = await lab.db.query("SELECT COUNT(*) AS n FROM inventory_data WHERE source = 'ozon'");
    expect(Number(products?.n)).toBe(lab.simulator.world.productIds('ozon').length);
    expect(lab.sink.messages()).toEqual([]);
  });

  it('mails an alert about a product that ran out, before it leaves', async () => {
    const [product = ''] = lab.simulator.world.productIds('ozon');
    lab.simulator.world.setStock('ozon', product, { present: 5, reserved: 0 });
    expect(await lab.run(['sync'])).toMatchObject({ code: 0 });
    const before = lab.sink.messages().length;
    lab.simulator.world.soldOut('ozon', product);
    expect(await lab.run(['sync', '--source=ozon'])).toMatchObject({ code: 0 });
    const mails = lab.sink.messages().slice(before);
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatchObject({ to: ['owner@example.test'], text: expect.stringContaining('→ 0') });
    expect(await lab.levels('ozon')).toEqual(lab.truth('ozon'));
  });

  it('changes nothing and mails nothing where nothing has changed; --json is one document', async () => {
    const before = lab.sink.messages().length;
    const { code, stdout } = await lab.run(['sync', '--source=all', '--json']);
    expect(code).toBe(0);
    const snapshot = (feed: string) => ({
      feed: expect.stringMatching(`^(ozon|wildberries):[^:]+:${feed}$`),
      snapshotId: expect.any(String),
      status: 'applied',
      rows: expect.any(Number),
      reason: null,
    });
    const source = {
      account: expect.any(String),
      status: 'success',
      rows: expect.any(Number),
      changes: { created: 0, updated: 0, closed: 0 },
      durationMs: expect.any(Number),
      ...{ error: null, errors: [] },
    };
    // Ozon's catalogue is fresh; of the cards what is new since, which is nothing.
    const wbFeeds = ['wb-warehouses', 'cards', 'fbs-stocks'].map(snapshot);
    expect(JSON.parse(stdout)).toEqual({
      runId: expect.any(String),
      status: 'success',
      exitCode: 0,
      startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      durationMs: expect.any(Number),
      appliedBy: 'this-run',
      sources: [
        { ...source, source: 'ozon', snapshots: [snapshot('product-stocks')] },
        { ...source, source: 'wildberries', snapshots: wbFeeds },
      ],
      error: null,
    });
    expect(lab.sink.messages()).toHaveLength(before);
  });

  it('leaves at once with --no-wait, and the next run applies what it left', async () => {
    const product = lab.simulator.world.addProduct('ozon');
    const left = await lab.run(['sync', '--source=ozon', '--no-wait', '--json']);
    expect(left.code).toBe(0);
    expect(JSON.parse(left.stdout)).toMatchObject({
      appliedBy: null,
      sources: [{ status: 'success', changes: null, snapshots: [{ status: 'published' }] }],
    });
    const seen = () => lab.db.query('SELECT 1 FROM stock_levels WHERE product_id = ?', [product]);
    expect(await seen()).toHaveLength(0);
    expect(await lab.run(['sync', '--source=wb'])).toMatchObject({ code: 0 });
    expect(await seen()).not.toHaveLength(0);
  });

  it('does the other source where the key of one is refused', async () => {
    const [size = ''] = lab.simulator.world.productIds('wildberries');
    lab.simulator.world.soldOut('wildberries', size);
    const wrong = { OZON_API_KEY: 'wrong-key-04c1d2' };
    const { code, stdout, stderr } = await lab.run(['sync', '--json'], wrong);
    expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('Error: ozon: ') });
    expect(stderr).toMatch(/^Remedy: .*OZON_CLIENT_ID and OZON_API_KEY belong together/m);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'partial',
      exitCode: 3,
      sources: [
        { source: 'ozon', status: 'failed', error: { code: 'API_CREDENTIALS' } },
        { source: 'wildberries', status: 'success', error: null },
      ],
    });
    expect(await lab.levels('wildberries')).toEqual(lab.truth('wildberries'));
    expect(await lastTwo()).toEqual(
      expect.arrayContaining([
        ended('ozon', 'failed', { error_code: 'API_CREDENTIALS', records_processed: '0' }),
        ended('wildberries', 'success'),
      ]),
    );
  });

  it('names the settings that a source lacks, and does the other one', async () => {
    const { code, stderr } = await lab.run(['sync'], { WB_API_KEY: undefined, WB_SUPPLIER_ID: '7' });
    expect(code).toBe(3);
    expect(stderr).toContain('Error: wildberries: Not set: WB_API_KEY (or WB_API_KEY_FILE)');
    expect(await lastTwo()).toEqual(
      expect.arrayContaining([
        ended('ozon', 'success'),
        ended('wildberries', 'failed', { error_code: 'CONFIG_INVALID' }),
      ]),
    );
  });

  it('fails with the error’s own code where no source could be read', async () => {
    const [unset, ozonOnly, refused] = await Promise.all([
      lab.run(['sync'], { WB_API_KEY: undefined, OZON_API_KEY: undefined }),
      lab.run(['sync', '--source=ozon', '--json'], { OZON_CLIENT_ID: undefined }),
      lab.run(['sync'], { WB_API_KEY: 'a.b.c-not-a-token', OZON_API_KEY: 'wrong-key-04c1d2' }),
    ]);
    expect(unset).toMatchObject({ code: 2, stderr: expect.stringContaining('OZON_API_KEY') });
    expect(unset.stderr).toContain('WB_API_KEY');
    expect(ozonOnly.code).toBe(2);
    expect(JSON.parse(ozonOnly.stdout)).toMatchObject({
      exitCode: 2,
      sources: [{ error: { code: 'CONFIG_INVALID' } }],
    });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('WB_API_KEY is not a whole') });
  });

  it('holds back a read that lost most products, and believes it when told to', async () => {
    lab.simulator.world.collapse('ozon', 0.2);
    const before = await lab.levels('ozon');
    const held = await lab.run(['sync', '--json'], { ABSENCE_MIN: '5' });
    expect(held.code).toBe(4);
    expect(JSON.parse(held.stdout)).toMatchObject({
      status: 'held',
      sources: [{ status: 'held', error: { code: 'HELD' } }, { status: 'success' }],
    });
    expect(held.stderr).toContain('products with stock would vanish');
    expect(held.stderr).toContain('sync --source=ozon --full-resync --accept-absences');
    expect(await lab.levels('ozon')).toEqual(before);
    expect(await lastTwo()).toEqual(expect.arrayContaining([ended('ozon', 'held')]));

    const accept = ['sync', '--source=ozon', '--full-resync', '--accept-absences'];
    expect(await lab.run(accept, { ABSENCE_MIN: '5' })).toMatchObject({ code: 0 });
    expect(await lab.levels('ozon')).toEqual(lab.truth('ozon'));
    lab.simulator.world.restore('ozon');
  });

  it('applies the good rows of a read with a bad one, and closes nothing', async () => {
    lab.simulator.faults.inject({ kind: 'wrong-shape', shape: 'negative', match: 'ozon' });
    const { code, stderr } = await lab.run(['sync', '--source=ozon']);
    expect({ code, stderr }).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('incomplete: 1 row(s)'),
    });
    expect((await lab.runs())[0]).toEqual(ended('ozon', 'partial', { error_code: 'INCOMPLETE' }));
    expect(await lab.run(['sync', '--source=ozon'])).toMatchObject({ code: 0 });
    await truthIsThere();
  });
});
