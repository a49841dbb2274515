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
 * the first has committed, and no longer finds them due. Where several workers run with different settings, whoever
 * claims a digest sends it to whom its own settings name.
 */
export async function claimDigest(
  tx: Sql,
  channel: string,
  options: ClaimOptions,
): Promise<ClaimedDigest | null> {
  if (options.recipients === '') return null;
  return (await claimAgain(tx, channel, options)) ?? (await claimWaiting(tx, channel, options));
}

async function claimAgain(tx: Sql, channel: string, options: ClaimOptions): Promise<ClaimedDigest | null> {
  const [due] = await tx.query<Row>(
    `SELECT digest_id, recipients, status, unclear, aside_since FROM digests
      WHERE channel = ? AND ((status = 'retry' AND not_before <= NOW(3))
         OR (status = 'sending' AND sending_since <= NOW(3) - INTERVAL ? MICROSECOND))
      ORDER BY created_at, digest_id LIMIT 1 FOR UPDATE`,
    [channel, micros(options.stuckAfterMs)],
  );
  if (due === undefined) return null;
  const digestId = String(due.digest_id);
  // Who died while sending has left nobody to ask whether it went.
  const unclear = due.status === 'sending' || Number(due.unclear) === 1;
  // What may have arrived is the same message, and to the same people, or a mailbox could not drop the copy.
  const recipients = unclear ? String(due.recipients) : options.recipients;
  await tx.execute(
    `UPDATE digests SET status = 'sending', attempts = attempts + 1, sending_since = NOW(3), not_before = NULL,
            unclear = ?, recipients = ? WHERE digest_id = ?`,
    [unclear ? 1 : 0, recipients, digestId],
  );
  await tx.execute(
    "UPDATE alert_deliveries SET status = 'sending', recipients = ? WHERE digest_id = ? AND status <> 'muted'",
    [recipients, digestId],
  );
  if (!unclear && due.aside_since === null) {
    await screenWaiting(tx, channel);
    await takeUp(tx, channel, digestId, options);
  }
  return readDigest(tx, digestId);
}

async function claimWaiting(tx: Sql, channel: string, options: ClaimOptions): Promise<ClaimedDigest | null> {
  if (await isInTheWay(tx, channel, options)) return null;
  if (!(await lockOldest(tx, channel, options.groupWaitMs))) return null;
  // Asked anew with the oldest alert locked: whoever took alerts of this channel before has committed.
  if (await isInTheWay(tx, channel, options)) return null;
  await screenWaiting(tx, channel);
  // Perhaps nothing of what waited is to be told.
  if (!(await lockOldest(tx, channel, 0))) return null;
  const digestId = randomUUID();
  await tx.execute(
    `INSERT INTO digests (digest_id, channel, recipients, status, attempts, sending_since)
     VALUES (?, ?, ?, 'sending', 1, NOW(3))`,
    [digestId, channel, options.recipients],
  );
  await takeUp(tx, channel, digestId, options);
  return readDigest(tx, digestId);
}

/** Whether anything has waited for so long. */
async function lockOldest(tx: Sql, channel: string, ms: number): Promise<boolean> {
  const [row] = await tx.query<Row>(
    `SELECT alert_id FROM alert_deliveries
      WHERE channel = ? AND status = 'waiting' AND created_at <= NOW(3) - INTERVAL ? MICROSECOND
      ORDER BY created_at, alert_id LIMIT 1 FOR UPDATE`,
    [channel, micros(ms)],
  );
  return row !== undefined;
}

/**
 * Whether a digest is on its way, or was sent too lately for another. One that stands aside is not in the way, nor one
 * that may have arrived and goes to former recipients.
 */
async function isInTheWay(tx: Sql, channel: string, options: ClaimOptions): Promise<boolean> {
  const { recipients, groupIntervalMs } = options;
  const [row] = await tx.query<Row>(
    `SELECT digest_id FROM digests
      WHERE channel = ?
        AND ((status IN ('sending', 'retry') AND aside_since IS NULL AND (unclear = 0 OR recipients = ?))
          OR (status = 'sent' AND recipients = ? AND sent_at > NOW(3) - INTERVAL ? MICROSECOND)) LIMIT 1`,
    [channel, recipients, recipients, micros(groupIntervalMs)],
  );
  return row !== undefined;
}

/**
 * Puts what waits into a digest, the oldest first, and what was muted since the last one for the count; all of it is
 * for whom the settings name now, whoever they named when it was entered.
 */
async function takeUp(
  tx: Sql,
  channel: string,
  digestId: string,
  { recipients, maxAlerts }: ClaimOptions,
): Promise<void> {
  const [held] = await tx.query<Row>(
    "SELECT COUNT(*) AS n FROM alert_deliveries WHERE digest_id = ? AND status <> 'muted'",
    [digestId],
  );
  const rows = await tx.query<Row>(
    `SELECT alert_id FROM alert_deliveries WHERE channel = ? AND status = 'waiting'
      ORDER BY created_at, alert_id LIMIT ? FOR UPDATE`,
    [channel, Math.max(0, Math.floor(maxAlerts) - Number(held?.n))],
  );
  for (const chunk of chunked(rows.map((row) => row.alert_id))) {
    await tx.execute(
      `UPDATE alert_deliveries SET status = 'sending', digest_id = ?, recipients = ?
        WHERE channel = ? AND alert_id IN (?)`,
      [digestId, recipients, channel, chunk],
    );
  }
  await tx.execute(
    `UPDATE alert_deliveries SET digest_id = ?, recipients = ?
      WHERE channel = ? AND status = 'muted' AND digest_id IS NULL`,
    [digestId, recipients, channel],
  );
}

async function readDigest(tx: Sql, digestId: string): Promise<ClaimedDigest> {
  const [digest] = await tx.query<Row>(
    `SELECT channel, recipients, attempts, created_at,
            TIMESTAMPDIFF(MICROSECOND, aside_since, NOW(3)) DIV 1000 AS aside_ms
       FROM digests WHERE digest_id = ?`,
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
    ...(digest.aside_ms === null ? {} : { asideMs: Number(digest.aside_ms) }),
    ...(await notReached(tx, digest)),
  };
}

/** As of when the digest was made, so that each try says the same. */
async function notReached(tx: Sql, digest: Row): Promise<Pick<ClaimedDigest, 'notReached'>> {
  const [last] = await tx.query<Row>(
    `SELECT refused FROM digests WHERE channel = ? AND recipients = ? AND status = 'sent' AND sent_at <= ?
      ORDER BY sent_at DESC LIMIT 1`,
    [digest.channel, digest.recipients, digest.created_at],
  );
  const refused = last?.refused ?? null;
  return refused === null ? {} : { notReached: JSON.parse(String(refused)) as ClaimedDigest['notReached'] };
}

function alertOf(row: Row): Alert {
  const parsed = alertSchema.safeParse(JSON.parse(String(row.payload)));
  if (parsed.success) return parsed.data;
  throw new AppError('INVARIANT', 'a stored alert cannot be read', { cause: parsed.error });
}

export function micros(ms: number): number {
  return Math.round(Math.max(0, ms) * 1000);
}
