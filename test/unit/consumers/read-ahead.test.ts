import { expect, it } from 'vitest';
import { ConsumerRun } from '../../../src/consumers/run-consumer.js';
import { AppError } from '../../../src/errors.js';
import type { BrokerPort, GroupHandlers, RecordBatch } from '../../../src/ports/broker.js';
import type { CheckpointStore } from '../../../src/ports/checkpoint-store.js';
import type { ConsumerApp } from '../../../src/ports/partition-processor.js';
import { recordsFrom, TOPIC, turns } from './owner-lab.js';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** A member with partitions that are worked on only when the test says so. */
async function member(partitions: readonly number[]) {
  let handlers: GroupHandlers | undefined;
  const resumed: string[] = [];
  const left: string[] = [];
  const folded: string[] = [];
  const gates = new Map<string, { open(): void; fail(error: Error): void }>();
  const broker: Partial<BrokerPort> = {
    member: () => ({
      start: async (given) => void (handlers = given),
      pause: () => undefined,
      resumeAt: (partition, offset) => void resumed.push(`${partition}@${offset}`),
      stop: async () => void left.push('left'),
    }),
    openPublisher: async () => ({ publish: async () => ({}), close: async () => undefined }),
    committed: async () => null,
    range: async () => ({ start: 0, end: 100 }),
    ends: async () => Object.fromEntries(partitions.map((partition) => [`${TOPIC}/${partition}`, 5])),
    idsSince: async () => new Set(),
  };
  const next = new Map<number, number>();
  const checkpoints: CheckpointStore = {
    claim: async ({ partition }) => {
      const nextOffset = next.get(partition) ?? 0;
      const marks = { nextOffset, publishedOffset: nextOffset, tailHint: {}, priorDigest: null };
      return { incarnation: 1, life: 1, ...marks };
    },
    advance: async ({ partition }, _token, step, work) => {
      await work({ brand: 'transaction' });
      next.set(partition, step.to);
    },
    notePublished: async () => undefined,
    outbox: async () => [],
  };
  const app: ConsumerApp = {
    ...{ name: 'projector', group: 'g', topic: TOPIC, gapless: false },
    open: async () => ({
      rewindTo: 100,
      take: (records) => records.length,
      recall: async () => undefined,
      fold: async ([first]) => {
        const name = `${first?.partition}@${first?.offset}`;
        folded.push(name);
        await new Promise<void>((open, fail) => gates.set(name, { open, fail }));
        return { write: async () => ({ ledger: [], outbox: [] }) };
      },
    }),
    owedFromLedger: async () => [],
  };
  const run = new ConsumerRun(app, {
    ...{ broker: broker as BrokerPort, checkpoints, outputTopics: [], logger: quiet, heartbeatMs: 60_000 },
    newToken: () => 'me',
    fatal: (error) => {
      throw error;
    },
  });
  await run.start();
  handlers?.joined(partitions);
  await turns();
  const give = (partition: number, from: number, more: boolean) => {
    const records = recordsFrom(from, 1).map((record) => ({ ...record, partition }));
    const batch: RecordBatch = {
      ...{ partition, records, endOffset: from + 1, more },
      heartbeat: async () => undefined,
      commit: async () => undefined,
    };
    const answer = { done: undefined as boolean | undefined };
    void handlers?.batch(batch).then((done) => (answer.done = done));
    return answer;
  };
  return { run, handlers, resumed, left, folded, gates, give };
}

it('lets the client fetch what follows while a batch is worked on, one batch ahead at most', async () => {
  const { run, folded, gates, give } = await member([0]);
  const first = give(0, 0, true);
  await turns();
  expect([first.done, folded]).toEqual([true, ['0@0']]);
  const second = give(0, 1, true);
  await turns();
  expect([second.done, folded]).toEqual([undefined, ['0@0']]);
  gates.get('0@0')?.open();
  await turns();
  expect([second.done, folded]).toEqual([true, ['0@0', '0@1']]);
  gates.get('0@1')?.open();
  const last = give(0, 2, false);
  await turns();
  expect(last.done).toBeUndefined();
  gates.get('0@2')?.open();
  await turns();
  expect(last.done).toBe(true);
  await run.stop();
});

it('has not read beyond a batch that is being worked on, whatever empty ones followed it', async () => {
  const { run, gates, give, handlers } = await member([0]);
  give(0, 0, true);
  handlers?.skipped(0, 5);
  await turns();
  expect(await run.caughtUp()).toBe(false);
  gates.get('0@0')?.open();
  await turns();
  expect(await run.caughtUp()).toBe(true);
  await run.stop();
});

it('takes over anew when a batch fails that was answered already, and refuses the one behind it', async () => {
  const { run, resumed, folded, gates, give } = await member([0]);
  give(0, 0, true);
  const second = give(0, 1, true);
  await turns();
  gates.get('0@0')?.fail(new AppError('DB_UNAVAILABLE', 'away'));
  await turns();
  await turns();
  expect([second.done, folded, resumed]).toEqual([false, ['0@0'], ['0@0', '0@0']]);
  await run.stop();
});

it('works on four partitions at a time', async () => {
  const { run, folded, gates, give } = await member([0, 1, 2, 3, 4]);
  for (const partition of [0, 1, 2, 3, 4]) give(partition, 0, true);
  await turns();
  expect(folded).toEqual(['0@0', '1@0', '2@0', '3@0']);
  gates.get('2@0')?.open();
  await turns();
  expect(folded.at(-1)).toBe('4@0');
  for (const { open } of gates.values()) open();
  await run.stop();
});

it('leaves the group when its work has come to an end', async () => {
  const { run, left, gates, give } = await member([0]);
  give(0, 0, true);
  await turns();
  const stop = run.stop();
  await turns();
  expect(left).toEqual([]);
  gates.get('0@0')?.open();
  await stop;
  expect(left).toEqual(['left']);
});
