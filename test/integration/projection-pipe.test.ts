import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCommitted } from '../../engines/conforming-reader.js';
import { TOPICS } from '../../src/events/topics.js';
import { testEngines } from '../support/engines.js';
import { ozonFeed, ozonItem, Pipeline } from '../support/pipeline.js';

describe('ten rows through the whole pipe', () => {
  let pipe: Pipeline;
  beforeAll(async () => {
    pipe = await Pipeline.start('pipe');
    await pipe.worker();
  });
  afterAll(() => pipe.close());

  it('lands in the tables and in the topics, then only what changed', async () => {
    const items = [
      ...[1, 2, 3, 4].map((id) => ozonItem(id, ['fbo', id * 10, id], ['fbs', 5, 0])),
      ozonItem(5, ['fbs', 3, 4]),
      ozonItem('9007199254740993'),
      ozonItem(7, ['fbo', 0, 0]),
    ];
    const first = await pipe.outcome(await pipe.publish(ozonFeed(), [items.slice(0, 4), items.slice(4)]));
    expect(first).toMatchObject({
      status: 'applied',
      counts: { created: 10, updated: 0, closed: 0, pages: 2 },
    });

    const changed = [...items];
    changed[0] = ozonItem(1, ['fbo', 7, 0], ['fbs', 5, 0]);
    changed[4] = ozonItem(5);
    const second = await pipe.outcome(await pipe.publish(ozonFeed(), [changed]));
    expect(second).toMatchObject({ status: 'applied', counts: { created: 0, updated: 1, closed: 1 } });

    const rows = await pipe.db.query(
      'SELECT product_id, scheme, present, reserved, available, seq, closed FROM stock_levels ORDER BY product_id, scheme',
    );
    expect(rows).toHaveLength(10);
    expect(rows[0]).toMatchObject({ product_id: '1', scheme: 'fbo', present: '7', available: '7', seq: '2' });
    expect(rows.find((row) => row.product_id === '5')).toMatchObject({ present: '0', seq: '2', closed: 1 });

    const published = await readCommitted({
      brokers: testEngines().kafka.brokers,
      topic: pipe.topic(TOPICS.stockChanges),
    });
    expect(published).toHaveLength(12);
    const [{ n }] = (await pipe.db.query('SELECT COUNT(*) AS n FROM ledger')) as [{ n: string }];
    expect(Number(n)).toBe(12);
    const inventory = await pipe.db.query('SELECT product_id, available, last_sync_at FROM inventory_data');
    expect(inventory).toHaveLength(7);
    expect(inventory.map((row) => row.last_sync_at)).toEqual(inventory.map(() => expect.any(Date)));
    expect(pipe.logs).toEqual([]);
  });
});
