import { expect, it } from 'vitest';
import { jobsOf, PROFILES } from '../../../../src/cli/schedule/table.js';

const syncs = (jobs: ReturnType<typeof jobsOf>) =>
  jobs.filter(({ args }) => args[0] === 'sync').map(({ args }) => args.slice(1).join(' '));

it.each(PROFILES)('only what is set up is read (%s)', (profile) => {
  const ozon = jobsOf(profile, ['ozon']);
  expect(syncs(ozon)).toEqual(['--source=ozon --full-resync', '--source=ozon']);
  expect(ozon[0]?.covers).toEqual([ozon[1]?.name]);
  const wb = jobsOf(profile, ['wildberries']);
  expect(syncs(wb)).toEqual(['--source=wb --full-resync', '--source=wb']);
  expect(wb.map(({ holds }) => holds)).toEqual([['wildberries'], ['wildberries'], [], []]);
  expect(jobsOf(profile, ['ozon', 'wildberries'])).toEqual(jobsOf(profile));
  expect(jobsOf(profile, [])).toEqual(jobsOf(profile));
});
