import { afterEach, describe, expect, test, vi } from 'vitest';
import { createProjectorApp } from '../../../src/consumers/projector.js';
import { normaliserOf } from '../../../src/marketplaces/normalisers.js';
import type { LogRecord } from '../../../src/ports/log-records.js';
import { MemoryProjection } from '../../support/memory-projection.js';
import { PREFIX, RAW_TOPIC, RawPartition, WB, wb } from '../../support/raw-log.js';

const PLACE = { topic: RAW_TOPIC, incarnation: 1, life: 1, partition: 3, checkpoint: 0, logStart: 0 };

describe('prior state that nobody uses', () => {
  afterEach(() => vi.useRealTimers());

  test('is given back after a while, and read again for the next snapshot', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const store = new MemoryProjection();
    const app = createProjectorApp({
      prefix: PREFIX,
      store,
      normaliserOf,
      stateRows: 100,
      stateTtlMs: 5_000,
    });
    const processor = await app.open(PLACE);
    const log = new RawPartition();
    const apply = async (from: number) => {
      const work = await processor.fold(log.records.slice(from));
      await store.transaction((tx) => work.write(tx));
      return () => processor.settled?.();
    };
    log.whole(WB, [[wb(1, 507, 1)]]);
    const settle = await apply(0);
    const next = log.records.length;
    store.reads.length = 0;
    // Long since unused, yet not known to be committed: it stays.
    vi.advanceTimersByTime(60_000);
    const pages = [log.records[1] as LogRecord];
    expect(processor.mayFoldAhead?.(pages)).toBe(true);
    settle();
    vi.advanceTimersByTime(4_999);
    expect(processor.mayFoldAhead?.(pages)).toBe(true);
    vi.advanceTimersByTime(1);
    expect(processor.mayFoldAhead?.(pages)).toBe(false);
    log.whole(WB, [[wb(1, 507, 2)]]);
    (await apply(next))();
    expect(store.reads).toEqual(['*']);
    expect(store.rowsIn(WB).map(({ level, seq }) => [level.available, seq])).toEqual([[2, 2]]);
    processor.close?.();
    expect(vi.getTimerCount()).toBe(0);
  });
});
