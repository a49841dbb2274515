import { randomUUID } from 'node:crypto';
import { In } from 'typeorm';
import { AppError } from '../errors.js';
import { type Alert, alert as alertSchema } from '../events/alert.js';
import type { ClaimedDigest, DeliveryStore } from '../ports/alert-store.js';
import { type Database, type Row, type Sql, sqlOf } from './database.js';
import { DeliveryEntity, type DigestStatus } from './entities/delivery.js';
import { databaseError } from './errors.js';
import { chunked } from './statements/sql-text.js';
import { cut } from './text.js';

const ROWS = 500;
const ANSWER_LENGTH = 1024;

/**
 * Alerts on their way into a mailbox. A digest is written down before it is sent and keeps its id and its alerts
 * on every try, so that a mailbox can tell a second copy by its Message-ID. All times are the database's.
 *
 * `stuckAfterMs` must be longer than a mail server may take to answer: a slow sender cannot be told from a dead one.
 */
export function createDeliveryStore(db: Database): DeliveryStore {
  return {
    async enqueue(tx, alerts, recipients) {
      const status = recipients === '' ? 'unaddressed' : 'waiting';
      const rows = alerts.map((alert) => [alert.id, recipients, status, JSON.stringify(alert)]);
      rows.sort(([a = ''], [b = '']) => (a < b ? -1 : a > b ? 1 : 0));
      for (const chunk of chunked(rows, ROWS)) {
        await sqlOf(tx).execute(
          `INSERT INTO alert_deliveries (alert_id, recipients, status, payload) VALUES ?
           ON DUPLICATE KEY UPDATE alert_id = alert_deliveries.alert_id`,
          [chunk],
        );
      }
    },

    claim: (options) =>
      db.transaction(async (tx) => (await claimAgain(tx, options)) ?? (await claimWaiting(tx, options))),

    sent: (digestId, answer) =>
      db.transaction(async (tx) => {
        const status = await statusOf(tx, digestId);
        if (status === 'sent') return;
        await tx.execute(
          `UPDATE digests SET status = 'sent', sent_at = NOW(3), server_answer = ?, error = NULL, not_before = NULL
            WHERE digest_id = ?`,
          [cut(answer, ANSWER_LENGTH), digestId],
        );
        await moveDeliveries(tx, digestId, 'sent');
      }),

    failed: (digestId, error, retryInMs) =>
      db.transaction(async (tx) => {
        // A late answer about an attempt that another worker has since brought to its end changes nothing.
        if ((await statusOf(tx, digestId)) !== 'sending') return;
        const status: DigestStatus = retryInMs === null ? 'given-up' : 'retry';
        await tx.execute(
          'UPDATE digests SET status = ?, error = ?, not_before = NOW(3) + INTERVAL ? MICROSECOND WHERE digest_id = ?',
          [status, cut(error, ANSWER_LENGTH), retryInMs === null ? null : micros(retryInMs), digestId],
        );
        await moveDeliveries(tx, digestId, status);
      }),

    async pending() {
      try {
        return await db.dataSource
          .getRepository(DeliveryEntity)
          .countBy({ status: In(['waiting', 'sending', 'retry']) });
      } catch (error) {
        throw databaseError(error, 'counting deliveries');
      }
    },
  };
}

type ClaimOptions = Parameters<DeliveryStore['claim']>[0];

/**
 * The locking reads below make claimers queue up: who comes second reads the rows again once the first has
 * committed, and no longer finds them due.
 */
async function claimAgain(tx: Sql, { stuckAfterMs }: ClaimOptions): Promise<ClaimedDigest | null> {
  const [due] = await tx.query<Row>(
    `SELECT digest_id, recipients, attempts FROM digests
      WHERE (status = 'retry' AND not_before <= NOW(3))
         OR (status = 'sending' AND sending_since <= NOW(3) - INTERVAL ? MICROSECOND)
      ORDER BY created_at, digest_id LIMIT 1 FOR UPDATE`,
    [micros(stuckAfterMs)],
  );
  if (due === undefined) return null;
  const digestId = String(due.digest_id);
  await tx.execute(
    `UPDATE digests SET status = 'sending', attempts = attempts + 1, sending_since = NOW(3), not_before = NULL
      WHERE digest_id = ?`,
    [digestId],
  );
  await moveDeliveries(tx, digestId, 'sending');
  const rows = await tx.query<Row>(
    'SELECT payload FROM alert_deliveries WHERE digest_id = ? ORDER BY created_at, alert_id',
    [digestId],
  );
  return {
    digestId,
    recipients: String(due.recipients),
    attempt: Number(due.attempts) + 1,
    alerts: rows.map(alertOf),
  };
}

async function claimWaiting(
  tx: Sql,
  { groupWaitMs, maxAlerts }: ClaimOptions,
): Promise<ClaimedDigest | null> {
  const [oldest] = await tx.query<Row>(
    `SELECT recipients FROM alert_deliveries
      WHERE status = 'waiting' AND created_at <= NOW(3) - INTERVAL ? MICROSECOND
      ORDER BY created_at, alert_id LIMIT 1 FOR UPDATE`,
    [micros(groupWaitMs)],
  );
  if (oldest === undefined) return null;
  const recipients = String(oldest.recipients);
  const rows = await tx.query<Row>(
    `SELECT alert_id, payload FROM alert_deliveries WHERE status = 'waiting' AND recipients = ?
      ORDER BY created_at, alert_id LIMIT ? FOR UPDATE`,
    [recipients, Math.max(1, Math.floor(maxAlerts))],
  );
  const digestId = randomUUID();
  await tx.execute(
    `INSERT INTO digests (digest_id, recipients, status, attempts, sending_since) VALUES (?, ?, 'sending', 1, NOW(3))`,
    [digestId, recipients],
  );
  await tx.execute("UPDATE alert_deliveries SET status = 'sending', digest_id = ? WHERE alert_id IN (?)", [
    digestId,
    rows.map((row) => row.alert_id),
  ]);
  return { digestId, recipients, attempt: 1, alerts: rows.map(alertOf) };
}

async function statusOf(tx: Sql, digestId: string): Promise<string> {
  const [row] = await tx.query<Row>('SELECT status FROM digests WHERE digest_id = ? FOR UPDATE', [digestId]);
  if (row === undefined) throw new AppError('INVARIANT', `there is no digest ${digestId}`);
  return String(row.status);
}

async function moveDeliveries(tx: Sql, digestId: string, status: DigestStatus): Promise<void> {
  await tx.execute('UPDATE alert_deliveries SET status = ? WHERE digest_id = ?', [status, digestId]);
}

function alertOf(row: Row): Alert {
  const parsed = alertSchema.safeParse(JSON.parse(String(row.payload)));
  if (parsed.success) return parsed.data;
  throw new AppError('INVARIANT', 'a stored alert cannot be read', { cause: parsed.error });
}

function micros(ms: number): number {
  return Math.round(Math.max(0, ms) * 1000);
}
