import { EntitySchema } from 'typeorm';

/** waiting: for the next digest · unaddressed: nobody is to be written to · else as its digest. */
export type DeliveryStatus = 'waiting' | 'unaddressed' | DigestStatus;
export type DigestStatus = 'sending' | 'retry' | 'sent' | 'given-up';

/** A row of `alert_deliveries`: one alert on its way into somebody's mailbox. */
export interface DeliveryRow {
  alertId: string;
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
    alertId: { name: 'alert_id', type: 'varchar', length: 400, primary: true },
    recipients: { type: 'varchar', length: 1024 },
    status: { type: 'varchar', length: 16 },
    digestId: { name: 'digest_id', type: 'varchar', length: 64, nullable: true },
    payload: { type: 'mediumtext' },
    createdAt: { name: 'created_at', type: 'timestamp', precision: 3 },
  },
});
