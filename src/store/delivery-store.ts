import { In } from 'typeorm';
import { AppError } from '../errors.js';
import type { DeliveryStore } from '../ports/alert-store.js';
import type { ChannelName } from '../ports/channel.js';
import type { RefusedRecipient } from '../ports/mail.js';
import { type Database, type Row, type Sql, sqlOf } from './database.js';
import { DeliveryEntity, type DigestStatus } from './entities/delivery.js';
import { databaseError } from './errors.js';
import { claimDigest, micros } from './statements/claim-digest.js';
import { repeatOpen } from './statements/delivery-screen.js';
import { chunked } from './statements/sql-text.js';
import { cut } from './text.js';

const ROWS = 500;
const ANSWER_LENGTH = 1024;
const SAID_LENGTH = 300;

/**
 * Alerts on their way to people over one channel. A digest is written down before it is sent and keeps its id on
 * every try, so that a mailbox can tell a second copy by its Message-ID. All times are the database's.
 *
 * `stuckAfterMs` must be longer than a server may take to answer: a slow sender cannot be told from a dead one.
 */
export function createDeliveryStore(db: Database, channel: ChannelName = 'mail'): DeliveryStore {
  return {
    async enqueue(tx, alerts, recipients) {
      const status = recipients === '' ? 'unaddressed' : 'waiting';
      const rows = alerts.map((alert) => {
        const { id, fingerprint, source, account, product } = alert;
        const ofProduct = product === undefined ? 0 : 1;
        const payload = JSON.stringify(alert);
        return [id, channel, recipients, status, fingerprint, source, account, ofProduct, payload] as const;
      });
      rows.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      for (const chunk of chunked(rows, ROWS)) {
        await sqlOf(tx).execute(
          `INSERT INTO alert_deliveries
             (alert_id, channel, recipients, status, fingerprint, source, account, of_product, payload) VALUES ?
           ON DUPLICATE KEY UPDATE alert_id = alert_deliveries.alert_id`,
          [chunk],
        );
      }
    },

    async repeat(repeatMs, recipients, accounts = []) {
      if (recipients === '') return 0;
      const after = micros(repeatMs);
      return db.transaction((tx) => repeatOpen(tx, { channel, recipients, accounts, micros: after }));
    },

    claim: (options) => db.transaction((tx) => claimDigest(tx, channel, options)),

    sent: (digestId, answer, refused = []) =>
      db.transaction(async (tx) => {
        const status = await statusOf(tx, digestId);
        if (status === 'sent') return;
        await tx.execute(
          `UPDATE digests SET status = 'sent', sent_at = NOW(3), server_answer = ?, refused = ?, error = NULL,
                  not_before = NULL WHERE digest_id = ?`,
          [cut(answer, ANSWER_LENGTH), refusedText(refused), digestId],
        );
        await moveDeliveries(tx, digestId, 'sent');
      }),

    failed: (digestId, error, retryInMs, { unclear = false, ownFault = false } = {}) =>
      db.transaction(async (tx) => {
        // A late answer about an attempt that another worker has since brought to its end changes nothing.
        if ((await statusOf(tx, digestId)) !== 'sending') return;
        const status: DigestStatus = retryInMs === null ? 'given-up' : 'retry';
        const aside = ownFault && (await mayStandAside(tx, channel, digestId));
        await tx.execute(
          `UPDATE digests SET status = ?, error = ?, not_before = NOW(3) + INTERVAL ? MICROSECOND,
                  unclear = GREATEST(unclear, ?), aside_since = COALESCE(aside_since, IF(?, NOW(3), NULL))
            WHERE digest_id = ?`,
          [
            status,
            cut(error, ANSWER_LENGTH),
            retryInMs === null ? null : micros(retryInMs),
            unclear ? 1 : 0,
            aside ? 1 : 0,
            digestId,
          ],
        );
        await moveDeliveries(tx, digestId, status);
      }),

    async pending() {
      try {
        return await db.dataSource
          .getRepository(DeliveryEntity)
          .countBy({ channel, status: In(['waiting', 'sending', 'retry']) });
      } catch (error) {
        throw databaseError(error, 'counting deliveries');
      }
    },

    notice: (tx, name, everyMs) => noticeDue(sqlOf(tx), name, everyMs),
  };
}

async function statusOf(tx: Sql, digestId: string): Promise<string> {
  const [row] = await tx.query<Row>('SELECT status FROM digests WHERE digest_id = ? FOR UPDATE', [digestId]);
  if (row === undefined) throw new AppError('INVARIANT', `there is no digest ${digestId}`);
  return String(row.status);
}

/** Not where another did so and none was accepted since: then it is the channel, and more digests would fare no better. */
async function mayStandAside(tx: Sql, channel: string, digestId: string): Promise<boolean> {
  const [last] = await tx.query<Row>(
    "SELECT MAX(sent_at) AS sent_at FROM digests WHERE channel = ? AND status = 'sent'",
    [channel],
  );
  const others = await tx.query<Row>(
    `SELECT digest_id FROM digests
      WHERE channel = ? AND digest_id <> ? AND status IN ('sending', 'retry') AND aside_since IS NOT NULL
        AND (? IS NULL OR aside_since >= ?) LIMIT 1`,
    [channel, digestId, last?.sent_at ?? null, last?.sent_at ?? null],
  );
  return others.length === 0;
}

function refusedText(refused: readonly RefusedRecipient[]): string | null {
  if (refused.length === 0) return null;
  return JSON.stringify(refused.map(({ to, said }) => ({ to: cut(to, 320), said: cut(said, SAID_LENGTH) })));
}

async function moveDeliveries(tx: Sql, digestId: string, status: DigestStatus): Promise<void> {
  await tx.execute("UPDATE alert_deliveries SET status = ? WHERE digest_id = ? AND status <> 'muted'", [
    status,
    digestId,
  ]);
}

/** The row lock makes askers queue up; the second finds it said. */
async function noticeDue(tx: Sql, name: string, everyMs: number): Promise<boolean> {
  await tx.execute(
    `INSERT INTO notices (name, said_at) VALUES (?, FROM_UNIXTIME(1))
     ON DUPLICATE KEY UPDATE name = notices.name`,
    [name],
  );
  const [row] = await tx.query<Row>(
    'SELECT said_at <= NOW(3) - INTERVAL ? MICROSECOND AS due FROM notices WHERE name = ? FOR UPDATE',
    [micros(everyMs), name],
  );
  if (Number(row?.due) !== 1) return false;
  await tx.execute('UPDATE notices SET said_at = NOW(3) WHERE name = ?', [name]);
  return true;
}
