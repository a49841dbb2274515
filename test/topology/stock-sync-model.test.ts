import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type StockChange, stockChangeKey } from '../../src/events/stock-change.js';
import { TOPICS } from '../../src/events/topics.js';
import type { FeedTotals } from '../../src/ports/projection.js';
import { MemoryWorker } from '../support/memory-worker.js';
import { type ModelChange, modelOf } from '../support/model.js';
import type { Level } from '../support/model-rows.js';
import { logs, rawPartition } from '../support/raw-plans.js';
import { syncEventsOf } from '../support/stories.js';

const level = (of: StockChange['after']): Level => [
  of.present,
  of.reserved,
  of.available,
  of.inWayToClient,
  of.inWayFromClient,
];

/** The published changes in the model's words. */
function changesOf(worker: MemoryWorker): ModelChange[] {
  return worker.outputs
    .filter((output) => output.topic === TOPICS.stockChanges)
    .map(({ offset, value }) => {
      const change = JSON.parse(value) as StockChange;
      const { op, reason, seq, snapshotId, observedAt } = change;
      const before = change.before === null ? null : level(change.before);
      const about = { op, before, after: level(change.after), reason, seq, snapshotId, observedAt };
      return { offset, key: stockChangeKey(change), ...about };
    });
}

function levelsOf(worker: MemoryWorker) {
  const rows = worker.store.feedRows().flatMap(({ feed }) =>
    worker.store.rowsIn(feed).map((row) => {
      const { productId, scheme, warehouseId } = row;
      const key = [feed.source, feed.account, productId, scheme, warehouseId].join(':');
      return [key, { level: level(row.level), closed: row.closed, seq: row.seq }] as const;
    }),
  );
  return new Map(rows);
}

/** What the running totals of each feed should be, added up from its rows. */
function recounted(worker: MemoryWorker): FeedTotals[] {
  return worker.store.feedRows().map(({ feed }) => {
    const live = worker.store.rowsIn(feed).filter((row) => !row.closed);
    const products = (rows: typeof live) => new Set(rows.map((row) => row.productId)).size;
    return {
      rows: live.length,
      products: products(live),
      inStock: products(live.filter((row) => row.level.available > 0)),
      available: live.reduce((sum, row) => sum + row.level.available, 0),
    };
  });
}

/** All that was published, in the order of its ids: how steps were cut decides only what goes out together. */
function everything(worker: MemoryWorker): string[] {
  const sorted = [...worker.outputs].sort((a, b) => a.offset - b.offset || a.index - b.index);
  return sorted.map((output) => JSON.stringify(output));
}

const MEMORIES: readonly [string, number][] = [
  ['all prior state in memory', 1_000_000],
  ['no prior state in memory', 0],
];

describe('stock-sync against a model that reads the whole log anew', () => {
  test.each(MEMORIES)('ledger, levels and the fate of every snapshot (%s)', async (_name, stateRows) => {
    await fc.assert(
      fc.asyncProperty(rawPartition, fc.integer({ min: 1, max: 30 }), async (log, fetch) => {
        const worker = await new MemoryWorker(log.records, { stateRows }).drain(fetch);
        const model = modelOf(log.records);
        expect(changesOf(worker)).toEqual(model.ledger);
        expect(levelsOf(worker)).toEqual(model.levels);
        const fates = worker.store
          .snapshotRows()
          .map((row) => `${row.firstOffset} ${row.snapshotId} ${row.status}`);
        expect(fates.sort()).toEqual(
          model.snapshots.map((one) => `${one.firstOffset} ${one.id} ${one.status}`).sort(),
        );
        const stale = worker.store.feedRows().map((row) => row.staleRecords);
        expect(stale.sort()).toEqual([...model.stale.values()].sort());
      }),
      logs(300),
    );
  });

  test.each(MEMORIES)('the running totals are right after every record (%s)', async (_name, stateRows) => {
    await fc.assert(
      fc.asyncProperty(rawPartition, async (log) => {
        const worker = new MemoryWorker(log.records, { stateRows });
        while (worker.applied < log.records.length) {
          await worker.fetch(1);
          expect(worker.store.feedRows().map((row) => row.totals)).toEqual(recounted(worker));
        }
      }),
      logs(100),
    );
  });

  test('a snapshot counts its own changes', async () => {
    await fc.assert(
      fc.asyncProperty(rawPartition, async (log) => {
        const worker = await new MemoryWorker(log.records).drain(5);
        const changes = changesOf(worker);
        for (const { snapshotId, counts } of worker.store.snapshotRows()) {
          const ops = changes.filter((one) => one.snapshotId === snapshotId).map((one) => one.op);
          const count = (op: string) => ops.filter((one) => one === op).length;
          expect([counts.created, counts.updated, counts.closed]).toEqual(['c', 'u', 'd'].map(count));
        }
        for (const event of syncEventsOf(worker)) {
          if (event.type !== 'snapshot-applied') continue;
          const own = changes.filter((one) => one.snapshotId === event.snapshotId);
          expect(event.rescoped ?? 0).toBe(own.filter((one) => one.reason === 'rescoped').length);
        }
      }),
      logs(100),
    );
  });
});

describe('the same bytes, whoever folds them', () => {
  test('wherever the log is cut, whatever is held in memory, however often the owner changes', async () => {
    const way = fc.record({
      stateRows: fc.constantFrom(0, 3, 1_000_000),
      rangeRows: fc.integer({ min: 1, max: 5 }),
      deadlocks: fc.boolean(),
      steps: fc.array(fc.record({ fetch: fc.integer({ min: 1, max: 20 }), takeOver: fc.boolean() }), {
        minLength: 1,
        maxLength: 20,
      }),
    });
    await fc.assert(
      fc.asyncProperty(rawPartition, way, async (log, { steps, ...options }) => {
        const plain = await new MemoryWorker(log.records).drain(1);
        const other = new MemoryWorker(log.records, options);
        for (let turn = 0; other.applied < log.records.length; turn += 1) {
          const step = steps[turn % steps.length] ?? { fetch: 1, takeOver: false };
          if (step.takeOver) await other.takeOver();
          await other.fetch(step.fetch);
        }
        expect(everything(other)).toEqual(everything(plain));
        expect(other.store.feedRows()).toEqual(plain.store.feedRows());
        expect(other.store.snapshotRows()).toEqual(plain.store.snapshotRows());
      }),
      logs(400),
    );
  });

  test('also where a tool has copied the log and lost the headers', async () => {
    await fc.assert(
      fc.asyncProperty(rawPartition, fc.constantFrom(0, 1_000_000), async (log, stateRows) => {
        const plain = await new MemoryWorker(log.records).drain(1);
        const bare = log.records.map((record) => ({ ...record, headers: {} }));
        const other = await new MemoryWorker(bare, { stateRows }).drain();
        const facts = (worker: MemoryWorker) =>
          worker.outputs
            .map(({ offset, index, topic, key, value }) => [offset, index, topic, key, value].join(' '))
            .sort();
        expect(facts(other)).toEqual(facts(plain));
      }),
      logs(100),
    );
  });

  test('a take-over before each single record', async () => {
    await fc.assert(
      fc.asyncProperty(rawPartition, fc.constantFrom(0, 1_000_000), async (log, stateRows) => {
        const plain = await new MemoryWorker(log.records).drain(1);
        const other = new MemoryWorker(log.records, { stateRows });
        while (other.applied < log.records.length) {
          await other.takeOver();
          await other.fetch(1);
        }
        expect(everything(other)).toEqual(everything(plain));
      }),
      logs(60),
    );
  });
});
