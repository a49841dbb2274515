import { EntitySchema } from 'typeorm';

/**
 * waiting: for the next digest · unaddressed: nobody is to be told · muted: its source is down · silenced: muted by a
 * person · over: a repeat that was not needed any more · else as its digest.
 */
export type DeliveryStatus = 'waiting' | 'unaddressed' | 'muted' | 'silenced' | 'over' | DigestStatus;
export type DigestStatus = 'sending' | 'retry' | 'sent' | 'given-up';

/** A row of `alert_deliveries`: one alert on its way to somebody over one channel. */
export interface DeliveryRow {
  channel: string;
  alertId: string;
  /** news | repeat */
  kind: string;
  recipients: string;
  status: DeliveryStatus;
  digestId: string | null;
  /** The alert, JSON. */
  payload: string;
  createdAt: Date;
}

export const DeliveryEntity = new EntitySchema<DeliveryRow>({
  name: 'AlertDelivery',
  tableName: 'alert_deliveries',
  columns: {
    channel: { type: 'varchar', length: 16, primary: true },
    alertId: { name: 'alert_id', type: 'varchar', length: 400, primary: true },
    kind: { type: 'varchar', length: 8 },
    recipients: { type: 'varchar', length: 1024 },
    status: { type: 'varchar', length: 16 },
    digestId: { name: 'digest_id', type: 'varchar', length: 64, nullable: true },
    payload: { type: 'mediumtext' },
    createdAt: { name: 'created_at', type: 'timestamp', precision: 3 },
  },
});
