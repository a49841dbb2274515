import { EVENT_TYPES, envelope, eventId } from '../events/envelope.js';
import { encodeStockChange, type StockChange, stockChangeKey } from '../events/stock-change.js';
import type { SyncEvent } from '../events/sync-event.js';
import { TOPICS } from '../events/topics.js';
import type { LogRecord, Output } from '../ports/log-records.js';
import type { PartitionPlace } from '../ports/partition-processor.js';

/** A change on its way to stock-changes: the same bytes whether just decided or read back from the ledger. */
export function changeOutput(
  prefix: string,
  { topic, life, partition }: PartitionPlace,
  offset: number,
  index: number,
  change: StockChange,
): Output {
  return {
    offset,
    index,
    topic: TOPICS.stockChanges,
    key: stockChangeKey(change),
    value: encodeStockChange(change),
    headers: envelope({
      id: eventId({ topic, incarnation: life, partition, offset, index }),
      type: EVENT_TYPES.stockChanged,
      prefix,
      time: change.observedAt,
    }),
  };
}

/** What became of a snapshot, on its way to sync-events. */
export function syncOutput(
  prefix: string,
  place: PartitionPlace,
  record: LogRecord,
  index: number,
  event: SyncEvent,
): Output {
  return {
    offset: record.offset,
    index,
    topic: TOPICS.syncEvents,
    key: event.feed,
    value: JSON.stringify(event),
    headers: envelope({
      id: eventId({ ...place, incarnation: place.life, offset: record.offset, index }),
      type: EVENT_TYPES.syncEvent,
      prefix,
      time: event.at,
      traceparent: record.headers.traceparent,
    }),
  };
}
