import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Alert } from '../../../src/events/alert.js';
import type { DeliveryStore } from '../../../src/ports/alert-store.js';
import { createDeliveryStore } from '../../../src/store/delivery-store.js';
import { type StoreDatabase, storeDatabase } from './store-database.js';

export const TO = 'shop@example.test';
/** Nothing waits, nothing counts as stuck. */
export const AT_ONCE = {
  ...{ recipients: TO, groupWaitMs: 0, groupIntervalMs: 0 },
  ...{ stuckAfterMs: 3_600_000, maxAlerts: 100 },
};

export let store: StoreDatabase;
export let deliveries: DeliveryStore;

/** A database for the tests of this file, in which nothing waits when one begins. */
export function useDeliveries(name: string): void {
  beforeAll(async () => {
    store = await storeDatabase(name);
    deliveries = createDeliveryStore(store.db);
  });
  beforeEach(async () => {
    for (const table of ['alert_deliveries', 'digests', 'alerts', 'notices'])
      await store.db.execute(`DELETE FROM ${table}`);
  });
  afterAll(() => store?.close());
}

export const enqueue = (alerts: Alert[], to = TO) =>
  store.db.transaction((tx) => deliveries.enqueue(tx, alerts, to));
