import { expect, it } from 'vitest';
import { jobsOf, PROFILES, usedSources } from '../../../../src/cli/schedule/table.js';

const settings = (ozon: string | null, wb: object | null) =>
  ({ ozon: { clientId: ozon, apiKey: null }, wildberries: { apiKey: wb } }) as never;
const syncs = (jobs: ReturnType<typeof jobsOf>) =>
  jobs.filter(({ args }) => args[0] === 'sync').map(({ args }) => args.slice(1).join(' '));

it.each(PROFILES)('only what is set up is read (%s)', (profile) => {
  const ozon = jobsOf(profile, usedSources(settings('1', null)));
  expect(syncs(ozon)).toEqual(['--source=ozon --full-resync', '--source=ozon']);
  expect(ozon[0]?.covers).toEqual([ozon[1]?.name]);
  const wb = jobsOf(profile, usedSources(settings(null, {})));
  expect(syncs(wb)).toEqual(['--source=wb --full-resync', '--source=wb']);
  expect(wb.map(({ holds }) => holds)).toEqual([['wildberries'], ['wildberries'], [], []]);
  expect(jobsOf(profile, usedSources(settings('1', {})))).toEqual(jobsOf(profile));
  expect(jobsOf(profile, usedSources(settings(null, null)))).toEqual(jobsOf(profile));
});
