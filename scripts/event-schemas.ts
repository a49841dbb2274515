import { z } from 'zod';
import { alert } from '../src/events/alert.js';
import { EVENT_TYPES, type EventType } from '../src/events/envelope.js';
import {
  feedRetired,
  generationReady,
  pageChunk,
  snapshotCompleted,
  snapshotFailed,
  snapshotStarted,
} from '../src/events/raw-snapshot.js';
import { stockChange } from '../src/events/stock-change.js';
import { syncEvent } from '../src/events/sync-event.js';

/** Every event whose value is JSON of ours. A dead letter's value is the refused record itself, whatever it was. */
const CONTRACTS: Readonly<Record<Exclude<EventType, typeof EVENT_TYPES.deadLetter>, z.ZodType>> = {
  [EVENT_TYPES.snapshotStarted]: snapshotStarted,
  [EVENT_TYPES.pageChunk]: pageChunk,
  [EVENT_TYPES.snapshotCompleted]: snapshotCompleted,
  [EVENT_TYPES.snapshotFailed]: snapshotFailed,
  [EVENT_TYPES.feedRetired]: feedRetired,
  [EVENT_TYPES.generationReady]: generationReady,
  [EVENT_TYPES.stockChanged]: stockChange,
  [EVENT_TYPES.syncEvent]: syncEvent,
  [EVENT_TYPES.alert]: alert,
};

/**
 * JSON Schema (draft 2020-12) of each event by file name, `<ce_type>.json`. `$id` is what the event's
 * `ce_dataschema` header says. Objects are open: a later minor version may add fields.
 */
export function eventSchemas(): ReadonlyMap<string, object> {
  return new Map(
    Object.entries(CONTRACTS).map(([type, contract]) => {
      const { $schema, ...schema } = z.toJSONSchema(contract, { target: 'draft-2020-12', io: 'input' });
      return [`${type}.json`, { $schema, $id: `urn:inventory-sync:schema:${type}`, title: type, ...schema }];
    }),
  );
}
