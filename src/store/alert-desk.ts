import type { Source } from '../domain/stock-key.js';
import { AppError } from '../errors.js';
import { type Alert, alert as alertSchema } from '../events/alert.js';
import type { Database, Row } from './database.js';

export interface DeskAlert {
  readonly fingerprint: string;
  readonly rule: string;
  readonly severity: Alert['severity'];
  readonly source: Source;
  readonly account: string;
  readonly raisedAt: string | null;
  /** Not told before then; null where nobody muted it, or that time is over. */
  readonly mutedUntil: string | null;
  /** Null where nobody has, or it was of an earlier incident. */
  readonly acknowledgedAt: string | null;
  readonly text: Alert['text'];
}

/** What people do about alerts. */
export function createAlertDesk(db: Pick<Database, 'query' | 'execute'>) {
  const change = async (fingerprint: string, set: string, values: readonly unknown[]): Promise<DeskAlert> => {
    await db.execute(`UPDATE alerts SET ${set} WHERE fingerprint = ?`, [...values, fingerprint]);
    const [row] = await db.query<Row>(`SELECT ${COLUMNS} FROM alerts WHERE fingerprint = ?`, [fingerprint]);
    if (row === undefined) throw unknown(fingerprint);
    return alertOf(row);
  };
  return {
    /** Open ones, the worst and newest first. */
    async open(limit = 1000): Promise<DeskAlert[]> {
      const rows = await db.query<Row>(
        `SELECT ${COLUMNS} FROM alerts WHERE state = 'open'
          ORDER BY FIELD(severity, 'critical', 'warning', 'info'), raised_at DESC, fingerprint LIMIT ${limit}`,
      );
      return rows.map(alertOf);
    },
    async countOpen(): Promise<number> {
      const [row] = await db.query<Row>("SELECT COUNT(*) AS n FROM alerts WHERE state = 'open'");
      return Number(row?.n ?? 0);
    },
    /** @throws USAGE where there is no such alert */
    mute: (fingerprint: string, ms: number) =>
      change(fingerprint, 'muted_until = NOW(3) + INTERVAL ? MICROSECOND', [Math.round(ms * 1000)]),
    /** @throws USAGE where there is no such alert */
    unmute: (fingerprint: string) => change(fingerprint, 'muted_until = NULL', []),
    /** A person has seen it: it is not repeated while it is open. @throws USAGE where there is no such alert */
    acknowledge: (fingerprint: string) => change(fingerprint, 'acknowledged_at = NOW(3)', []),
  };
}

const COLUMNS = `fingerprint, rule, severity, source, account, raised_at, payload,
  CASE WHEN muted_until > NOW(3) THEN muted_until END AS muted_until,
  CASE WHEN raised_at IS NULL OR acknowledged_at >= raised_at THEN acknowledged_at END AS acknowledged_at`;

function alertOf(row: Row): DeskAlert {
  const parsed = alertSchema.safeParse(JSON.parse(String(row.payload)));
  if (!parsed.success)
    throw new AppError('INVARIANT', 'a stored alert cannot be read', { cause: parsed.error });
  return {
    fingerprint: String(row.fingerprint),
    rule: String(row.rule),
    severity: parsed.data.severity,
    source: row.source as Source,
    account: String(row.account),
    raisedAt: isoOf(row.raised_at),
    mutedUntil: isoOf(row.muted_until),
    acknowledgedAt: isoOf(row.acknowledged_at),
    text: parsed.data.text,
  };
}

/** What the server computes it may hand over as text, in UTC as every session runs. */
function isoOf(value: unknown): string | null {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? new Date(`${value.replace(' ', 'T')}Z`).toISOString() : null;
}

function unknown(fingerprint: string): AppError {
  const shown = fingerprint.slice(0, 200);
  const what = `there is no alert ${shown}`;
  return new AppError('USAGE', what, {
    advice: {
      en: { what, remedy: 'copy the fingerprint from `inventory-sync monitor --alerts`' },
      ru: {
        what: `оповещения ${shown} нет`,
        remedy: 'Скопируйте отпечаток из вывода «inventory-sync monitor --alerts»',
      },
    },
  });
}
