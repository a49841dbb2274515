import { describe, expect, test } from 'vitest';
import { createProjectorApp } from '../../../src/consumers/projector.js';
import { REDRIVE } from '../../../src/events/redrive.js';
import { TOPICS } from '../../../src/events/topics.js';
import { normaliserOf } from '../../../src/marketplaces/normalisers.js';
import type { PartitionPlace } from '../../../src/ports/partition-processor.js';
import { MemoryProjection } from '../../support/memory-projection.js';
import { MemoryWorker } from '../../support/memory-worker.js';
import { PREFIX, RAW_TOPIC, RawPartition, WB, wb } from '../../support/raw-log.js';
import { fatesOf } from '../../support/stories.js';
import { gate } from '../producers/support.js';
import { Lab, lost, recordsFrom, turns } from './owner-lab.js';

const PLACE: PartitionPlace = {
  topic: RAW_TOPIC,
  incarnation: 1,
  life: 1,
  partition: 3,
  checkpoint: 0,
  logStart: 0,
};
const appWith = (store: MemoryProjection, stateRows: number) =>
  createProjectorApp({ prefix: PREFIX, store, normaliserOf, stateRows });

describe('a step that may be folded ahead', () => {
  const folds = (lab: Lab) => lab.deeds.filter((deed) => deed.startsWith('fold'));

  test('is folded while the one before is written; the one behind it waits', async () => {
    const lab = new Lab();
    lab.ahead = true;
    const first = gate();
    lab.beforeAdvance = ({ from }) => (from === 10 ? first.passed : Promise.resolve());
    const handled = lab.owner.handle(lab.batch(recordsFrom(10, 6)));
    await turns();
    expect(lab.deeds).toEqual(['fold 10 11', 'fold 12 13']);
    first.open();
    await handled;
    expect(folds(lab)).toEqual(['fold 10 11', 'fold 12 13', 'fold 14 15']);
    expect(lab.steps.map(({ from, to }) => [from, to])).toEqual([
      [10, 12],
      [12, 14],
      [14, 16],
    ]);
    expect(lab.deeds.indexOf('fold 14 15')).toBeGreaterThan(lab.deeds.indexOf('applied 10-12'));
    expect(lab.published.map(({ mark }) => mark.offset)).toEqual([12, 14, 16]);
  });

  test('waits where it may not', async () => {
    const lab = new Lab();
    const first = gate();
    lab.beforeAdvance = () => first.passed;
    const handled = lab.owner.handle(lab.batch(recordsFrom(10, 4)));
    await turns();
    expect(lab.deeds).toEqual(['fold 10 11']);
    first.open();
    await handled;
  });

  test('is not written when the one before could not be', async () => {
    const lab = new Lab();
    lab.ahead = true;
    lab.trouble = { advance: lost };
    await expect(lab.owner.handle(lab.batch(recordsFrom(10, 4)))).rejects.toBe(lost);
    expect(lab.deeds).toEqual(['fold 10 11', 'fold 12 13']);
  });

  test('and cannot be folded: the one before is written first, and published', async () => {
    const lab = new Lab();
    lab.ahead = true;
    lab.unfoldable = 12;
    const first = gate();
    lab.beforeAdvance = () => first.passed;
    let over = false;
    const handled = lab.owner.handle(lab.batch(recordsFrom(10, 4))).finally(() => {
      over = true;
    });
    const failed = expect(handled).rejects.toThrow('cannot be folded');
    await turns();
    expect(over).toBe(false);
    first.open();
    await failed;
    await lab.owner.release(true);
    expect(lab.steps).toHaveLength(1);
    expect(lab.published.map(({ mark }) => mark.offset)).toEqual([12]);
  });
});

describe('pages that are folded while those before them are written', () => {
  const LONG = Array.from({ length: 40 }, (_, page) => page);
  const long = () => {
    const log = new RawPartition();
    for (const quantity of [1, 1, 2]) {
      // Each product on two pages, which are never of one step.
      log.whole(
        WB,
        LONG.map((page) => [wb(1 + (page % 20), 507, quantity), wb(1 + (page % 20), 508 + page, quantity)]),
      );
    }
    return log.records;
  };

  test.each([1000, 50, 30, 20, 10, 0])('lead to the same, with room for %d rows', async (stateRows) => {
    const records = long();
    const single = await new MemoryWorker(records, { stateRows }).drain(1);
    const ahead = await new MemoryWorker(records, { stateRows, slowWrites: true }).drain();
    for (const topic of [TOPICS.stockChanges, TOPICS.syncEvents, TOPICS.deadLetters]) {
      const of = ({ outputs }: MemoryWorker) => outputs.filter((output) => output.topic === topic);
      expect(of(ahead)).toEqual(of(single));
    }
    expect(ahead.published(TOPICS.stockChanges).length).toBeGreaterThan(100);
    expect(fatesOf(ahead)).toEqual(['s1 applied', 's2 applied', 's3 applied']);
  });

  test('keep what they stand on until they are folded, though it has outgrown its bound', async () => {
    const log = new RawPartition();
    const id = log.start(WB);
    log.chunk(WB, id, 1, [wb(1, 507, 1), wb(2, 507, 1)]);
    log.chunk(WB, id, 2, [wb(1, 507, 2), wb(3, 507, 1), wb(4, 507, 1)]).chunk(WB, id, 3, [wb(1, 507, 3)]);
    // Whenever the commit of the first page falls.
    for (let turns = 0; turns < 30; turns += 1) {
      const store = new MemoryProjection();
      const processor = await appWith(store, 3).open(PLACE);
      const first = await processor.fold(log.records.slice(0, 2));
      await store.transaction(async (tx) => (await first.write(tx)).outbox);
      const folding = processor.fold(log.records.slice(2));
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      processor.settled?.();
      const second = await folding;
      const changes: unknown[] = [];
      await store.transaction(async (tx) => {
        const { ledger, outbox } = await second.write(tx);
        changes.push(...ledger.map(({ value }) => JSON.parse(value) as unknown));
        return outbox;
      });
      expect(changes.at(-1)).toMatchObject({ key: { productId: '1' }, before: { present: 2 }, seq: 3 });
    }
  });

  test('are those of feeds that are wholly in memory, and nothing else', async () => {
    const records = long();
    const may = async (stateRows: number) => {
      const worker = await new MemoryWorker(records, { stateRows }).drain(1);
      const processor = await appWith(worker.store, stateRows).open({ ...PLACE, checkpoint: records.length });
      const [started, page, other] = records;
      if (started === undefined || page === undefined || other === undefined) throw new Error('a short log');
      // Before anything was read of the feed nothing is in memory.
      expect(processor.mayFoldAhead?.([page])).toBe(false);
      await processor.fold([started]);
      const redriven = { ...page, headers: { ...page.headers, [REDRIVE.from]: '1' } };
      const unnamed = { ...page, headers: {} };
      const foreign = { ...page, key: 'ozon:1:product-stocks' };
      const kinds = [[page], [page, other], [started], [page, redriven], [unnamed], [foreign]];
      return kinds.map((kind) => processor.mayFoldAhead?.(kind));
    };
    expect(await may(1000)).toEqual([true, true, false, false, false, false]);
    expect(await may(10)).toEqual([false, false, false, false, false, false]);
  });
});
