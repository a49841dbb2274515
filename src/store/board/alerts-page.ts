import { type Alert, alert as alertSchema, type Severity } from '../../events/alert.js';
import type { Row } from '../database.js';
import { timeOf } from '../row-values.js';
import { sqlText } from '../statements/sql-text.js';
import { type Reader } from './board-standing.js';

/** Times are Unix milliseconds. */
export interface StoredAlert {
  readonly fingerprint: string;
  readonly state: string;
  readonly raisedAt: number | null;
  readonly resolvedAt: number | null;
  readonly mutedUntil: number | null;
  readonly acknowledgedAt: number | null;
  /** Null: this version cannot read it. */
  readonly alert: Alert | null;
}

export interface AlertsAsked {
  readonly state: 'open' | 'resolved';
  readonly severity: Severity;
  /** Fingerprint; null: from the first on. */
  readonly after: string | null;
  readonly limit: number;
}

/** Alerts of a state and severity by fingerprint: a range of the index that is in this order. */
export async function alertsAfter(db: Reader, asked: AlertsAsked): Promise<StoredAlert[]> {
  const { state, severity, after, limit } = asked;
  const rows = await db.query<Row>(
    `SELECT fingerprint, state, raised_at, resolved_at, muted_until, acknowledged_at, payload
       FROM alerts FORCE INDEX (alerts_state)
      WHERE state = '${state}' AND severity = '${severity}'
        ${after === null ? '' : `AND fingerprint > ${sqlText(after)}`}
      ORDER BY fingerprint LIMIT ${limit}`,
  );
  return rows.map((row) => ({
    fingerprint: String(row.fingerprint),
    state: String(row.state),
    raisedAt: timeOf(row.raised_at),
    resolvedAt: timeOf(row.resolved_at),
    mutedUntil: timeOf(row.muted_until),
    acknowledgedAt: timeOf(row.acknowledged_at),
    alert: alertOf(row),
  }));
}

function alertOf({ payload }: Row): Alert | null {
  try {
    return alertSchema.safeParse(JSON.parse(String(payload))).data ?? null;
  } catch {
    return null;
  }
}
