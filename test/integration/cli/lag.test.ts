import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GROUPS, groupOf, TOPICS, topicOf } from '../../../src/events/topics.js';
import { Lab } from './lab.js';

interface Line {
  readonly group: string;
  readonly partition: number;
  readonly committed: number | null;
  readonly records: number;
  readonly seconds: number | null;
  readonly oddity: string | null;
  readonly owner: string | null;
}

describe('lag', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start('cli_lag', { ozonProducts: 5, wbProducts: 5 });
  });
  afterAll(() => lab.close());

  const group = () => groupOf(lab.prefix, 'projector');
  const raw = () => topicOf(lab.prefix, TOPICS.rawSnapshots);

  async function lines(...options: string[]): Promise<Line[]> {
    const { code, stdout, stderr } = await lab.run(['lag', '--json', ...options]);
    expect(code, stderr).toBe(0);
    return (JSON.parse(stdout) as { lag: Line[] }).lag;
  }

  /** The one partition that holds something. */
  async function busy(): Promise<Line> {
    const found = (await lines('--group', 'projector')).filter(({ records }) => records > 0);
    expect(found).toHaveLength(1);
    return found[0] as Line;
  }

  it('before anything was read: everything waits, since it was written, and nobody owns it', async () => {
    await lab.run(['sync', '--source=ozon', '--no-wait'], { WB_API_KEY: undefined });
    const waiting = (await lines()).filter(({ records }) => records > 0);
    expect(waiting.every(({ group: name }) => name === group())).toBe(true);
    expect(waiting[0]).toMatchObject({ committed: null, oddity: 'none', owner: null });
    expect(waiting[0]?.seconds).toBeGreaterThanOrEqual(0);
    expect(waiting[0]?.seconds).toBeLessThan(3600);
  });

  it('after it was read: nothing waits, transaction markers do not count', async () => {
    await lab.run(['sync', '--source=ozon'], { WB_API_KEY: undefined });
    const all = await lines();
    expect(new Set(all.map(({ group: name }) => name)).size).toBe(Object.keys(GROUPS).length);
    expect(all.filter(({ records }) => records > 0)).toEqual([]);
    const { stdout } = await lab.run(['lag']);
    expect(stdout).toContain('Everything has been read.');
  });

  it('names the worker that owns a partition', async () => {
    const worker = lab.start(['worker', '--only', 'projector'], { KAFKA_CLIENT_ID: 'shop-7' });
    try {
      await expect
        .poll(
          async () =>
            (await lines('--group', 'projector')).every(({ owner }) => owner?.startsWith('shop-7@')),
          {
            timeout: 30_000,
            interval: 1_000,
          },
        )
        .toBe(true);
    } finally {
      worker.child.kill('SIGTERM');
      await worker.ended;
    }
  });

  it('says so where the log no longer holds what was never read, and where the offset lies beyond its end', async () => {
    const used = (await lines('--group', 'projector')).find(({ committed }) => (committed ?? 0) > 2) as Line;
    const { partition } = used;
    const set = (offset: number) =>
      lab.broker.ask('moving the offset', (admin) =>
        admin.setOffsets({
          groupId: group(),
          topic: raw(),
          partitions: [{ partition, offset: String(offset) }],
        }),
      );
    const found = async () =>
      (await lines('--group', 'projector')).find((line) => line.partition === partition);
    await set((used.committed ?? 0) + 500);
    expect(await found()).toMatchObject({ oddity: 'beyond' });
    await set(1);
    expect(await found()).toMatchObject({ oddity: null, committed: 1, records: (used.committed ?? 0) - 1 });
    await lab.broker.ask('truncating', (admin) =>
      admin.deleteTopicRecords({ topic: raw(), partitions: [{ partition, offset: '2' }] }),
    );
    expect(await found()).toMatchObject({ oddity: 'lost', committed: 1, records: (used.committed ?? 0) - 2 });
    expect((await lab.run(['lag', '--group', 'projector'])).stdout).toContain('topics adopt');
    await set(-1);
    expect(await found()).toMatchObject({ oddity: 'none', committed: null });
    expect((await busy()).partition).toBe(partition);
  });
});
