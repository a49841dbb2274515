import { type SyncEvent, syncEvent } from '../events/sync-event.js';
import { TOPICS } from '../events/topics.js';
import type { Database, Row } from './database.js';

/** Rows of one question; an event that names products that ran out may be some hundred kilobytes. */
const PAGE = 200;

/** Sync events of the pipe since a moment, in the order in which they were told: as they stand in the outbox. */
export async function* toldSyncEvents(
  db: Pick<Database, 'query'>,
  since: Date,
): AsyncGenerator<SyncEvent, void, void> {
  const places = await db.query<Row>(
    `SELECT incarnation_id, partition_no, record_offset, idx FROM outbox
      WHERE topic = ? AND created_at >= ? ORDER BY created_at, incarnation_id, partition_no, record_offset, idx`,
    [TOPICS.syncEvents, since],
  );
  for (let from = 0; from < places.length; from += PAGE) {
    const page = places.slice(from, from + PAGE);
    const values = new Map<string, unknown>();
    const wanted = page.map(
      () => '(incarnation_id = ? AND partition_no = ? AND record_offset = ? AND idx = ?)',
    );
    const rows = await db.query<Row>(
      `SELECT incarnation_id, partition_no, record_offset, idx, value FROM outbox WHERE ${wanted.join(' OR ')}`,
      page.flatMap((row) => [row.incarnation_id, row.partition_no, row.record_offset, row.idx]),
    );
    for (const row of rows) values.set(placeOf(row), row.value);
    for (const row of page) {
      const parsed = syncEvent.safeParse(parse(values.get(placeOf(row))));
      // An event of a version that this one does not know says nothing here.
      if (parsed.success) yield parsed.data;
    }
  }
}

function placeOf({ incarnation_id, partition_no, record_offset, idx }: Row): string {
  return [incarnation_id, partition_no, record_offset, idx].join('/');
}

function parse(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return null;
  }
}
