import { describe, it } from 'vitest';
import { fakeTimeLibrary } from '../../engines/system-packages.js';
import { clockJumps } from './faults/clock-jumps.js';
import { killAt } from './faults/kill-at-point.js';
import { killAtRandom } from './faults/kill-at-random.js';
import { killMidSnapshot } from './faults/kill-mid-snapshot.js';
import { offsetsLost } from './faults/offsets.js';
import { partitionsAdded } from './faults/partitions-added.js';
import { rebalanceStorm } from './faults/rebalance-storm.js';
import { scale } from './faults/scale.js';
import { sigterm, sigtermTwice } from './faults/sigterm.js';
import { smtpTrouble } from './faults/smtp.js';
import { zombieAt } from './faults/zombie.js';
import { chaosRounds, ROUND_MS } from './lab/rounds.js';

const canFakeTime = (await fakeTimeLibrary()) !== null;

describe('workers die, freeze, come and go', () => {
  const play = chaosRounds('chaos-workers');

  it(
    'killed between the statements of a transaction, in its COMMIT and behind it: nothing acknowledged is lost, and MySQL equals the function of the raw topic',
    () =>
      play(
        killAt({ app: 'projector', point: 'statement' }),
        killAt({ app: 'projector', point: 'in-commit' }),
        killAt({ app: 'projector', point: 'after-commit' }),
        killAt({ app: 'anomaly', point: 'after-commit' }),
      ),
    ROUND_MS,
  );

  it(
    'killed inside the Kafka transaction, before its end, while it ends and behind it: every change is published exactly once, in order per key',
    () =>
      play(
        killAt({ app: 'projector', point: 'sent' }),
        killAt({ app: 'projector', point: 'before-end' }),
        killAt({ app: 'projector', point: 'in-end' }),
        killAt({ app: 'anomaly', point: 'after-end' }),
      ),
    ROUND_MS,
  );

  it(
    'killed between claiming a digest and its mail, and a mail server that loses answers: one mail per incident',
    () =>
      play(
        killAt({ app: 'sender', point: 'after-commit' }),
        killAt({ app: 'mailer', point: 'before-commit' }),
        smtpTrouble,
      ),
    ROUND_MS,
  );

  it(
    'killed at any moment, and in the middle of a snapshot: the whole of it is judged, and a part of it zeroes nothing',
    () => play(killAtRandom, killMidSnapshot),
    ROUND_MS,
  );

  it(
    'frozen beyond its session in the middle of a write, and awake when another has taken over: versions never go back',
    () =>
      play(
        zombieAt({ app: 'projector', point: 'before-commit' }),
        zombieAt({ app: 'projector', point: 'before-end' }),
      ),
    ROUND_MS,
  );

  it(
    'six that come and go every few seconds, and one, then four, then two: the work goes on, and nothing comes twice',
    () => play(rebalanceStorm(6), scale),
    ROUND_MS,
  );

  it(
    'told to stop under load they finish what they have in hand, and at the second signal they leave at once',
    () => play(sigterm, sigtermTwice),
    ROUND_MS,
  );

  it(
    'group offsets deleted and reset to earliest: nothing is published twice, and the offset never passes the checkpoint',
    () => play(offsetsLost('deleted'), offsetsLost('reset to earliest')),
    ROUND_MS,
  );

  it(
    'partitions added under load: no feed moves, and a new one in a new partition is read',
    () => play(partitionsAdded),
    ROUND_MS,
  );

  it.skipIf(!canFakeTime)(
    'a clock that jumps by hours decides nothing (skipped where libfaketime cannot be had)',
    () => play(clockJumps),
    ROUND_MS,
  );
});
