import type { SyncEvent } from '../../src/events/sync-event.js';
import type { LogRecord } from '../../src/ports/log-records.js';
import { applied, failed, held } from '../unit/domain/anomaly/snapshots.js';

/** Records as the projector writes them, from offset 0 on. */
export function syncRecords(events: readonly (SyncEvent | string)[]): LogRecord[] {
  return events.map((event, offset) => ({
    topic: 'inventory.sync-events.v1',
    partition: 2,
    offset,
    timestamp: 1_790_000_000_000 + offset,
    key: typeof event === 'string' ? null : event.feed,
    value: Buffer.from(typeof event === 'string' ? event : JSON.stringify(event)),
    headers: { ce_id: `inventory.raw-snapshots.v1/1/4/${offset}/0` },
  }));
}

type Movements = Pick<Extract<SyncEvent, { type: 'snapshot-applied' }>, 'ranOut' | 'cameBack'>;

export function appliedEvent(
  snapshotId: string,
  before: number,
  after: number,
  moved: Partial<Movements> = {},
): SyncEvent {
  const { unread: _, ...facts } = applied({ available: { before, after } });
  return {
    ...facts,
    snapshotId,
    at: '2026-11-22T11:05:00.000Z',
    rows: { before: 10, after: 10 },
    products: { before: 10, after: 10 },
    changes: { created: 0, updated: 1, closed: 0 },
    parts: 1,
    ranOut: [...(moved.ranOut ?? [])],
    cameBack: [...(moved.cameBack ?? [])],
  };
}

export function heldEvent(snapshotId: string): SyncEvent {
  return { ...held(), snapshotId, at: '2026-11-22T11:05:00.000Z' };
}

export function failedEvent(snapshotId: string, code: string) {
  const { at: _, notBefore: __, ...facts } = failed({ code });
  return { ...facts, snapshotId, at: '2026-11-22T11:05:00.000Z' } satisfies SyncEvent;
}
