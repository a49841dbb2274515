import type { ReadAccount } from '../../ports/alert-store.js';
import type { Row, Sql } from '../database.js';
import { chunked } from './sql-text.js';

/**
 * Rules that say of a feed that it tells nothing at present. A source with such a feed of stock is down: its products'
 * totals are not to be trusted. A catalogue's trouble changes no total.
 */
const SOURCE_DOWN = ['source-stale', 'credentials-refused', 'snapshots-failing', 'method-retired'];

/** Takes out of a channel's waiting alerts what is not to be told one by one, or not at all. */
export async function screenWaiting(tx: Sql, channel: string): Promise<void> {
  const down = await tx.query<Row>(
    `SELECT DISTINCT a.source, a.account FROM alerts a LEFT JOIN feeds f ON f.feed = a.feed
      WHERE a.state = 'open' AND a.rule IN (?) AND f.retired_at IS NULL
        AND a.feed NOT LIKE '%:product-list' AND a.feed NOT LIKE '%:cards'`,
    [SOURCE_DOWN],
  );
  for (const { source, account } of down) {
    await tx.execute(
      `UPDATE alert_deliveries SET status = 'muted'
        WHERE channel = ? AND status = 'waiting' AND of_product = 1 AND source = ? AND account = ?`,
      [channel, source, account],
    );
  }
  const silent = await tx.query<Row>('SELECT fingerprint FROM alerts WHERE muted_until > NOW(3)');
  for (const chunk of chunked(silent.map(({ fingerprint }) => fingerprint))) {
    await tx.execute(
      `UPDATE alert_deliveries SET status = 'silenced'
        WHERE channel = ? AND status = 'waiting' AND fingerprint IN (?)`,
      [channel, chunk],
    );
  }
  await tx.execute(
    `UPDATE alert_deliveries d JOIN alerts a ON a.fingerprint = d.fingerprint LEFT JOIN feeds f ON f.feed = a.feed
        SET d.status = 'over'
      WHERE d.channel = ? AND d.status = 'waiting' AND d.kind = 'repeat'
        AND (a.state <> 'open' OR a.acknowledged_at IS NOT NULL OR f.retired_at IS NOT NULL)`,
    [channel],
  );
}

/** When a channel last told of an alert; NULL where it did not, or where a person had muted it then. */
const TOLD = `(SELECT MAX(COALESCE(g.sent_at, d.created_at))
    FROM alert_deliveries d LEFT JOIN digests g ON g.digest_id = d.digest_id
   WHERE d.fingerprint = a.fingerprint AND d.channel = ? AND d.status NOT IN ('silenced', 'over'))`;
const UNDER_WAY = `EXISTS (SELECT 1 FROM alert_deliveries d
   WHERE d.fingerprint = a.fingerprint AND d.channel = ? AND d.status IN ('waiting', 'sending', 'retry'))`;

/** More open criticals than this are told again a pass later. */
const MOST_REPEATS = 1000;

export interface Repeating {
  readonly channel: string;
  readonly recipients: string;
  readonly accounts: readonly ReadAccount[];
  /** After how many microseconds an alert is told again. */
  readonly micros: number;
}

/**
 * Enters open critical alerts anew. The id comes from when the alert was last told, so that several workers enter it
 * once.
 */
export async function repeatOpen(
  tx: Sql,
  { channel, recipients, accounts, micros }: Repeating,
): Promise<number> {
  const left = await leftAccounts(tx, accounts);
  if (left.length > 0) {
    await tx.execute(
      `UPDATE alert_deliveries SET status = 'over'
        WHERE channel = ? AND status = 'waiting' AND kind = 'repeat' AND (source, account) IN (?)`,
      [channel, left],
    );
  }
  const due = await tx.query<Row>(
    `SELECT o.*, ROUND(UNIX_TIMESTAMP(o.told) * 1000) AS told_ms FROM (
       SELECT a.fingerprint, a.source, a.account, a.payload,
              CAST(COALESCE(${TOLD}, a.raised_at) AS DATETIME(3)) AS told
         FROM alerts a LEFT JOIN feeds f ON f.feed = a.feed
        WHERE a.state = 'open' AND a.severity = 'critical' AND a.acknowledged_at IS NULL
          AND f.retired_at IS NULL ${left.length === 0 ? '' : 'AND (a.source, a.account) NOT IN (?)'}
          AND (a.muted_until IS NULL OR a.muted_until <= NOW(3)) AND NOT ${UNDER_WAY}
     ) o WHERE o.told <= NOW(3) - INTERVAL ? MICROSECOND ORDER BY o.told, o.fingerprint LIMIT ${MOST_REPEATS}`,
    [channel, ...(left.length === 0 ? [] : [left]), channel, micros],
  );
  for (const chunk of chunked(due)) {
    await tx.execute(
      `INSERT INTO alert_deliveries
         (channel, alert_id, recipients, status, kind, fingerprint, source, account, payload) VALUES ?
       ON DUPLICATE KEY UPDATE alert_id = alert_deliveries.alert_id`,
      [chunk.map((row) => repeatRow(channel, recipients, row))],
    );
  }
  return due.length;
}

/**
 * Accounts with open alerts that nobody reads any more, as pairs: the settings of this process name shops and not this
 * one, and for a day no run of anybody's has read it either, for a process with other settings may have it. A process
 * that names no shop at all (a worker that only mails) knows nothing of this and leaves none out; neither does one
 * whose token does not say whose it is, of that marketplace.
 */
async function leftAccounts(tx: Sql, read: readonly ReadAccount[]): Promise<[string, string][]> {
  if (read.length === 0) return [];
  const rows = await tx.query<Row>(
    `SELECT DISTINCT a.source, a.account FROM alerts a
      WHERE a.state = 'open' AND a.severity = 'critical'
        AND NOT EXISTS (SELECT 1 FROM sync_logs l
          WHERE l.started_at > NOW(3) - INTERVAL 1 DAY AND l.source = a.source AND l.account = a.account)`,
  );
  const isRead = (row: Row) =>
    read.some(
      ({ source, account }) => source === row.source && (account === null || account === row.account),
    );
  return rows.filter((row) => !isRead(row)).map((row) => [String(row.source), String(row.account)]);
}

function repeatRow(channel: string, recipients: string, row: Row): unknown[] {
  const { fingerprint, source, account, payload, told_ms: told } = row;
  const id = `repeat/${String(fingerprint)}/${String(told)}`;
  return [channel, id, recipients, 'waiting', 'repeat', fingerprint, source, account, payload];
}
