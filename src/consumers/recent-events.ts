import type { Headers } from '../events/envelope.js';
import { REDRIVE } from '../events/redrive.js';
import type { LogRecord } from '../ports/log-records.js';

/**
 * Remembers the newest `ce_id`s of a partition, so as to drop copies. kafkajs may hand out records of an aborted
 * transaction beside the same records published again; both carry one id and lie near each other. Empty after a
 * take-over: what must not happen twice is held by the tables, and this only spares everybody the copies.
 */
export class RecentEvents {
  readonly #ids = new Set<string>();

  constructor(private readonly limit: number) {}

  /** Without copies, of one another or of what was remembered. */
  withoutCopies(records: readonly LogRecord[]): readonly LogRecord[] {
    const here = new Set<string>();
    return records.filter(({ headers }) => {
      const id = nameOf(headers);
      if (id === undefined) return true;
      if (this.#ids.has(id) || here.has(id)) return false;
      here.add(id);
      return true;
    });
  }

  /** Only what is committed: a batch that is judged again must not take itself for a copy. */
  remember(records: readonly LogRecord[]): void {
    for (const { headers } of records) {
      const id = nameOf(headers);
      if (id !== undefined) this.#ids.add(id);
    }
    for (const oldest of this.#ids) {
      if (this.#ids.size <= this.limit) break;
      this.#ids.delete(oldest);
    }
  }
}

/** A record that was put aside and comes once more is no copy of the one that could not be read. */
function nameOf(headers: Headers): string | undefined {
  const { ce_id: id } = headers;
  return id === undefined ? undefined : `${id}${headers[REDRIVE.id] ?? ''}`;
}
