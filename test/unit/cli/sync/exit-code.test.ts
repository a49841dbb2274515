import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runExit } from '../../../../src/cli/sync/exit-code.js';

/** What a feed alone would end with. */
const [DONE, FAILED, SETTINGS, PARTIAL, HELD, BUSY, LATER] = [0, 1, 2, 3, 4, 5, 75] as const;

describe('the exit code of a run', () => {
  it.each([
    ['nothing to read', [[]], 0],
    ['all done', [[DONE, DONE], [DONE]], 0],

    ['one put off, the other done', [[LATER], [DONE, DONE]], 75],
    ['one feed put off, all else done', [[DONE], [DONE, LATER]], 75],
    ['both put off', [[LATER], [LATER, LATER]], 75],
    ['one put off, the other busy', [[LATER], [BUSY, BUSY]], 75],
    ['one put off, the other failed', [[LATER], [FAILED]], 1],
    ['one put off, one feed of the other failed', [[LATER], [FAILED, DONE]], 3],

    ['the only one busy', [[BUSY, BUSY]], 5],
    ['both busy', [[BUSY], [BUSY, BUSY]], 5],
    ['one busy, the other done', [[BUSY], [DONE]], 3],
    ['one busy, the other failed', [[BUSY], [FAILED]], 1],

    ['the only one failed', [[FAILED, FAILED]], 1],
    ['both failed', [[FAILED], [FAILED, FAILED]], 1],
    ['one failed, the other done', [[FAILED, FAILED], [DONE]], 3],
    ['one feed failed', [[DONE, FAILED]], 3],
    ['one feed incomplete', [[PARTIAL]], 3],
    ['one failed, the other held', [[FAILED], [HELD]], 3],

    ['one held', [[HELD], [DONE]], 4],
    ['both held', [[HELD], [HELD]], 4],
    ['one held, one put off', [[HELD], [LATER]], 4],

    ['the only one lacks settings', [[SETTINGS]], 2],
    ['both lack settings', [[SETTINGS], [SETTINGS]], 2],
    ['one lacks settings, the other done', [[SETTINGS], [DONE]], 3],
    ['one lacks settings, the other failed', [[SETTINGS], [FAILED]], 1],
  ] as const)('%s', (_what, sources, code) => {
    expect(runExit(sources)).toBe(code);
    expect(runExit([...sources].reverse())).toBe(code);
  });

  it('is 0 only where everything is done, and one of the documented ones always', () => {
    const feed = fc.constantFrom(DONE, FAILED, SETTINGS, PARTIAL, HELD, BUSY, LATER);
    const sources = fc.array(fc.array(feed, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(sources, (some) => {
        const code = runExit(some);
        expect([0, 1, 2, 3, 4, 5, 75]).toContain(code);
        expect(code === DONE).toBe(some.flat().every((one) => one === DONE));
      }),
    );
  });
});
