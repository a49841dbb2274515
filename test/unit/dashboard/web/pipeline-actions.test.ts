import { describe, expect, it } from 'vitest';
import { pipelineActions } from '../../../../src/dashboard/web/pipeline-actions.js';

/** What the desks were asked for when a form was sent. */
async function sent(name: string, form: string): Promise<unknown[]> {
  const asked: unknown[] = [];
  const ask = async (...told: unknown[]) => void asked.push(...told);
  const actions = pipelineActions({
    letters: { list: async () => [], redrive: ask, progress: () => null },
    replay: { begin: ask, progress: () => null },
  });
  expect(await actions.get(name)?.(new URLSearchParams(form))).toBe('begun');
  return asked;
}

describe('what the pipeline page may begin', () => {
  it('redrives the letters that are named, or all by that word', async () => {
    const id = 'abcdef012345';
    expect(await sent('redrive', `id=${id}&id=012345abcdef&locale=en`)).toEqual([
      [id, '012345abcdef'],
      { locale: 'en' },
    ]);
    expect(await sent('redrive', 'all=1')).toEqual(['all', { locale: undefined }]);
  });

  it.each([
    '',
    'id=',
    'id=--force',
    'id=abcdef012345&id=--all',
    'id=ABCDEF012345',
    'all=0',
    'id=abcdef',
    'all=1&id=abcdef012345',
  ])('refuses the form %j', async (form) => {
    await expect(sent('redrive', form)).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('replays in the language of the page', async () => {
    expect(await sent('replay', 'hours=48&dry=1&locale=ru')).toEqual([
      { hours: 48, isDryRun: true },
      { locale: 'ru' },
    ]);
    expect(await sent('replay', 'hours=1&dry=0&locale=--execute')).toEqual([
      { hours: 1, isDryRun: false },
      { locale: undefined },
    ]);
  });
});
