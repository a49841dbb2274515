import { EVENT_TYPES } from '../../events/envelope.js';
import type { RawLog, RawRecord } from '../../ports/raw-log.js';

/** A snapshot whose last record is in the log: it will come to an end in the tables. */
export interface EndedSnapshot {
  readonly snapshotId: string;
  readonly partition: number;
  /** The feed's id. */
  readonly feed: string;
}

/**
 * Notes which snapshots are in the log from beginning to end. A failed read has one too, and a broker that goes away
 * in mid-snapshot leaves one without an end, for which it would be wrong to wait.
 */
export class TrackedLog implements RawLog {
  readonly #ended: EndedSnapshot[] = [];

  constructor(private readonly log: RawLog) {}

  async append(partition: number, records: readonly RawRecord[]): Promise<void> {
    await this.log.append(partition, records);
    for (const { key, headers } of records) {
      const type = headers.ce_type;
      if (type !== EVENT_TYPES.snapshotCompleted && type !== EVENT_TYPES.snapshotFailed) continue;
      // `<snapshot>/<number of the record>`
      const snapshotId = headers.ce_id?.replace(/\/\d+$/, '') ?? '';
      this.#ended.push({ snapshotId, partition, feed: key });
    }
  }

  ended(): readonly EndedSnapshot[] {
    return [...this.#ended];
  }
}
