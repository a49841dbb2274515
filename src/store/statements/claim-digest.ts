import { randomUUID } from 'node:crypto';
import type { Source } from '../../domain/stock-key.js';
import { AppError } from '../../errors.js';
import { type Alert, alert as alertSchema } from '../../events/alert.js';
import type { ClaimedDigest, ClaimOptions } from '../../ports/alert-store.js';
import type { Row, Sql } from '../database.js';
import { screenWaiting } from './delivery-screen.js';
import { chunked } from './sql-text.js';

/**
 * What is due on a channel. The locking reads make claimers queue up: who comes second reads the rows again once
 * the first has committed, and no longer finds them due.
 */
export async function claimDigest(
  tx: Sql,
  channel: string,
  options: ClaimOptions,
): Promise<ClaimedDigest | null> {
  return (await claimAgain(tx, channel, options)) ?? (await claimWaiting(tx, channel, options));
}

async function claimAgain(tx: Sql, channel: string, options: ClaimOptions): Promise<ClaimedDigest | null> {
  const [due] = await tx.query<Row>(
    `SELECT digest_id, recipients, status, unclear FROM digests
      WHERE channel = ? AND ((status = 'retry' AND not_before <= NOW(3))
         OR (status = 'sending' AND sending_since <= NOW(3) - INTERVAL ? MICROSECOND))
      ORDER BY created_at, digest_id LIMIT 1 FOR UPDATE`,
    [channel, micros(options.stuckAfterMs)],
  );
  if (due === undefined) return null;
  const digestId = String(due.digest_id);
  // Who died while sending has left nobody to ask whether it went.
  const unclear = due.status === 'sending' || Number(due.unclear) === 1;
  await tx.execute(
    `UPDATE digests SET status = 'sending', attempts = attempts + 1, sending_since = NOW(3), not_before = NULL,
            unclear = ? WHERE digest_id = ?`,
    [unclear ? 1 : 0, digestId],
  );
  await tx.execute(
    "UPDATE alert_deliveries SET status = 'sending' WHERE digest_id = ? AND status <> 'muted'",
    [digestId],
  );
  if (!unclear) await screenWaiting(tx, channel);
  if (!unclear) await takeUp(tx, channel, digestId, String(due.recipients), options.maxAlerts);
  return readDigest(tx, digestId);
}

async function claimWaiting(tx: Sql, channel: string, options: ClaimOptions): Promise<ClaimedDigest | null> {
  const recipients = await whoWaits(tx, channel, options);
  if (recipients === null) return null;
  const isWaiting = async () => {
    const [row] = await tx.query<Row>(
      `SELECT alert_id FROM alert_deliveries WHERE channel = ? AND status = 'waiting' AND recipients = ?
        ORDER BY created_at, alert_id LIMIT 1 FOR UPDATE`,
      [channel, recipients],
    );
    return row !== undefined;
  };
  // Asked anew with the oldest alert locked: whoever took alerts of these receivers before has committed.
  if (!(await isWaiting()) || (await notYet(tx, channel, options)).includes(recipients)) return null;
  await screenWaiting(tx, channel);
  // Perhaps nothing of what waited is to be told.
  if (!(await isWaiting())) return null;
  const digestId = randomUUID();
  await tx.execute(
    `INSERT INTO digests (digest_id, channel, recipients, status, attempts, sending_since)
     VALUES (?, ?, ?, 'sending', 1, NOW(3))`,
    [digestId, channel, recipients],
  );
  await takeUp(tx, channel, digestId, recipients, options.maxAlerts);
  return readDigest(tx, digestId);
}

/** The receivers of the alert that has waited longest, of those who may be told now. */
async function whoWaits(tx: Sql, channel: string, options: ClaimOptions): Promise<string | null> {
  const blocked = await notYet(tx, channel, options);
  const [oldest] = await tx.query<Row>(
    `SELECT recipients FROM alert_deliveries
      WHERE channel = ? AND status = 'waiting' AND created_at <= NOW(3) - INTERVAL ? MICROSECOND
        ${blocked.length === 0 ? '' : 'AND recipients NOT IN (?)'}
      ORDER BY created_at, alert_id LIMIT 1`,
    [channel, micros(options.groupWaitMs), ...(blocked.length === 0 ? [] : [blocked])],
  );
  return oldest === undefined ? null : String(oldest.recipients);
}

/** Receivers to whom a digest is on its way, or was sent too lately for another. */
async function notYet(tx: Sql, channel: string, { groupIntervalMs }: ClaimOptions): Promise<string[]> {
  const rows = await tx.query<Row>(
    `SELECT DISTINCT recipients FROM digests
      WHERE channel = ? AND (status IN ('sending', 'retry')
         OR (status = 'sent' AND sent_at > NOW(3) - INTERVAL ? MICROSECOND))`,
    [channel, micros(groupIntervalMs)],
  );
  return rows.map(({ recipients }) => String(recipients));
}

/** Puts what waits into a digest, the oldest first, and what was muted since the last one for the count. */
async function takeUp(tx: Sql, channel: string, digestId: string, recipients: string, most: number) {
  const [held] = await tx.query<Row>(
    "SELECT COUNT(*) AS n FROM alert_deliveries WHERE digest_id = ? AND status <> 'muted'",
    [digestId],
  );
  const rows = await tx.query<Row>(
    `SELECT alert_id FROM alert_deliveries WHERE channel = ? AND status = 'waiting' AND recipients = ?
      ORDER BY created_at, alert_id LIMIT ? FOR UPDATE`,
    [channel, recipients, Math.max(0, Math.floor(most) - Number(held?.n))],
  );
  for (const chunk of chunked(rows.map((row) => row.alert_id))) {
    await tx.execute(
      "UPDATE alert_deliveries SET status = 'sending', digest_id = ? WHERE channel = ? AND alert_id IN (?)",
      [digestId, channel, chunk],
    );
  }
  await tx.execute(
    `UPDATE alert_deliveries SET digest_id = ?
      WHERE channel = ? AND recipients = ? AND status = 'muted' AND digest_id IS NULL`,
    [digestId, channel, recipients],
  );
}

async function readDigest(tx: Sql, digestId: string): Promise<ClaimedDigest> {
  const [digest] = await tx.query<Row>(
    'SELECT recipients, attempts, created_at FROM digests WHERE digest_id = ?',
    [digestId],
  );
  const rows = await tx.query<Row>(
    `SELECT kind, payload FROM alert_deliveries WHERE digest_id = ? AND status <> 'muted'
      ORDER BY created_at, alert_id`,
    [digestId],
  );
  const muted = await tx.query<Row>(
    `SELECT source, COUNT(*) AS n FROM alert_deliveries WHERE digest_id = ? AND status = 'muted'
      GROUP BY source ORDER BY source`,
    [digestId],
  );
  if (digest === undefined) throw new AppError('INVARIANT', `there is no digest ${digestId}`);
  return {
    digestId,
    recipients: String(digest.recipients),
    attempt: Number(digest.attempts),
    createdAt: (digest.created_at as Date).toISOString(),
    alerts: rows.filter(({ kind }) => kind !== 'repeat').map(alertOf),
    repeated: rows.filter(({ kind }) => kind === 'repeat').map(alertOf),
    muted: muted.map(({ source, n }) => ({ source: source as Source, count: Number(n) })),
  };
}

function alertOf(row: Row): Alert {
  const parsed = alertSchema.safeParse(JSON.parse(String(row.payload)));
  if (parsed.success) return parsed.data;
  throw new AppError('INVARIANT', 'a stored alert cannot be read', { cause: parsed.error });
}

export function micros(ms: number): number {
  return Math.round(Math.max(0, ms) * 1000);
}
