import { describe, expect, test } from 'vitest';
import { stampOf } from '../../../src/consumers/stamp.js';
import type { LogRecord } from '../../../src/ports/log-records.js';
import { gate } from '../producers/support.js';
import { digest, Lab, lost, recordsFrom, TOPIC } from './owner-lab.js';

describe('a batch', () => {
  test('step by step: fold, write and checkpoint, then publish with the stamped offset', async () => {
    const lab = new Lab();
    await lab.owner.handle(lab.batch(recordsFrom(10, 3)));
    expect(lab.deeds.filter((deed) => !deed.startsWith('published'))).toEqual([
      'fold 10 11',
      'write 10 11',
      'applied 10-12',
      'settled',
      'fold 12',
      'write 12',
      'applied 12-13',
      'settled',
    ]);
    expect(lab.published.map(({ outputs, mark }) => [outputs.map((one) => one.value), mark])).toEqual([
      [
        ['change 10', 'change 11'],
        { group: 'inventory.projector', topic: TOPIC, partition: 4, offset: 12, stamp: stampOf(1, 12) },
      ],
      [
        ['change 12'],
        { group: 'inventory.projector', topic: TOPIC, partition: 4, offset: 13, stamp: stampOf(1, 13) },
      ],
    ]);
    expect(lab.owner).toMatchObject({ next: 13, readTo: 13, published: 13 });
  });

  test('the last step reaches over transaction markers, the others do not', async () => {
    const lab = new Lab({}, false);
    await lab.owner.handle(lab.batch(recordsFrom(10, 3), 17));
    expect(lab.steps.map(({ from, to }) => [from, to])).toEqual([
      [10, 12],
      [12, 17],
    ]);
    lab.owner.skip(19);
    lab.owner.skip(18);
    expect(lab.owner).toMatchObject({ next: 17, readTo: 19 });
  });

  test('each step keeps the digest of its last record, and where a search for what it publishes may begin', async () => {
    const lab = new Lab();
    await lab.owner.handle(lab.batch(recordsFrom(10, 3)));
    await lab.owner.handle(lab.batch(recordsFrom(13, 1)));
    expect(lab.steps.map((step) => step.priorDigest)).toEqual(
      ['value 11', 'value 12', 'value 13'].map(digest),
    );
    for (const step of lab.steps) expect(step.incarnation).toBe(8);
    expect(lab.steps[0]?.tailHint).toEqual({ 'out/0': 1 });
    expect(lab.steps[2]?.tailHint).toEqual({ 'out/0': 1, 'out/2': 12, 'out/1': 13 });
    expect(lab.steps[2]?.publishedOffset).toBe(13);
  });

  test('a log that is read again from before our place is looked at anew, not skipped as known', async () => {
    const lab = new Lab();
    await lab.owner.handle(lab.batch(recordsFrom(10, 3)));
    await expect(lab.owner.handle(lab.batch(recordsFrom(0, 20)))).rejects.toMatchObject({
      code: 'OWNERSHIP_LOST',
    });
    expect(lab.steps.at(-1)).toMatchObject({ to: 13 });
  });

  test('the first record of a new leader is applied only when the log has been looked at anew', async () => {
    const led = (epoch: number, records: readonly LogRecord[]) =>
      records.map((record) => ({ ...record, leaderEpoch: epoch }));
    const lab = new Lab();
    // One fetch is one log, whoever wrote what of it.
    await lab.owner.handle(lab.batch([...led(3, recordsFrom(10, 1)), ...led(4, recordsFrom(11, 1))]));
    await lab.owner.handle(lab.batch(led(4, recordsFrom(12, 1))));
    await expect(lab.owner.handle(lab.batch(led(5, recordsFrom(13, 1))))).rejects.toMatchObject({
      code: 'OWNERSHIP_LOST',
    });
    expect(lab.steps.at(-1)).toMatchObject({ to: 13 });
  });

  test('with nothing to publish the offset is committed plainly, with the stamp', async () => {
    const lab = new Lab();
    lab.silent = () => true;
    await lab.owner.handle(lab.batch(recordsFrom(10, 1)));
    expect(lab.published).toEqual([]);
    expect(lab.deeds.at(-1)).toBe(`committed 11 ${stampOf(1, 11)}`);
    expect(lab.owner.published).toBe(11);
  });

  test('a transaction that ran twice publishes once', async () => {
    const lab = new Lab();
    lab.tries = 2;
    await lab.owner.handle(lab.batch(recordsFrom(10, 1)));
    expect(lab.deeds.filter((deed) => deed === 'write 10')).toHaveLength(2);
    expect(lab.published.map(({ outputs }) => outputs.length)).toEqual([1]);
  });

  test('a batch with nothing new moves only what was read', async () => {
    const lab = new Lab();
    await lab.owner.handle(lab.batch([], 12));
    expect(lab.deeds).toEqual([]);
    expect(lab.owner).toMatchObject({ next: 10, readTo: 12 });
  });
});

describe('publication', () => {
  test('runs beside the next database transaction, one step behind at most, and in order', async () => {
    const lab = new Lab();
    lab.take = 1;
    const door = gate();
    lab.beforePublish = () => door.passed;
    const handled = lab.owner.handle(lab.batch(recordsFrom(10, 3)));
    await expect.poll(() => lab.steps.length).toBe(2);
    // However long we wait, the third step is not begun before the first is published.
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    expect(lab.steps).toHaveLength(2);
    expect(lab.steps[1]).toMatchObject({ from: 11, publishedOffset: 10, tailHint: { 'out/0': 1 } });
    door.open();
    await handled;
    expect(lab.published.map(({ mark }) => mark.offset)).toEqual([11, 12, 13]);
  });

  test('what is published already is not published again: a restored database applies it once more', async () => {
    const lab = new Lab({ published: 13 });
    await lab.owner.handle(lab.batch(recordsFrom(10, 5)));
    expect(lab.published.map(({ outputs, mark }) => [outputs.map((one) => one.offset), mark.offset])).toEqual(
      [
        [[13], 14],
        [[14], 15],
      ],
    );
    expect(lab.steps.map((step) => step.to)).toEqual([12, 14, 15]);
  });

  test('that fails ends the owner and is not tried again', async () => {
    const lab = new Lab();
    lab.take = 1;
    lab.trouble = { publish: lost };
    await expect(lab.owner.handle(lab.batch(recordsFrom(10, 3)))).rejects.toBe(lost);
    expect(lab.owner.published).toBe(10);
    expect(lab.published).toEqual([]);
    lab.trouble = {};
    await lab.owner.release(true);
    expect(lab.published).toEqual([]);
  });
});

describe('take-over', () => {
  test('records between the beginning of reading and the checkpoint are brought to mind, not applied', async () => {
    const lab = new Lab({ readFrom: 7, priorDigest: digest('value 9') });
    await lab.owner.handle(lab.batch(recordsFrom(7, 2)));
    await lab.owner.handle(lab.batch(recordsFrom(9, 2)));
    expect(lab.deeds).toEqual([
      'recall 7 8',
      'recall 9',
      'fold 10',
      'write 10',
      'applied 10-11',
      'settled',
      'published 10 up to 11',
    ]);
  });

  test('a record before the checkpoint that is not the one applied is another life of the topic', async () => {
    const lab = new Lab({ readFrom: 9, priorDigest: digest('value of old') });
    const handled = lab.owner.handle(lab.batch(recordsFrom(9, 2)));
    await expect(handled).rejects.toMatchObject({
      code: 'TOPIC_DIVERGED',
      message: expect.stringContaining('record at 9'),
    });
    expect(lab.deeds).toEqual([]);
  });

  test('where no digest is known, none is compared', async () => {
    const lab = new Lab({ readFrom: 9, priorDigest: null });
    await lab.owner.handle(lab.batch(recordsFrom(9, 2)));
    expect(lab.steps).toHaveLength(1);
  });

  test('a gap in a log that has none is a loss', async () => {
    for (const [first, missing] of [
      [11, 'records 10 to 10 are missing'],
      [15, 'records 10 to 14 are missing'],
    ] as const) {
      const lab = new Lab();
      await expect(lab.owner.handle(lab.batch(recordsFrom(first, 1)))).rejects.toMatchObject({
        code: 'TOPIC_DIVERGED',
        message: expect.stringContaining(missing),
      });
      expect(lab.deeds).toEqual([]);
    }
  });

  test('a gap in a log with transactions or compaction is nothing', async () => {
    const lab = new Lab({}, false);
    await lab.owner.handle(lab.batch(recordsFrom(15, 1)));
    expect(lab.steps).toMatchObject([{ from: 10, to: 16 }]);
  });
});

describe('an owner in doubt', () => {
  test('writes nothing once it was abandoned', async () => {
    const lab = new Lab();
    lab.owner.abandon();
    await expect(lab.owner.handle(lab.batch(recordsFrom(10, 1)))).rejects.toMatchObject({
      code: 'OWNERSHIP_LOST',
    });
    expect(lab.deeds).toEqual(['fold 10']);
  });

  test('writes nothing where the group has moved on', async () => {
    const lab = new Lab();
    lab.trouble = { heartbeat: new Error('rebalancing') };
    await expect(lab.owner.handle(lab.batch(recordsFrom(10, 1)))).rejects.toThrow('rebalancing');
    expect(lab.deeds).toEqual(['fold 10']);
  });

  test('neither publishes nor changes its memory where the commit did not come back', async () => {
    const lab = new Lab();
    lab.trouble = { advance: lost };
    await expect(lab.owner.handle(lab.batch(recordsFrom(10, 1)))).rejects.toBe(lost);
    expect(lab.deeds).toEqual(['fold 10']);
    expect(lab.owner).toMatchObject({ next: 10, published: 10 });
  });

  test('abandoned between commit and publication it publishes nothing: whoever comes next will', async () => {
    const lab: Lab = new Lab({ probe: (point) => (point === 'committed' ? lab.owner.abandon() : undefined) });
    await expect(lab.owner.handle(lab.batch(recordsFrom(10, 1)))).rejects.toMatchObject({
      code: 'OWNERSHIP_LOST',
    });
    expect(lab.published).toEqual([]);
    expect(lab.owner).toMatchObject({ next: 11, published: 10 });
  });
});

describe('letting go', () => {
  test('notes how far everything is out, and closes', async () => {
    const lab = new Lab();
    await lab.owner.handle(lab.batch(recordsFrom(10, 1)));
    lab.deeds.length = 0;
    await lab.owner.release(true);
    expect(lab.deeds).toEqual(['noted 11', 'processor closed', 'publisher closed']);
  });

  test('notes nothing where ownership is in doubt', async () => {
    const abandoned = new Lab();
    abandoned.owner.abandon();
    await abandoned.owner.release(true);
    expect(abandoned.deeds).toEqual(['processor closed', 'publisher closed']);
    const dropped = new Lab();
    await dropped.owner.release(false);
    expect(dropped.deeds).toEqual(['processor closed', 'publisher closed']);
  });

  test('waits for the publication under way', async () => {
    const lab = new Lab();
    const door = gate();
    lab.beforePublish = () => door.passed;
    const handled = lab.owner.handle(lab.batch(recordsFrom(10, 1)));
    await expect.poll(() => lab.steps.length).toBe(1);
    const released = lab.owner.release(true);
    door.open();
    await Promise.all([handled, released]);
    expect(lab.deeds.slice(-4)).toEqual([
      'published 10 up to 11',
      'noted 11',
      'processor closed',
      'publisher closed',
    ]);
  });
});
