import { describe, expect, it } from 'vitest';
import { ConsumerRun } from '../../../src/consumers/run-consumer.js';
import { AppError } from '../../../src/errors.js';
import type { BrokerPort, CommittedMark, GroupHandlers } from '../../../src/ports/broker.js';
import type { CheckpointStore } from '../../../src/ports/checkpoint-store.js';
import type { ConsumerApp } from '../../../src/ports/partition-processor.js';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const app = { group: 'inventory.anomaly', topic: 'inventory.sync-events.v1' } as ConsumerApp;

/** A member to which the group has given nothing: everything is with other members. */
async function bystander() {
  const marks = new Map<number, CommittedMark>();
  const ends: Record<string, number> = { [`${app.topic}/0`]: 0, [`${app.topic}/1`]: 0 };
  let start = 0;
  let handlers: GroupHandlers | undefined;
  let beforeAnswer = (): void => undefined;
  const broker: Partial<BrokerPort> = {
    member: () => ({
      start: async (given) => void (handlers = given),
      pause: () => undefined,
      resumeAt: () => undefined,
      stop: async () => undefined,
    }),
    ends: async () => ({ ...ends }),
    range: async () => ({ start, end: 0 }),
    committed: async (_group, _topic, partition) => {
      beforeAnswer();
      return marks.get(partition) ?? null;
    },
  };
  const run = new ConsumerRun(app, {
    broker: broker as BrokerPort,
    checkpoints: {} as CheckpointStore,
    outputTopics: [],
    logger: quiet,
    heartbeatMs: 1000,
    newToken: () => 'token',
    fatal: (error) => {
      throw error;
    },
  });
  await run.start();
  return {
    run,
    joined: () => handlers?.joined([]),
    /** Partition 1 ends here, and the group has got that far. */
    at(end: number, mark: number | null, logStart = 0) {
      ends[`${app.topic}/1`] = end;
      start = logStart;
      if (mark === null) marks.delete(1);
      else marks.set(1, { offset: mark, stamp: null });
    },
    meanwhile(deed: () => void) {
      beforeAnswer = deed;
    },
  };
}

describe('a member that looks at the whole group', () => {
  it('is behind for as long as another member is, though nothing of its own waits', async () => {
    const one = await bystander();
    expect(await one.run.groupCaughtUp()).toBe(false);
    one.joined();
    expect(await one.run.groupCaughtUp()).toBe(true);
    one.at(7, 5);
    expect([await one.run.caughtUp(), await one.run.groupCaughtUp()]).toEqual([true, false]);
    one.at(7, 7);
    expect(await one.run.groupCaughtUp()).toBe(true);
  });

  it('takes a missing mark for the beginning of the log', async () => {
    const one = await bystander();
    one.joined();
    one.at(7, null, 3);
    expect(await one.run.groupCaughtUp()).toBe(false);
    one.at(7, null, 7);
    expect(await one.run.groupCaughtUp()).toBe(true);
  });

  it('says nothing for certain while partitions change hands', async () => {
    const one = await bystander();
    one.joined();
    one.at(7, 7);
    one.meanwhile(() => one.joined());
    expect(await one.run.groupCaughtUp()).toBe(false);
  });
});

it('may have all its partitions waiting at once, and ends those waits with it', async () => {
  const partitions = Array.from({ length: 24 }, (_, partition) => partition);
  const warnings: string[] = [];
  const note = (warning: Error) => void warnings.push(warning.name);
  process.on('warning', note);
  let handlers: GroupHandlers | undefined;
  let told = 0;
  let allWait = (): void => undefined;
  const waiting = new Promise<void>((resolve) => (allWait = resolve));
  const away = async () => {
    throw new AppError('DB_UNAVAILABLE', 'away');
  };
  const run = new ConsumerRun(app, {
    broker: {
      member: () => ({
        start: async (given: GroupHandlers) => void (handlers = given),
        pause: () => undefined,
        resumeAt: () => undefined,
        stop: async () => undefined,
      }),
      openPublisher: away,
    } as Partial<BrokerPort> as BrokerPort,
    checkpoints: {} as CheckpointStore,
    outputTopics: [],
    logger: { ...quiet, warn: () => void ((told += 1) === partitions.length && allWait()) },
    heartbeatMs: 1000,
    newToken: () => 'token',
    fatal: (error) => {
      throw error;
    },
  });
  await run.start();
  handlers?.joined(partitions);
  await waiting;
  // By which the watchdog knows it from one that has fallen silent.
  expect(run.retries).toBe(partitions.length);
  await run.stop();
  // Node warns a turn later.
  await new Promise(setImmediate);
  process.off('warning', note);
  expect(warnings).toEqual([]);
});
