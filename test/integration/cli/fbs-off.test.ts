import { afterAll, beforeAll, expect, it } from 'vitest';
import { Lab } from './lab.js';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start('cli_fbs_off', { ozonProducts: 5, wbProducts: 40 });
});
afterAll(() => lab.close());

const retirements = async () =>
  Number(
    (await lab.db.query("SELECT COUNT(*) AS n FROM snapshots WHERE snapshot_id LIKE 'retired-%'"))[0]?.n,
  );

it('lets go of a feed, too, that never came to a good end', async () => {
  const wb = ['sync', '--source=wb'];
  // The warehouses are asked side by side and read in their order: all but the last one get into the log.
  const last = lab.simulator.world.sellerWarehouses('wildberries').at(-1);
  lab.simulator.faults.inject({ kind: '500', match: `/api/v3/stocks/${last?.id}`, rate: 1 });
  const strict = { API_RETRY_COUNT: '0', FAILURES_THRESHOLD: '1' };
  expect((await lab.run(wb, strict)).code).toBe(3);
  const alerts = async () =>
    (await lab.db.query("SELECT state FROM alerts WHERE rule = 'snapshots-failing'")).map(
      ({ state }) => state,
    );
  expect(await alerts()).toEqual(['open']);
  lab.simulator.faults.clear();
  const fbs = async () =>
    (await lab.levels('wildberries')).filter((row) => 'scheme' in row && row.scheme === 'fbs');
  expect((await fbs()).length).toBeGreaterThan(0);
  expect(await lab.run(wb, { WB_FBS_STOCKS: 'off' })).toMatchObject({ code: 0 });
  expect(await fbs()).toEqual([]);
  expect(await lab.levels('wildberries')).toEqual(lab.truth('wildberries', { fbs: false }));
  // Nothing is wrong any more with what nobody reads.
  expect(await alerts()).toEqual(['resolved']);
});

it('lets go of FBS stock that the settings no longer ask for, once, and takes it up again', async () => {
  const wb = ['sync', '--source=wb'];
  const mails = lab.sink.messages().length;
  expect(await lab.run(wb)).toMatchObject({ code: 0 });
  expect(await lab.levels('wildberries')).toEqual(lab.truth('wildberries', { fbs: true }));
  const before = await retirements();
  for (const run of ['first', 'second']) {
    expect(await lab.run(wb, { WB_FBS_STOCKS: 'off' }), run).toMatchObject({ code: 0 });
    expect(await lab.levels('wildberries'), run).toEqual(lab.truth('wildberries', { fbs: false }));
    expect(await retirements(), run).toBe(before + 1);
  }
  expect(await lab.run(wb)).toMatchObject({ code: 0 });
  expect(await lab.levels('wildberries')).toEqual(lab.truth('wildberries', { fbs: true }));
  expect(lab.sink.messages()).toHaveLength(mails);
});
