import type { LogRecord } from '../ports/log-records.js';

/**
 * Remembers the newest `ce_id`s of a partition, so as to drop copies. kafkajs may hand out records of an aborted
 * transaction beside the same records published again; both carry one id and lie near each other.
 */
export class RecentEvents {
  readonly #offsets = new Map<string, number>();

  constructor(private readonly limit: number) {}

  /** Without copies, of one another or of what was remembered. The same record asked about again is no copy. */
  withoutCopies(records: readonly LogRecord[]): readonly LogRecord[] {
    const first = new Map<string, number>();
    return records.filter(({ headers, offset }) => {
      const id = headers.ce_id;
      if (id === undefined) return true;
      const known = this.#offsets.get(id) ?? first.get(id);
      if (known === undefined) first.set(id, offset);
      return known === undefined || known === offset;
    });
  }

  remember(records: readonly LogRecord[]): void {
    for (const { headers, offset } of records) {
      if (headers.ce_id !== undefined && !this.#offsets.has(headers.ce_id))
        this.#offsets.set(headers.ce_id, offset);
    }
    for (const oldest of this.#offsets.keys()) {
      if (this.#offsets.size <= this.limit) break;
      this.#offsets.delete(oldest);
    }
  }
}
