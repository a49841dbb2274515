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

it('lets go of FBS stock that the settings no longer ask for, once, and takes it up again', async () => {
  const wb = ['sync', '--source=wb'];
  expect(await lab.run(wb)).toMatchObject({ code: 0 });
  expect(await lab.levels('wildberries')).toEqual(lab.truth('wildberries', { fbs: true }));
  for (const run of ['first', 'second']) {
    expect(await lab.run(wb, { WB_FBS_STOCKS: 'off' }), run).toMatchObject({ code: 0 });
    expect(await lab.levels('wildberries'), run).toEqual(lab.truth('wildberries', { fbs: false }));
    expect(await retirements(), run).toBe(1);
  }
  expect(await lab.run(wb)).toMatchObject({ code: 0 });
  expect(await lab.levels('wildberries')).toEqual(lab.truth('wildberries', { fbs: true }));
  expect(lab.sink.messages()).toEqual([]);
});
