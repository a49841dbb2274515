import { In } from 'typeorm';
import { AppError } from '../errors.js';
import type { Alert } from '../events/alert.js';
import type { AlertStore } from '../ports/alert-store.js';
import { type Database, type Sql, sqlOf } from './database.js';
import { AlertEntity } from './entities/alert.js';
import { databaseError } from './errors.js';
import { chunked } from './statements/sql-text.js';

const ROWS = 500;

/** What is known of each finding. A row follows from the events recorded, in their order, and from nothing else. */
export function createAlertStore(db: Database): AlertStore {
  return {
    async open(fingerprints) {
      const found = new Set<string>();
      for (const chunk of chunked(fingerprints)) {
        for (const row of await openOnes(db, chunk)) found.add(row.fingerprint);
      }
      return found;
    },

    async record(tx, alerts, openBefore) {
      if (openBefore !== undefined) await refuseIfDecidedOtherwise(sqlOf(tx), alerts, openBefore);
      // Sorted, so that two writers lock in the same order; the sort keeps the order of one finding's events.
      const rows = [...alerts].sort(byFingerprint).map(rowOf);
      for (const chunk of chunked(rows, ROWS)) await sqlOf(tx).execute(UPSERT, [chunk]);
    },
  };
}

/** Whoever records next waits for the end of this transaction, and then sees what it has recorded. */
const ONE_AT_A_TIME = `INSERT INTO notices (name, said_at) VALUES ('alerts', FROM_UNIXTIME(1))
  ON DUPLICATE KEY UPDATE name = notices.name`;

async function refuseIfDecidedOtherwise(
  sql: Sql,
  alerts: readonly Alert[],
  openBefore: ReadonlySet<string>,
): Promise<void> {
  await sql.execute(ONE_AT_A_TIME);
  const fingerprints = [...new Set(alerts.map(({ fingerprint }) => fingerprint))];
  const open = new Set<string>();
  for (const chunk of chunked(fingerprints)) {
    const rows = await sql.query(
      "SELECT fingerprint FROM alerts WHERE state = 'open' AND fingerprint IN (?)",
      [chunk],
    );
    for (const row of rows) open.add(String(row.fingerprint));
  }
  const changed = fingerprints.find((one) => open.has(one) !== openBefore.has(one));
  if (changed === undefined) return;
  throw new AppError(
    'OWNERSHIP_LOST',
    `${changed} was ${open.has(changed) ? 'opened' : 'resolved'} by another`,
  );
}

const UPSERT = `INSERT INTO alerts
    (fingerprint, alert_id, state, rule, severity, source, account, feed, raised_at, resolved_at, payload) VALUES ?
  ON DUPLICATE KEY UPDATE alert_id = VALUES(alert_id), state = VALUES(state), severity = VALUES(severity),
    raised_at = COALESCE(VALUES(raised_at), raised_at), resolved_at = VALUES(resolved_at), payload = VALUES(payload),
    acknowledged_at = CASE WHEN VALUES(state) = 'resolved' THEN NULL ELSE acknowledged_at END`;

async function openOnes(db: Database, fingerprints: readonly string[]): Promise<{ fingerprint: string }[]> {
  try {
    return await db.dataSource
      .getRepository(AlertEntity)
      .find({ select: { fingerprint: true }, where: { state: 'open', fingerprint: In([...fingerprints]) } });
  } catch (error) {
    throw databaseError(error, 'reading open alerts');
  }
}

function rowOf(alert: Alert): unknown[] {
  const { fingerprint, id, rule, severity, source, account, feed, state } = alert;
  const at = new Date(alert.at);
  const times = state === 'raised' ? ['open', at, null] : ['resolved', null, at];
  const [stored, raisedAt, resolvedAt] = times;
  return [
    fingerprint,
    id,
    stored,
    rule,
    severity,
    source,
    account,
    feed,
    raisedAt,
    resolvedAt,
    JSON.stringify(alert),
  ];
}

function byFingerprint(a: Alert, b: Alert): number {
  return a.fingerprint < b.fingerprint ? -1 : a.fingerprint > b.fingerprint ? 1 : 0;
}
