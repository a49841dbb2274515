import { describe, expect, it } from 'vitest';
import { LagWatch } from '../../../../src/dashboard/pipeline/lag-watch.js';

describe('lag', () => {
  it('is asked once for all who look, and tells how fast a group gets on', async () => {
    let now = 0;
    let committed = 100;
    let asked = 0;
    const partitions = () => [{ partition: 0, committed, end: 500, records: 500 - committed, owner: null }];
    const desk = {
      groups: async () => {
        asked += 1;
        return [{ group: 'g', topic: 't', members: 0, partitions: partitions() }];
      },
    };
    const watch = new LagWatch(desk, () => now);
    const [first] = await Promise.all([watch.groups(), watch.groups(), watch.groups()]);
    expect(asked).toBe(1);
    expect(first?.[0]?.partitions[0]).toMatchObject({ records: 400, rate: null });
    now = 30_000;
    committed = 160;
    const [second] = await watch.groups();
    expect(second?.partitions[0]).toMatchObject({ records: 340, rate: 120 });
    // Set back: that is no pace.
    now = 60_000;
    committed = 20;
    expect((await watch.groups())[0]?.partitions[0]?.rate).toBeNull();
    expect(asked).toBe(3);
  });

  it('says so when the broker is away, and asks again', async () => {
    let isAway = true;
    const watch = new LagWatch({
      groups: async () => {
        if (isAway) throw new Error('away');
        return [];
      },
    });
    await expect(watch.groups()).rejects.toThrow('away');
    isAway = false;
    expect(await watch.groups()).toEqual([]);
  });
});
