import type { Fault } from '../lab/round.js';

/** A worker under load gets SIGKILL at a moment that nobody chose. */
export const killAtRandom: Fault = {
  name: 'killed at random',
  async play(round) {
    await round.underLoad(async () => {
      const [worker] = await round.workers.startReady(1);
      await round.pause(0, 4_000);
      round.note('SIGKILL');
      await worker?.kill();
    });
  },
};
