import { expect, it } from 'vitest';
import { TrackedLog } from '../../../src/cli/sync/tracked-log.js';
import { EVENT_TYPES, type EventType, envelope } from '../../../src/events/envelope.js';

const record = (id: string, type: EventType) => ({
  key: 'feed',
  value: '{}',
  headers: envelope({ id, type, prefix: 'p', time: '2026-11-23T00:00:00Z' }),
});

it('notes the snapshots whose end was acknowledged, and no other', async () => {
  let away = false;
  const log = new TrackedLog({
    append: async () => {
      if (away) throw new Error('no broker');
    },
  });
  await log.append(3, [record('a/1', EVENT_TYPES.snapshotStarted), record('a/2', EVENT_TYPES.pageChunk)]);
  expect(log.ended()).toEqual([]);
  await log.append(3, [record('a/3', EVENT_TYPES.snapshotCompleted)]);
  await log.append(5, [record('b/2', EVENT_TYPES.snapshotFailed)]);
  away = true;
  await expect(log.append(5, [record('c/2', EVENT_TYPES.snapshotCompleted)])).rejects.toThrow('no broker');
  expect(log.ended()).toEqual([
    { snapshotId: 'a', partition: 3, feed: 'feed' },
    { snapshotId: 'b', partition: 5, feed: 'feed' },
  ]);
});
