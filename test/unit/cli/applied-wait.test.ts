import { describe, expect, it } from 'vitest';
import { AppliedWait, type InProcessReason } from '../../../src/cli/sync/applied-wait.js';
import { stampOf } from '../../../src/consumers/stamp.js';
import { AppError } from '../../../src/errors.js';
import type { SnapshotOutcome } from '../../../src/ports/snapshot-status.js';

const counts = { pages: 1, rowsRead: 3, created: 3, updated: 0, closed: 0, invalid: 0 };
const outcome = (more: Partial<SnapshotOutcome> = {}): SnapshotOutcome => ({
  status: 'applied',
  reason: null,
  life: 7,
  partition: 4,
  lastOffset: 41,
  counts,
  ...more,
});

/** A projector on strings: what the tables and the group say, by the milliseconds that went by. */
class World {
  now = 0;
  members = 1;
  mark: { offset: number; stamp: string | null } | null = null;
  published: number | null = null;
  snapshots = new Map<string, SnapshotOutcome>();
  failure: unknown;
  trouble: Error | undefined;
  readonly begun: [InProcessReason, number][] = [];
  readonly wait: AppliedWait;

  constructor(private readonly step: (world: World) => void = () => undefined) {
    this.wait = new AppliedWait({
      status: {
        statusOf: async (ids) => {
          if (this.trouble !== undefined) throw this.trouble;
          return new Map([...this.snapshots].filter(([id]) => ids.includes(id)));
        },
        publishedOffset: async () => this.published,
      },
      broker: {
        committed: async (group, topic, partition) => {
          expect([group, topic, partition]).toEqual(['shop.projector', 'shop.raw-snapshots.v1', 4]);
          return this.mark;
        },
        group: async () => ({ members: this.members }),
      },
      prefix: 'shop',
      runInProcess: (reason) => this.begun.push([reason, this.now]),
      failure: () => this.failure,
      patienceMs: 300_000,
      now: () => this.now,
      sleep: async (ms) => {
        this.now += ms;
        this.step(this);
      },
    });
  }

  until(signal = new AbortController().signal) {
    return this.wait.until([{ snapshotId: 's', partition: 4 }], signal);
  }
}

describe('waiting until a snapshot is applied and published', () => {
  it('takes the group’s mark for it only behind the snapshot and with our stamp', async () => {
    const world = new World((world) => {
      if (world.now === 500) world.snapshots.set('s', outcome({ status: 'open', lastOffset: null }));
      if (world.now === 1_000) world.snapshots.set('s', outcome());
      if (world.now === 1_500) world.mark = { offset: 41, stamp: stampOf(7, 41) };
      if (world.now === 2_000) world.mark = { offset: 42, stamp: 'somebody else' };
      if (world.now === 2_500) world.mark = { offset: 42, stamp: stampOf(6, 42) };
      if (world.now === 3_000) world.mark = { offset: 42, stamp: stampOf(7, 42) };
    });
    expect(await world.until()).toEqual(new Map([['s', outcome()]]));
    expect(world.now).toBe(3_000);
    expect(world.begun).toEqual([]);
  });

  it('takes the note in the checkpoint where the group’s offsets are gone', async () => {
    const world = new World((world) => {
      if (world.now === 1_000) world.published = 41;
      if (world.now === 2_000) world.published = 42;
    });
    world.snapshots.set('s', outcome());
    await world.until();
    expect(world.now).toBe(2_000);
  });

  it.each(['held', 'incomplete', 'failed', 'abandoned'] as const)(
    'waits no longer for one that is %s',
    async (status) => {
      const world = new World();
      world.published = 42;
      world.snapshots.set('s', outcome({ status, reason: 'why' }));
      expect((await world.until()).get('s')).toMatchObject({ status, reason: 'why' });
    },
  );

  it('does the work itself as soon as nobody is there', async () => {
    const world = new World((world) => {
      if (world.now === 4_500) world.members = 0;
      if (world.now === 9_000) {
        world.snapshots.set('s', outcome());
        world.published = 42;
      }
    });
    await world.until();
    expect(world.begun[0]).toEqual(['no-worker', 5_000]);
  });

  it('does the work itself after half a minute without any movement, not while something moves', async () => {
    const world = new World((world) => {
      if (world.now < 60_000 && world.now % 20_000 === 0) world.mark = { offset: world.now, stamp: null };
      if (world.begun.length > 0) {
        world.snapshots.set('s', outcome());
        world.published = 42;
      }
    });
    await world.until();
    expect(world.begun).toEqual([['stalled', 40_000 + 30_000]]);
  });

  it('gives up when nothing at all goes on, and says that nothing is lost', async () => {
    const world = new World();
    await expect(world.until()).rejects.toMatchObject({
      code: 'TIMED_OUT',
      message: 'what was read is safe in Kafka, but for 300 s nothing of it has been applied',
    });
    expect(world.now).toBe(300_000);
  });

  it('outlives a database that is away for a while, and tells of one that stays away', async () => {
    const trouble = new AppError('DB_UNAVAILABLE', 'gone');
    const world = new World((world) => {
      world.trouble = world.now >= 1_000 && world.now < 60_000 ? trouble : undefined;
      if (world.now === 61_000) world.published = 42;
    });
    world.snapshots.set('s', outcome());
    await world.until();
    expect(world.now).toBe(61_000);

    const dead = new World((world) => {
      world.trouble = trouble;
    });
    await expect(dead.until()).rejects.toBe(trouble);
  });

  it('stops for what no waiting mends: our own consumers’ end, unfit tables, a signal', async () => {
    const ended = new World((world) => {
      world.failure = new AppError('TOPIC_DIVERGED', 'made anew');
    });
    await expect(ended.until()).rejects.toMatchObject({ code: 'TOPIC_DIVERGED' });

    const unfit = new World();
    unfit.trouble = new AppError('DB_UNFIT', 'no such table');
    await expect(unfit.until()).rejects.toMatchObject({ code: 'DB_UNFIT' });

    const told = new AbortController();
    const world = new World((world) => {
      if (world.now === 300) told.abort(new AppError('TIMED_OUT', 'stopped by SIGINT'));
    });
    await expect(world.until(told.signal)).rejects.toThrow('stopped by SIGINT');
    expect(world.now).toBe(300);
  });
});
