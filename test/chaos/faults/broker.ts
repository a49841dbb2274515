import type { Fault } from '../lab/round.js';

/** The broker dies as in a power cut, and comes back after a while. */
export const brokerKilled: Fault = {
  name: 'broker killed',
  async play(round) {
    await round.workers.startReady(1);
    await round.underLoad(async () => {
      await round.pause(500, 2_500);
      round.note('SIGKILL to the broker');
      await round.servers.killKafka();
      await round.pause(0, 4_000);
      await round.servers.startKafka();
      round.note('the broker is back');
      await round.pause(0, 1_000);
    });
    await round.goesOn();
  },
};

/** The broker stands still for longer than a session lasts. */
export const brokerFrozen: Fault = {
  name: 'broker frozen',
  async play(round) {
    await round.workers.startReady(1);
    await round.underLoad(async () => {
      await round.pause(500, 2_000);
      round.note('SIGSTOP to the broker');
      round.servers.signalKafka('SIGSTOP');
      await round.pause(round.installation.sessionMs + 500, round.installation.sessionMs * 3);
      round.servers.signalKafka('SIGCONT');
      round.note('it goes on');
    });
    await round.goesOn();
  },
};
