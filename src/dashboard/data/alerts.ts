import type { Source } from '../../domain/stock-key.js';
import { type Alert, alert as alertSchema } from '../../events/alert.js';
import type { Database, Row } from '../../store/database.js';
import { timeOf } from '../../store/row-values.js';

export const ALERT_TABS = ['open', 'muted', 'resolved'] as const;
export type AlertTab = (typeof ALERT_TABS)[number];

export interface ListedAlert {
  readonly fingerprint: string;
  readonly severity: Alert['severity'];
  readonly source: Source;
  readonly account: string;
  readonly product: Alert['product'];
  readonly text: Alert['text'];
  readonly raisedAt: number | null;
  readonly resolvedAt: number | null;
  readonly mutedUntil: number | null;
  readonly acknowledgedAt: number | null;
}

const COLUMNS = `fingerprint, severity, source, account, raised_at, resolved_at, payload,
  CASE WHEN muted_until > NOW(3) THEN muted_until END AS muted_until,
  CASE WHEN raised_at IS NULL OR acknowledged_at >= raised_at THEN acknowledged_at END AS acknowledged_at`;
const SEVERITIES = ['critical', 'warning', 'info'];

/** Alerts by state, from the ends of `alerts_newest` and `alerts_resolved`: no list is sorted or scanned. */
export function createAlertReader(db: Pick<Database, 'query'>) {
  return {
    /** Open and muted: the gravest first, among them the newest. Resolved: the newest. */
    async list(tab: AlertTab, limit: number): Promise<ListedAlert[]> {
      if (tab === 'resolved') {
        const rows = await db.query<Row>(
          `SELECT ${COLUMNS} FROM alerts WHERE state = 'resolved' ORDER BY resolved_at DESC LIMIT ${limit}`,
        );
        return rows.flatMap(alertOf);
      }
      const muted =
        tab === 'muted' ? 'muted_until > NOW(3)' : '(muted_until IS NULL OR muted_until <= NOW(3))';
      const found: ListedAlert[] = [];
      for (const severity of SEVERITIES) {
        if (found.length >= limit) break;
        const rows = await db.query<Row>(
          `SELECT ${COLUMNS} FROM alerts WHERE state = 'open' AND severity = ? AND ${muted}
            ORDER BY raised_at DESC LIMIT ${limit - found.length}`,
          [severity],
        );
        found.push(...rows.flatMap(alertOf));
      }
      return found;
    },
  };
}

export type AlertReader = ReturnType<typeof createAlertReader>;

/** One that this version cannot read is left out rather than keeping people from all the others. */
function alertOf(row: Row): ListedAlert[] {
  const parsed = alertSchema.safeParse(jsonOf(row.payload));
  if (!parsed.success) return [];
  const { severity, product, text } = parsed.data;
  return [
    {
      ...{ severity, product, text },
      fingerprint: String(row.fingerprint),
      source: row.source as Source,
      account: String(row.account),
      raisedAt: timeOf(row.raised_at),
      resolvedAt: timeOf(row.resolved_at),
      mutedUntil: timeOf(row.muted_until),
      acknowledgedAt: timeOf(row.acknowledged_at),
    },
  ];
}

function jsonOf(value: unknown): unknown {
  try {
    return JSON.parse(String(value));
  } catch {
    return null;
  }
}
