import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fakeTimeLibrary } from '../../../engines/system-packages.js';
import type { Fault } from '../lab/round.js';

/** The clock of a worker's machine jumps by hours, forth and back; servers and pollers keep theirs. */
export const clockJumps: Fault = {
  name: 'clock that jumps',
  async play(round) {
    const library = await fakeTimeLibrary();
    if (library === null) throw new Error('libfaketime cannot be had');
    const file = join(round.installation.folder, 'clock');
    const set = (offset: string): void => {
      writeFileSync(`${file}.new`, `${offset}\n`);
      renameSync(`${file}.new`, file);
      round.note(`clock ${offset}`);
    };
    set('+0');
    const env = {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      // Timers run by the steady clock, which no setting of the time moves.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
    await round.workers.startReady(1, { env });
    await round.underLoad(async () => {
      for (const offset of ['+3h', '-2h', '+400d', '+0']) {
        await round.pause(300, 1_500);
        set(offset);
      }
      // Beyond what a broker takes by itself, and within.
      set(round.pick(['+5h', '-5h', '+30m']));
      await round.pause(300, 1_500);
    });
    await round.goesOn();
  },
};
