import { type AppName, DATABASE_POINTS, type Failpoint, KAFKA_POINTS } from '../lab/failpoints.js';
import type { Fault, Round } from '../lab/round.js';

/** Where a worker can be struck: each step of its database transaction and of its Kafka transaction. */
export const PLACES: readonly { app: AppName; point: Failpoint['point'] }[] = [
  ...(['projector', 'anomaly', 'mailer', 'sender'] as const).flatMap((app) =>
    DATABASE_POINTS.map((point) => ({ app, point })),
  ),
  // The mailer publishes dead letters only, and a digest's sender nothing at all.
  ...(['projector', 'anomaly'] as const).flatMap((app) => KAFKA_POINTS.map((point) => ({ app, point }))),
];

/** The database transaction's own statements: the checkpoint, what is written, the checkpoint again. */
const STATEMENTS = { projector: 7, anomaly: 5, mailer: 3, sender: 6 } as const;

export function anyFailpoint(
  round: Round,
  signal: Failpoint['signal'],
  place = round.pick(PLACES),
): Failpoint {
  const { random } = round;
  const most = STATEMENTS[place.app];
  const at = place.point === 'statement' ? random.int(1, most) : random.int(0, 5);
  return { ...place, at, times: random.int(1, place.app === 'projector' ? 12 : 2), signal };
}

/** A worker kills itself with SIGKILL at a point between or inside the steps of its work. */
export function killAt(place?: (typeof PLACES)[number]): Fault {
  return {
    name: 'killed at a named point',
    async play(round) {
      const failpoint = anyFailpoint(round, 'SIGKILL', place ?? round.pick(PLACES));
      const { app, point, at, times } = failpoint;
      round.note(`a worker that dies at ${app} ${point} (${at}), time ${times}`);
      const worker = round.workers.start({ failpoint });
      await round.underLoad(() =>
        round
          .until('the point was reached', () => worker.ending !== undefined, 40_000)
          .catch(() => undefined),
      );
      round.note(worker.ending === undefined ? 'it never got there' : 'it is dead');
      await worker.kill();
    },
  };
}
