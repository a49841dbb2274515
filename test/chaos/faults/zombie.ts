import type { Failpoint } from '../lab/failpoints.js';
import type { Fault } from '../lab/round.js';
import { anyFailpoint } from './kill-at-point.js';

/**
 * A worker is frozen for longer than its session lasts, loses everything to another one, and then wakes up in the
 * middle of what it was about to write.
 */
export function zombieAt(place?: Pick<Failpoint, 'app' | 'point'>): Fault {
  return {
    name: 'frozen beyond its session, then awake',
    async play(round) {
      const { workers } = round;
      // At a point of its work, or whenever.
      const failpoint =
        place === undefined && round.random.int(0, 3) === 0
          ? undefined
          : anyFailpoint(round, 'SIGSTOP', place);
      const zombie = workers.start({ failpoint });
      await round.underLoad(async () => {
        if (failpoint === undefined) {
          await zombie.ready();
          await round.pause(0, 2_000);
          zombie.signal('SIGSTOP');
        }
        await round
          .until('it froze', () => zombie.frozen || zombie.ending !== undefined, 40_000)
          .catch(() => {
            zombie.signal('SIGSTOP');
          });
        round.note(
          `frozen at ${failpoint === undefined ? 'no point' : `${failpoint.app} ${failpoint.point} (${failpoint.at})`}`,
        );
        await workers.startReady(1);
        await round.pause(0, round.installation.sessionMs);
      });
      await round.goesOn();
      round.note('awake');
      zombie.signal('SIGCONT');
      await round.underLoad(() => round.pause(1_000, 3_000));
      await round.goesOn();
    },
  };
}
