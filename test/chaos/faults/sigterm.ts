import type { Fault } from '../lab/round.js';

/** Told to stop under load, a worker finishes what it has in hand, and leaves with code 0. */
export const sigterm: Fault = {
  name: 'SIGTERM under load',
  async play(round) {
    await round.underLoad(async () => {
      const [worker] = await round.workers.startReady(1);
      await round.pause(0, 3_000);
      round.note('SIGTERM');
      const ending = await worker?.leave();
      round.note(`ended with ${ending?.code ?? ending?.signal}`);
      if (ending?.code !== 0)
        throw new Error(`a worker that was told to stop ended with ${JSON.stringify(ending)}`);
    });
    // Nobody waits for a session to end: the next one has the partitions at once.
    await round.workers.startReady(1);
    await round.goesOn();
  },
};

/** The second signal does not wait for anything. */
export const sigtermTwice: Fault = {
  name: 'SIGTERM twice',
  async play(round) {
    await round.underLoad(async () => {
      const [worker] = await round.workers.startReady(1);
      await round.pause(500, 2_000);
      worker?.signal('SIGTERM');
      await round.until(
        'it heard',
        () => worker?.lines.some((line) => /[Ss]topping/.test(line)) === true || worker?.ending !== undefined,
      );
      round.note('SIGTERM once more');
      const ending = await worker?.leave();
      // It may come to its end in order in the very moment of the second one, with nobody left to hear that.
      const ended = [143, 0].includes(ending?.code ?? -1) || ending?.signal === 'SIGTERM';
      if (!ended) throw new Error(`it ended with ${JSON.stringify(ending)}, 143 was expected`);
    });
  },
};
