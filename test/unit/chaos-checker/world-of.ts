import type { StockChange } from '../../../src/events/stock-change.js';
import type { LogRecord } from '../../../src/ports/log-records.js';
import { RawLog } from '../../chaos/checker/raw-log.js';
import type { Level } from '../../chaos/checker/rows.js';
import { type Change, World } from '../../chaos/checker/world.js';
import type { MemoryWorker } from '../../support/memory-worker.js';
import { RAW_TOPIC } from '../../support/raw-log.js';

/** What the checker makes of a raw log, every change kept. */
export function worldOf(log: readonly LogRecord[], worker?: MemoryWorker) {
  const changes: Change[] = [];
  const fates = new Map(worker?.store.snapshotRows().map((row) => [row.firstOffset, row.status]));
  const world = new World(
    (change) => changes.push(change),
    (_, firstOffset) => fates.get(firstOffset),
  );
  const raw = new RawLog(world, RAW_TOPIC);
  for (const record of log) {
    raw.take({ ...record, key: record.key === null ? null : Buffer.from(record.key) });
  }
  return { world, changes };
}

/** A change in the words of the event, as far as the checker works it out. */
export function told(world: World, change: Change): unknown {
  const { key, op, before, after, reason, seq, snapshotId, at } = change;
  const [source, account, productId, scheme, warehouseId] = world.keys.textOf(key).split(':');
  return {
    key: { source, account, productId, scheme, warehouseId },
    op,
    before: before === null ? null : named(before),
    after: named(after),
    ...(reason === '' ? {} : { reason }),
    snapshotId,
    observedAt: new Date(at).toISOString(),
    seq,
  };
}

export function withoutArticle({ offerId: _o, name: _n, ...rest }: StockChange): unknown {
  return rest;
}

function named([present, reserved, available, inWayToClient, inWayFromClient]: Level) {
  return { present, reserved, available, inWayToClient, inWayFromClient };
}
