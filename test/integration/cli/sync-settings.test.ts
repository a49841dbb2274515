import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintWbToken } from '../../../src/simulator/wildberries/token.js';
import { type Env, Lab } from './lab.js';

const SID = '7d1f7c52-6a0c-4b2e-9d59-6f0c6e3d2a11';

describe('what the settings make sync read', () => {
  let lab: Lab;
  beforeAll(async () => {
    // A seller who ticked nothing but Analytics, half a year ago.
    const expiresAt = Date.now() + 5.5 * 86_400_000;
    const wbToken = mintWbToken({ sid: SID, issuedAt: Date.now(), categories: ['analytics'], expiresAt });
    lab = await Lab.start('cli_settings', { ozonProducts: 30, wbProducts: 30, credentials: { wbToken } });
    // Runs that need not take over the work of one are shorter.
    await lab.start(['worker']).says('worker ready');
  });
  afterAll(() => lab.close());

  const feeds = async (args: readonly string[], env: Env = {}) => {
    const { code, stdout, stderr } = await lab.run(['sync', '--json', ...args], env);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const { sources } = JSON.parse(stdout);
    const names = sources[0].snapshots.map(({ feed }: { feed: string }) => feed.split(':').at(-1));
    return { names, stderr };
  };

  it('is one marketplace alone, where only that is set and asked for', async () => {
    const ozonOnly = { WB_API_KEY: undefined };
    const { names, stderr } = await feeds(['--source=ozon'], ozonOnly);
    expect(names).toEqual(['product-stocks', 'product-list']);
    expect(stderr).not.toMatch(/wildberries|WB_/i);
    const both = await lab.run(['sync', '--source=all'], ozonOnly);
    expect(both.code).toBe(0);
    expect(both.stderr.match(/^.*wildberries.*$/gim)).toEqual([
      'wildberries: not configured, not read (WB_API_KEY not set)',
    ]);
    expect(both.stdout).toMatch(/^Ozon +success /m);
    expect(both.stdout).not.toMatch(/Wildberries/);
    const wbOnly = await feeds(['--source=wb'], { OZON_API_KEY: undefined, OZON_CLIENT_ID: undefined });
    expect(wbOnly.stderr).not.toMatch(/ozon/i);
  });

  it('is none that is asked for by name and not set, nor one that is set in half', async () => {
    const wbMissing = { WB_API_KEY: undefined };
    expect(await lab.run(['sync', '--source=wb'], wbMissing)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Error: wildberries: Not set: WB_API_KEY'),
    });
    const none = { ...wbMissing, OZON_API_KEY: undefined, OZON_CLIENT_ID: undefined };
    const nothing = await lab.run(['sync', '--source=all'], none);
    expect(nothing).toMatchObject({ code: 2, stderr: expect.stringContaining('Remedy: ') });
    expect(nothing.stderr).toContain('Not set: OZON_CLIENT_ID, OZON_API_KEY');
    const half = await lab.run(['sync', '--test-mode'], { OZON_API_KEY: undefined });
    expect(half).toMatchObject({ code: 3, stderr: expect.stringContaining('Not set: OZON_API_KEY') });
    const seller = await lab.run(['sync', '--test-mode'], { ...wbMissing, WB_SUPPLIER_ID: SID });
    expect(seller).toMatchObject({ code: 3, stderr: expect.stringContaining('Not set: WB_API_KEY') });
  });

  it('is what the token of Wildberries allows; what it does not is told in the reader’s language', async () => {
    const { names, stderr } = await feeds(['--source=wb'], { LOCALE: 'ru' });
    expect(names).toEqual(['wb-warehouses', 'fbs-stocks']);
    expect(stderr).toContain('Предупреждение: wildberries: в токене WB нет категории «Контент»');
    expect(stderr).toMatch(
      /Предупреждение: wildberries: токен действует до \S+, осталось дней: 5: пора сделать новый/,
    );
    expect(await lab.levels('wildberries')).toEqual(lab.truth('wildberries', { fbs: 'report' }));
    const another = { WB_FBS_STOCKS: 'marketplace', WB_SUPPLIER_ID: '0e0e0e0e-6a0c-4b2e-9d59-6f0c6e3d2a11' };
    const asked = await feeds(['--source=wb'], another);
    expect(asked.stderr).toContain(
      `Warning: wildberries: WB_SUPPLIER_ID=${another.WB_SUPPLIER_ID}, but the token`,
    );
    expect(asked.names).toEqual(['wb-warehouses']);
    expect(asked.stderr).toContain('Warning: wildberries: FBS stock is not read');
    expect(asked.stderr).not.toContain('base token');
    const expiresAt = Date.now() + 100 * 86_400_000;
    const base = mintWbToken({
      ...{ sid: SID, issuedAt: Date.now(), categories: ['analytics'], expiresAt, kind: 'base' },
    });
    const { stderr: warned } = await lab.run(['sync', '--source=wb', '--test-mode'], { WB_API_KEY: base });
    expect(warned.match(/^.*base token.*$/gm)).toEqual([
      expect.stringMatching(/^Warning: wildberries: this is a base token: .* set WB_API_KEY$/),
    ]);
    expect((await feeds(['--source=wb'], { WB_FBS_STOCKS: 'off' })).names).toEqual(['wb-warehouses']);
  });

  it('is the catalogue once a day, and whenever a full resync is asked for', async () => {
    expect((await feeds(['--source=ozon'])).names).toEqual(['product-stocks']);
    expect((await feeds(['--source=ozon', '--full-resync'])).names).toEqual([
      'product-stocks',
      'product-list',
    ]);
    await lab.db.execute(
      "UPDATE feeds SET watermark_at = watermark_at - INTERVAL 1435 MINUTE WHERE endpoint = 'product-list'",
    );
    expect((await feeds(['--source=ozon'])).names).toEqual(['product-stocks', 'product-list']);
    expect((await feeds(['--source=ozon'])).names).toEqual(['product-stocks']);
  });

  it('is Ozon’s seller warehouses one by one where they are named, and the totals again afterwards', async () => {
    await feeds(['--source=ozon'], { OZON_WAREHOUSE_ID: 'all' });
    expect(await lab.levels('ozon')).toEqual(lab.truth('ozon', { sellerWarehouses: 'all' }));
    await feeds(['--source=ozon'], { OZON_FBO_STOCKS: 'analytics' });
    expect(await lab.levels('ozon')).toEqual(lab.truth('ozon', { fbo: 'analytics' }));
    await feeds(['--source=ozon']);
    expect(await lab.levels('ozon')).toEqual(lab.truth('ozon'));
  });

  it('asks a method where the settings say it is', async () => {
    lab.simulator.clearRequests();
    const elsewhere = { OZON_PATHS: 'product-stocks=/v5/product/info/stocks' };
    const { code } = await lab.run(['sync', '--source=ozon'], elsewhere);
    expect(code).toBe(1);
    expect(lab.simulator.requests().map(({ path }) => path)).toContain('/v5/product/info/stocks');
  });
});
