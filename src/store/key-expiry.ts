import { createHash } from 'node:crypto';
import type { Database, Row } from './database.js';

export interface KnownExpiry {
  /** Unix milliseconds; null where the marketplace does not say. */
  readonly expiresAt: number | null;
}

/**
 * What a marketplace last said of a key's end, so that it is asked once a day and not at every look. Two moments in
 * the table `notices` under names made from the key: when it was asked, and the end. A new key is another name, and
 * the name tells nothing of the key.
 */
export function createKeyExpiry(db: Pick<Database, 'query' | 'execute'>) {
  return {
    /** Null where it was not asked for `everyMs`. */
    async known(account: string, key: { reveal(): string }, everyMs: number): Promise<KnownExpiry | null> {
      const { asked, until } = namesOf(account, key);
      const rows = await db.query<Row>(
        `SELECT name, said_at, said_at > NOW(3) - INTERVAL ? MICROSECOND AS fresh FROM notices WHERE name IN (?, ?)`,
        [Math.round(everyMs * 1000), asked, until],
      );
      const by = (name: string) => rows.find((row) => row.name === name);
      if (Number(by(asked)?.fresh ?? 0) !== 1) return null;
      const end = by(until)?.said_at;
      return { expiresAt: end instanceof Date ? end.getTime() : null };
    },

    async note(account: string, key: { reveal(): string }, { expiresAt }: KnownExpiry): Promise<void> {
      const { asked, until } = namesOf(account, key);
      const upsert = (value: string) =>
        `INSERT INTO notices (name, said_at) VALUES (?, ${value}) ON DUPLICATE KEY UPDATE said_at = VALUES(said_at)`;
      if (expiresAt === null) await db.execute('DELETE FROM notices WHERE name = ?', [until]);
      else await db.execute(upsert('?'), [until, new Date(Math.min(expiresAt, LAST_TIMESTAMP))]);
      await db.execute(upsert('NOW(3)'), [asked]);
    },
  };
}

/** The column's type ends in January 2038. */
const LAST_TIMESTAMP = Date.UTC(2038, 0, 19);

function namesOf(account: string, key: { reveal(): string }) {
  const digest = createHash('sha256').update(`${account}\0${key.reveal()}`).digest('hex').slice(0, 24);
  return { asked: `key-asked:${digest}`, until: `key-until:${digest}` };
}
