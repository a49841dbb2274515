import { setTimeout as delay } from 'node:timers/promises';
import { GROUPS, type GroupName, groupOf, TOPICS } from '../../../src/events/topics.js';
import type { Fault, Round } from '../lab/round.js';
import { anyFailpoint } from './kill-at-point.js';

const INPUTS: Readonly<Record<GroupName, (typeof TOPICS)[keyof typeof TOPICS]>> = {
  projector: TOPICS.rawSnapshots,
  anomaly: TOPICS.syncEvents,
  mailer: TOPICS.alerts,
};

/** The groups' offsets are deleted, as by expiry, or reset by a tool, with a worker dead in the middle of its work. */
export function offsetsLost(how: 'deleted' | 'reset to earliest'): Fault {
  return {
    name: `group offsets ${how}`,
    async play(round) {
      const { workers } = round;
      const failpoint = anyFailpoint(round, 'SIGKILL', {
        app: round.pick(['projector', 'anomaly'] as const),
        point: round.pick(['after-commit', 'before-end', 'after-end'] as const),
      });
      const worker = workers.start({ failpoint });
      round.note(`a worker that dies at ${failpoint.app} ${failpoint.point}, time ${failpoint.times}`);
      await round.underLoad(() =>
        round
          .until('the point was reached', () => worker.ending !== undefined, 40_000)
          .catch(() => undefined),
      );
      await worker.kill();
      await loseOffsets(round, how);
      round.note(`offsets ${how}`);
      await workers.startReady(1);
      await round.goesOn();
    },
  };
}

async function loseOffsets(round: Round, how: 'deleted' | 'reset to earliest'): Promise<void> {
  const { installation } = round;
  const broker = installation.broker();
  try {
    for (const name of Object.keys(GROUPS) as GroupName[]) {
      const group = groupOf(installation.name, name);
      while ((await broker.group(group)).members > 0) await delay(100);
      await broker
        .ask('losing the offsets', async (admin) => {
          if (how === 'deleted') await admin.deleteGroups([group]);
          else
            await admin.resetOffsets({
              groupId: group,
              topic: installation.topic(INPUTS[name]),
              earliest: true,
            });
        })
        // A group that has never come to life has nothing to lose.
        .catch(() => undefined);
    }
  } finally {
    await broker.close();
  }
}
