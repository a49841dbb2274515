import type { Fault } from '../lab/round.js';

/** One worker, then four, then two: partitions change hands in order. */
export const scale: Fault = {
  name: 'scaled 1 to 4 to 2',
  async play(round) {
    const { workers } = round;
    await round.underLoad(async () => {
      const first = await workers.startReady(1);
      await round.pause(500, 1_500);
      round.note('three more');
      const more = await workers.startReady(3);
      await round.pause(500, 2_000);
      round.note('two leave');
      await Promise.all([first[0]?.leave(), more[0]?.leave()]);
      await round.pause(500, 1_500);
    });
    await round.goesOn();
  },
};
