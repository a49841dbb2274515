import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SyncEvent } from '../../src/events/sync-event.js';
import { MemoryWorker } from '../support/memory-worker.js';
import {
  HOUR,
  listed,
  OZON,
  OZON_LIST,
  ozon,
  RawPartition,
  type StartOptions,
  WB,
  WB_CARDS,
  wb,
} from '../support/raw-log.js';
import { logs, rawPartition } from '../support/raw-plans.js';
import { syncEventsOf } from '../support/stories.js';

const PART: StartOptions = { scope: { schemes: [], partial: true } };
const WHOLE: StartOptions = { scope: { schemes: [] } };

const drained = (log: RawPartition, stateRows = 0) => new MemoryWorker(log.records, { stateRows }).drain();

function failed(log: RawPartition, feed = OZON): void {
  log.fail(feed, log.start(feed));
}

/** One that lacks a page. */
function incomplete(log: RawPartition, feed = OZON): void {
  log.complete(feed, log.start(feed), { pages: 1, rows: 1 });
}

/** `snapshot type [failures]` of each that ended. */
function ends(worker: MemoryWorker): string[] {
  return syncEventsOf(worker)
    .filter(({ type }) => type !== 'snapshot-started')
    .map((event) => {
      const count = 'failures' in event ? ` ${event.failures}` : '';
      return `${event.snapshotId} ${event.type.replace('snapshot-', '')}${count}`;
    });
}

type Applied = Extract<SyncEvent, { type: 'snapshot-applied' }>;
const appliedOf = (worker: MemoryWorker) =>
  syncEventsOf(worker).filter((event): event is Applied => event.type === 'snapshot-applied');

describe('reads that come to no good end', () => {
  test('are counted in a row, failed and incomplete alike, until one is applied', async () => {
    const log = new RawPartition();
    failed(log);
    incomplete(log);
    failed(log);
    log.whole(OZON, [[ozon(1, ['fbo', 5])]]);
    failed(log);
    const worker = await drained(log);
    expect(ends(worker)).toEqual([
      's1 failed 1',
      's2 incomplete 2',
      's3 failed 3',
      's4 applied',
      's5 failed 1',
    ]);
    expect(worker.store.feedRow(OZON)).toMatchObject({ failures: 1 });
  });

  test('are counted for each feed by itself', async () => {
    const log = new RawPartition();
    failed(log);
    failed(log, WB);
    failed(log);
    log.whole(WB, [[wb(1, 507, 5)]]);
    failed(log);
    failed(log, WB);
    const worker = await drained(log);
    expect(ends(worker)).toEqual([
      's1 failed 1',
      's2 failed 1',
      's3 failed 2',
      's4 applied',
      's5 failed 3',
      's6 failed 1',
    ]);
  });

  test('are still counted by whoever takes the partition over', async () => {
    const log = new RawPartition();
    for (let read = 0; read < 4; read += 1) (read % 2 === 0 ? failed : incomplete)(log);
    log.whole(OZON, [[ozon(1, ['fbo', 5])]]);
    failed(log);
    const worker = new MemoryWorker(log.records, { stateRows: 0, deadlocks: true });
    while (worker.applied < log.records.length) {
      await worker.takeOver();
      await worker.fetch(1);
    }
    expect(ends(worker)).toEqual(ends(await drained(log)));
    expect(ends(worker).slice(2, 4)).toEqual(['s3 failed 3', 's4 incomplete 4']);
  });

  test('of a catalogue end with a partial read that is applied as well', async () => {
    const log = new RawPartition();
    log.whole(WB_CARDS, [[]], WHOLE);
    failed(log, WB_CARDS);
    failed(log, WB_CARDS);
    log.whole(WB_CARDS, [[]], PART);
    failed(log, WB_CARDS);
    failed(log, OZON_LIST);
    log.whole(OZON_LIST, [[listed(1)]], WHOLE);
    const worker = await drained(log);
    expect(ends(worker).slice(1)).toEqual([
      ...['s2 failed 1', 's3 failed 2', 's4 applied', 's5 failed 1', 's6 failed 1', 's7 applied'],
    ]);
    expect(worker.store.feedRow(WB_CARDS)).toMatchObject({ failures: 1 });
    expect(worker.store.feedRow(OZON_LIST)).toMatchObject({ failures: 0 });
  });

  test('do not end with a snapshot that is held back, and one that was given up is none', async () => {
    const log = new RawPartition();
    const strict: StartOptions = { limits: { absenceLimit: 0.5, absenceMin: 1 } };
    log.whole(OZON, [[ozon(1, ['fbo', 5])]]);
    failed(log);
    log.whole(OZON, [[ozon(2)]], strict);
    log.start(OZON);
    failed(log);
    const worker = await drained(log);
    expect(ends(worker)).toEqual(['s1 applied', 's2 failed 1', 's3 held', 's5 failed 2']);
  });

  test('of a snapshot that is not open count nothing', async () => {
    const log = new RawPartition();
    const id = log.start(OZON);
    log.fail(OZON, id).fail(OZON, id).fail(OZON, 'never-begun');
    const worker = await drained(log);
    expect(ends(worker)).toEqual(['s1 failed 1']);
    expect(worker.store.feedRow(OZON)).toMatchObject({ failures: 1 });
  });
});

describe('a failed read', () => {
  test.each([
    ['2026-11-22T16:30:00.000Z', '2026-11-22T16:30:00.000Z'],
    ['2026-11-22T19:30:00+03:00', '2026-11-22T16:30:00.000Z'],
  ])('says when the marketplace listens again (%s)', async (spelt, told) => {
    const log = new RawPartition();
    log.fail(OZON, log.start(OZON), spelt);
    failed(log);
    const [first, second] = syncEventsOf(await drained(log)).filter(({ type }) => type === 'snapshot-failed');
    expect(first).toMatchObject({ notBefore: told, failures: 1 });
    expect(second).not.toHaveProperty('notBefore');
  });
});

describe('an applied snapshot names the records whose changes nobody has been told of', () => {
  const place = (from: number, to: number) => ({ life: 1, partition: 3, from, to });

  test('from behind the last applied one on, those of failed and held ones among them', async () => {
    const log = new RawPartition();
    log.whole(OZON, [[ozon(1, ['fbo', 5])]]); // 0..2
    const torn = log.start(OZON); // 3
    log.chunk(OZON, torn, 1, [ozon(1, ['fbo', 4])]).fail(OZON, torn); // 4, 5
    log.whole(WB, [[wb(1, 507, 5)]]); // 6..8
    log.whole(OZON, [[ozon(2, ['fbo', 7])]], { limits: { absenceLimit: 0.5, absenceMin: 1 } }); // 9..11, held
    log.whole(OZON, [[ozon(1, ['fbo', 3])]]); // 12..14
    log.whole(OZON, [[ozon(1, ['fbo', 3])]]); // 15..17
    log.whole(WB, [[wb(1, 507, 4)]]); // 18..20
    const applied = appliedOf(await drained(log));
    expect(applied.map(({ snapshotId, place: one }) => [snapshotId, one])).toEqual([
      ['s1', place(0, 2)],
      ['s3', place(0, 8)],
      ['s5', place(3, 14)],
      ['s6', place(15, 17)],
      ['s7', place(9, 20)],
    ]);
  });

  test('whoever applies it', async () => {
    const log = new RawPartition();
    log.whole(OZON, [[ozon(1, ['fbo', 5])]]);
    failed(log);
    log.whole(OZON, [[ozon(1, ['fbo', 3])]]);
    const worker = new MemoryWorker(log.records, { stateRows: 0 });
    while (worker.applied < log.records.length) {
      await worker.takeOver();
      await worker.fetch(1);
    }
    expect(appliedOf(worker).map(({ place: one }) => one)).toEqual([place(0, 2), place(3, 7)]);
  });

  test('so that every change of a feed is told of once, with the first snapshot that is applied after it', async () => {
    await fc.assert(
      fc.asyncProperty(rawPartition, fc.integer({ min: 1, max: 7 }), async (log, most) => {
        const worker = await new MemoryWorker(log.records, { stateRows: 0 }).drain(most);
        for (const feed of new Set(syncEventsOf(worker).map((event) => event.feed))) {
          const mine = appliedOf(worker).filter((event) => event.feed === feed && event.part === 1);
          let next = 0;
          for (const { place: one } of mine) {
            expect(one).toMatchObject({ life: 1, partition: 3, from: next });
            next = (one?.to ?? 0) + 1;
          }
          const ends_ = new Set(mine.map(({ snapshotId }) => snapshotId));
          const last = worker.store
            .snapshotRows()
            .filter((row) => ends_.has(row.snapshotId))
            .at(-1);
          if (last !== undefined) expect(next).toBe((last.lastOffset ?? 0) + 1);
        }
      }),
      logs(60),
    );
  });

  test('a catalogue names none: it moves no stock', async () => {
    const log = new RawPartition();
    log.whole(OZON_LIST, [[listed(1)]], WHOLE);
    log.whole(OZON_LIST, [[listed(1)]], PART);
    for (const event of appliedOf(await drained(log))) expect(event).not.toHaveProperty('place');
  });
});

describe('an applied snapshot counts the products with stock that are gone', () => {
  test.each([0, 1000])(
    'not those that moved, had none, or were rescoped (%i rows held)',
    async (stateRows) => {
      const log = new RawPartition();
      log.whole(OZON, [
        [ozon(1, ['fbo', 5], ['fbs', 5]), ozon(2, ['fbo', 3]), ozon(3, ['fbo', 0]), ozon(4, ['fbo', 4])],
        [ozon(5, ['fbs', 9]), ozon(6, ['fbo', 1])],
      ]);
      log.wait(HOUR).whole(OZON, [[ozon(4, ['fbs', 4]), ozon(5), ozon(6, ['fbo', 0])]]);
      const scope = { schemes: ['fbo'] } as const;
      log.wait(HOUR).whole(OZON, [[ozon(6, ['fbo', 0])]], { scope });
      const [first, second, third] = appliedOf(await drained(log, stateRows));
      expect([first?.vanished, second?.vanished, third?.vanished]).toEqual([0, 2, 0]);
    },
  );
});
