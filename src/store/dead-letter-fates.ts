import { createHash } from 'node:crypto';
import type { Database, Row } from './database.js';
import { chunked } from './statements/sql-text.js';

/** `redriven`: back in the topic it came from. `dropped`: nobody wants it any more. */
export type LetterFate = 'redriven' | 'dropped';

export interface FateEntry {
  readonly fate: LetterFate;
  /** Unix milliseconds, by the database's clock. */
  readonly at: number;
  readonly by: string;
  /** Where a redriven record was appended, `topic/partition/offset`. */
  readonly place: string | null;
}

/** What names a letter in the tables, and by its first digits to people: SHA-256 of its `ce_id` in hex. */
export function letterDigest(ceId: string): string {
  return createHash('sha256').update(ceId).digest('hex');
}

/** In SQL, of an outbox row `o` that holds a letter. */
export const LETTER_DIGEST_OF_OUTBOX =
  "CONVERT(SHA2(JSON_UNQUOTE(JSON_EXTRACT(o.headers, '$.ce_id')), 256) USING ascii) COLLATE ascii_bin";

/** What was decided about dead letters. One that has no entry is open. */
export function createDeadLetterFates(db: Database) {
  return {
    async of(digests: readonly string[]): Promise<ReadonlyMap<string, FateEntry>> {
      const found = new Map<string, FateEntry>();
      for (const chunk of chunked(digests)) {
        const rows = await db.query<Row>('SELECT * FROM dead_letter_fates WHERE letter IN (?)', [chunk]);
        for (const row of rows) {
          found.set(String(row.letter), {
            fate: row.fate === 'dropped' ? 'dropped' : 'redriven',
            at: (row.decided_at as Date).getTime(),
            by: String(row.decided_by),
            place: row.place === null ? null : String(row.place),
          });
        }
      }
      return found;
    },

    /** The newest decision counts. */
    async enter(digest: string, fate: LetterFate, by: string, place: string | null): Promise<void> {
      await db.execute(
        `INSERT INTO dead_letter_fates (letter, fate, place, decided_by) VALUES (?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE fate = VALUES(fate), place = VALUES(place), decided_by = VALUES(decided_by),
           decided_at = CURRENT_TIMESTAMP(3)`,
        [digest, fate, place, by.slice(0, 190)],
      );
    },
  };
}

export type DeadLetterFates = ReturnType<typeof createDeadLetterFates>;
