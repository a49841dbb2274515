import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { topicOf } from '../../../src/events/topics.js';
import type { TruthOptions } from '../../../src/simulator/world/types.js';
import { expectExactlyOnce } from '../../support/exactly-once.js';
import { type Env, Lab } from './lab.js';

/**
 * What settings and warehouses do to the keys must not be seen in the totals, at any moment: another connection
 * adds up the tables without pause while the command runs.
 */
describe('stock by warehouse', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start('cli_rescope', { ozonProducts: 80, wbProducts: 60 });
  });
  afterAll(() => lab.close());

  const warehouses = () => lab.simulator.world.sellerWarehouses('ozon').map(({ id }) => id);
  const pieces = (rows: readonly object[]) =>
    (rows as { available: number }[]).reduce((sum, row) => sum + row.available, 0);

  /** Runs `sync` of one source and answers every total of it that was to be seen meanwhile, without repetition. */
  async function watched(source: 'ozon' | 'wildberries', env: Env, args: readonly string[] = []) {
    const seen = new Set<number>();
    let running = true;
    const looking = (async () => {
      while (running) {
        const [row] = await lab.db.query('SELECT SUM(available) AS n FROM stock_levels WHERE source = ?', [
          source,
        ]);
        seen.add(Number(row?.n));
      }
    })();
    const finished = await lab.run(['sync', `--source=${source}`, ...args], env);
    running = false;
    await looking;
    return { ...finished, seen: [...seen] };
  }

  async function expectTruth(source: 'ozon' | 'wildberries', how: TruthOptions): Promise<void> {
    const key = (row: object) => JSON.stringify(Object.entries(row).sort());
    const truth = lab.simulator.world.truth(source, how);
    expect((await lab.levels(source)).map(key).sort()).toEqual(truth.map(key).sort());
  }

  const everywhere: TruthOptions = { sellerWarehouses: 'all', fbo: 'total' };

  it('begins with one row per scheme', async () => {
    expect(await lab.run(['sync', '--source=ozon'])).toMatchObject({ code: 0 });
    await expectTruth('ozon', {});
  });

  it('goes over to warehouses and back without a piece too many or too few at any moment', async () => {
    const total = pieces(lab.simulator.world.truth('ozon', {}));
    const there = await watched('ozon', { OZON_WAREHOUSE_ID: 'all' });
    expect(there).toMatchObject({ code: 0, seen: [total] });
    await expectTruth('ozon', everywhere);
    const back = await watched('ozon', {});
    expect(back).toMatchObject({ code: 0, seen: [total] });
    await expectTruth('ozon', {});
    expect(await watched('ozon', { OZON_WAREHOUSE_ID: 'all' })).toMatchObject({ code: 0, seen: [total] });
  });

  it('takes a new warehouse in and lets a deleted one go, without an alert', async () => {
    const before = lab.sink.messages().length;
    const { world } = lab.simulator;
    const added = world.addWarehouse('ozon');
    expect(await lab.run(['sync', '--source=ozon'], { OZON_WAREHOUSE_ID: 'all' })).toMatchObject({ code: 0 });
    await expectTruth('ozon', everywhere);
    const [first = ''] = warehouses();
    world.deleteWarehouse('ozon', first);
    const { code, seen } = await watched('ozon', { OZON_WAREHOUSE_ID: 'all' });
    expect(code).toBe(0);
    expect(seen).toHaveLength(2);
    await expectTruth('ozon', everywhere);
    expect(warehouses()).toContain(added);
    const closed = await lab.db.query(
      "SELECT DISTINCT reason FROM stock_changes WHERE op = 'd' AND warehouse_id = ?",
      [first],
    );
    expect(closed).toEqual([{ reason: 'rescoped' }]);
    expect(lab.sink.messages()).toHaveLength(before);
  });

  it('reads only the warehouses that are named, and refuses one that does not exist', async () => {
    const [one = ''] = warehouses();
    expect(await lab.run(['sync', '--source=ozon'], { OZON_WAREHOUSE_ID: one })).toMatchObject({ code: 0 });
    await expectTruth('ozon', { sellerWarehouses: [one], fbo: 'total' });
    const before = await lab.levels('ozon');
    const refused = await lab.run(['sync', '--source=ozon'], { OZON_WAREHOUSE_ID: `${one},777` });
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('777');
    expect(await lab.levels('ozon')).toEqual(before);
  });

  it.each(['warehouses', 'analytics'] as const)(
    'reads FBO by warehouse (%s) and as one total again',
    async (fbo) => {
      const env = { OZON_WAREHOUSE_ID: 'all', OZON_FBO_STOCKS: fbo };
      expect(await lab.run(['sync', '--source=ozon'], env)).toMatchObject({ code: 0 });
      await expectTruth('ozon', { sellerWarehouses: 'all', fbo });
      expect(await lab.run(['sync', '--source=ozon'])).toMatchObject({ code: 0 });
      await expectTruth('ozon', {});
    },
  );

  it('follows WB’s merge into one warehouse and back, and either way of reading FBS', async () => {
    const { world } = lab.simulator;
    const total = () => pieces(world.truth('wildberries', { fbs: true }));
    expect(await lab.run(['sync', '--source=wb'])).toMatchObject({ code: 0 });
    await expectTruth('wildberries', { fbs: true });
    for (const turn of ['merge', 'split', 'merge'] as const) {
      if (turn === 'merge') world.mergeWildberriesWarehouses();
      else world.splitWildberriesWarehouses();
      const byReport = turn === 'merge';
      const way = { WB_FBS_STOCKS: byReport ? 'report' : 'marketplace' };
      expect(await watched('wildberries', way)).toMatchObject({ code: 0, seen: [total()] });
      await expectTruth('wildberries', { fbs: byReport ? 'report' : true });
    }
    const [gone = ''] = world.sellerWarehouses('wildberries').map(({ id }) => id);
    world.deleteWarehouse('wildberries', gone);
    expect(await lab.run(['sync', '--source=wb'])).toMatchObject({ code: 0 });
    await expectTruth('wildberries', { fbs: true });
  });

  it('has told all of it exactly once, and the topic folds to the tables', async () => {
    await expectExactlyOnce({ db: lab.db, topic: (name) => topicOf(lab.prefix, name) });
  });
});
