import { afterAll, beforeAll, expect, it } from 'vitest';
import { Lab } from './lab.js';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start('cli_other_account', { ozonProducts: 10, wbProducts: 10 });
  expect(await lab.run(['sync'])).toMatchObject({ code: 0 });
});
afterAll(() => lab.close());

const report = async (env: Readonly<Record<string, string | undefined>>) => {
  const { stdout } = await lab.run(['monitor', '--weekly-report', '--print', '--json'], env);
  const { sources, noLongerRead } = JSON.parse(stdout) as Record<'sources' | 'noLongerRead', object[]>;
  const named = (shops: object[]) => shops.map((shop) => ('source' in shop ? shop.source : null));
  return { read: named(sources), left: named(noLongerRead) };
};

it('tells in one line of accounts that the settings do not name any more', async () => {
  expect(await report({})).toEqual({ read: ['ozon', 'wildberries'], left: [] });
  const other = { OZON_CLIENT_ID: '999' };
  expect(await report(other)).toEqual({ read: ['wildberries'], left: ['ozon'] });
  const { stdout } = await lab.run(['monitor', '--weekly-report', '--print'], other);
  const { ozonClientId } = lab.simulator.credentials;
  expect(stdout).toContain(`\nNo longer read, not in this report: Ozon ${ozonClientId}.\n`);
  expect(stdout).not.toContain('== Ozon');
  expect(await report({ WB_API_KEY: undefined })).toEqual({ read: ['ozon'], left: ['wildberries'] });
  // A token that has become unfit is still that seller's, and so is one that cannot be read at all.
  expect(await report({ WB_API_KEY: 'not-a-token' })).toMatchObject({ read: ['ozon', 'wildberries'] });
  // Where no marketplace is set, somebody else reads.
  const none = { WB_API_KEY: undefined, OZON_API_KEY: undefined, OZON_CLIENT_ID: undefined };
  expect(await report(none)).toEqual({ read: ['ozon', 'wildberries'], left: [] });
  await lab.db.execute('UPDATE feeds SET retired_at = NOW(3), live_rows = 0 WHERE feed LIKE ?', ['ozon:%']);
  expect(await report(other)).toEqual({ read: ['wildberries'], left: [] });
});
