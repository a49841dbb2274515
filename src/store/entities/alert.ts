import { EntitySchema } from 'typeorm';

/** A row of `alerts`: what is known of one finding, by its fingerprint. */
export interface AlertRow {
  fingerprint: string;
  alertId: string;
  /** open | resolved */
  state: string;
  rule: string;
  severity: string;
  source: string;
  account: string;
  feed: string;
  /** When it was last raised, by the event's own time; null where only its end was ever seen. */
  raisedAt: Date | null;
  /** Null while open. */
  resolvedAt: Date | null;
  /** The newest event, JSON. */
  payload: string;
}

export const AlertEntity = new EntitySchema<AlertRow>({
  name: 'Alert',
  tableName: 'alerts',
  columns: {
    fingerprint: { type: 'varchar', length: 255, primary: true },
    alertId: { name: 'alert_id', type: 'varchar', length: 400 },
    state: { type: 'varchar', length: 16 },
    rule: { type: 'varchar', length: 64 },
    severity: { type: 'varchar', length: 16 },
    source: { type: 'varchar', length: 16 },
    account: { type: 'varchar', length: 64 },
    feed: { type: 'varchar', length: 190 },
    raisedAt: { name: 'raised_at', type: 'timestamp', precision: 3, nullable: true },
    resolvedAt: { name: 'resolved_at', type: 'timestamp', precision: 3, nullable: true },
    payload: { type: 'mediumtext' },
  },
});
