import { createAnomalyApp } from '../../src/consumers/anomaly.js';
import { createAlertStore } from '../../src/store/alert-store.js';
import { Database } from '../../src/store/database.js';
import { ENTITIES } from '../../src/store/entities/all.js';
import { createProductHistory } from '../../src/store/product-history.js';
import type { Planted } from './history.js';

/** One batch of the anomaly consumer, without Kafka: the big snapshot judged and written down. */
const event = JSON.parse(process.argv[2] ?? '{}') as Planted;
const {
  DB_HOST: host = '',
  DB_PORT: port,
  DB_USER: user = '',
  DB_PASSWORD = '',
  DB_NAME: name = '',
} = process.env;
const db = await Database.open({
  ...{ host, port: Number(port), user, name, password: { reveal: () => DB_PASSWORD } },
  ...{ poolSize: 4, idleSeconds: 60, entities: ENTITIES },
});
const app = createAnomalyApp({
  prefix: 'inventory',
  settings: {
    ...{ threshold: 0.1, minProducts: 10, maxSyncAgeHours: 8, maxFailures: 3, runsOutDays: 3 },
    lowStock: { ozon: 5, wildberries: 5 },
  },
  alerts: createAlertStore(db),
  history: createProductHistory(db, 'inventory.raw-snapshots.v1'),
});
const topic = 'inventory.sync-events.v1';
const partition = await app.open({
  topic,
  incarnation: 2,
  life: 1,
  partition: 0,
  checkpoint: 0,
  logStart: 0,
});
const work = await partition.fold([
  {
    ...{ topic, partition: 0, offset: 0, timestamp: Date.parse(event.at), key: event.feed },
    ...{ value: Buffer.from(JSON.stringify(event)), headers: { ce_id: 'big' } },
  },
]);
// Undone at the end, so that it can be judged again.
const undo = new Error('undo');
try {
  await db.transaction(async (tx) => {
    const { outbox } = await work.write(tx);
    const rules = outbox.map(({ key }) => key.split(':')[0] ?? '');
    const counts = [...new Set(rules)].map((rule) => `${rule} ${rules.filter((one) => one === rule).length}`);
    console.error(`alerts: ${counts.join(', ')}`);
    throw undo;
  });
} catch (error) {
  if (error !== undo) throw error;
}
await db.close();
