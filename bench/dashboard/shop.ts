import type { Alert } from '../../src/events/alert.js';
import type { Database } from '../../src/store/database.js';

export const OZON_ACCOUNT = '100500';
export const WB_ACCOUNT = 'a1b2c3';
export const FIRST_WB_ID = 90_000_001;
/** Products of each marketplace; the first half of Wildberries' bear articles of Ozon's. */
export const EACH = 50_000;
const DAYS = 90;
/** Raw records of each marketplace's stock, spread evenly over the days, with so many changes in each. */
const RECORDS = 2_000;
const CHANGES_EACH = 250;
/** A snapshot is three raw records; the changes follow from the middle one. */
const STRIDE = 3;
/** Every hundredth change is one of the first product's: the busiest. */
const BUSY = 100;
const ALERTS = 5_000;
const RUNS = 4_000;

const SHOPS = [
  {
    ...{ account: 1, feed: 1, partition: 0, firstId: 1, source: 'ozon' },
    places: [
      ['fbo', ''],
      ['fbs', ''],
    ],
  },
  {
    ...{ account: 2, feed: 3, partition: 2, firstId: FIRST_WB_ID, source: 'wildberries' },
    places: [
      ['fbw', '507'],
      ['fbw', '117986'],
    ],
  },
] as const;
type Shop = (typeof SHOPS)[number];

/** 100,000 products, 200,000 levels, 1,000,000 changes over 90 days, as the projector would have written them. */
export async function plantShop(
  db: Database,
  owner: { readonly rawTopic: string; readonly group: string },
): Promise<void> {
  await numbers(db, RECORDS * CHANGES_EACH);
  await db.execute(`INSERT INTO accounts (account_id, source, account) VALUES ?`, [
    [
      [1, 'ozon', OZON_ACCOUNT],
      [2, 'wildberries', WB_ACCOUNT],
    ],
  ]);
  await db.execute('INSERT INTO incarnations (incarnation_id, topic, life) VALUES ?', [
    [[1, owner.rawTopic, 1]],
  ]);
  const feeds = [
    [1, `ozon:${OZON_ACCOUNT}:product-stocks`, 1, 'product-stocks'],
    [2, `ozon:${OZON_ACCOUNT}:product-list`, 1, 'product-list'],
    [3, `wildberries:${WB_ACCOUNT}:wb-warehouses`, 2, 'wb-warehouses'],
    [4, `wildberries:${WB_ACCOUNT}:cards`, 2, 'cards'],
  ] as const;
  await db.execute(
    `INSERT INTO feeds (feed_id, feed, account_id, endpoint, partition_no, watermark_at, live_rows, live_products,
       in_stock_products, available) VALUES ?`,
    [
      feeds.map((feed, index) => [
        ...feed,
        ...[index, new Date(Date.now() - 600_000), 2 * EACH, EACH, EACH, 40 * EACH],
      ]),
    ],
  );
  await db.execute(
    `INSERT INTO checkpoints (consumer_group, topic, partition_no, incarnation_id, next_offset, published_offset) VALUES ?`,
    [feeds.map((_, index) => [owner.group, owner.rawTopic, index, 1, RECORDS * STRIDE, RECORDS * STRIDE])],
  );
  for (const shop of SHOPS) {
    await products(db, shop);
    await levels(db, shop);
    await ledger(db, shop);
    await snapshots(db, shop);
  }
  await runs(db);
  await alerts(db);
  await db.execute('DROP TABLE numbers');
  await db.query('ANALYZE TABLE products, levels, ledger, product_hours, snapshots, alerts, sync_logs');
}

/**
 * One more raw record of Ozon's, with a step of `count` products, and the mark behind it: what the projector commits.
 *
 * @param round rising from 0
 */
export async function oneMoreRecord(
  db: Database,
  owner: { readonly rawTopic: string; readonly group: string },
  round: number,
  count: number,
): Promise<void> {
  const offset = RECORDS * STRIDE + round;
  const from = (round * count) % (EACH - count);
  const range = `generation = 0 AND feed_id = 1 AND product_id > ${from} AND product_id <= ${from + count} AND scheme = 'fbo'`;
  await db.transaction(async (tx) => {
    await tx.execute(
      `UPDATE levels SET present = present + 1, available = available + 1, observed_at = NOW(3) WHERE ${range}`,
    );
    await tx.execute(
      `INSERT INTO ledger (${LEDGER}) SELECT 1, 0, ${offset}, product_id, 1, product_id, scheme, warehouse_id, 'u',
         present - 1, 0, available - 1, 0, 0, present, 0, available, 0, 0, 1, ${offset}, NOW(3)
         FROM levels WHERE ${range}`,
    );
    await tx.execute(
      'UPDATE checkpoints SET next_offset = ?, updated_at = NOW(3) WHERE topic = ? AND partition_no = 0',
      [offset + 1, owner.rawTopic],
    );
  });
}

const LEVEL = ['present', 'reserved', 'available', 'in_way_to_client', 'in_way_from_client'];
const LEDGER = `incarnation_id, partition_no, record_offset, idx, feed_id, product_id, scheme, warehouse_id, op,
  ${[...LEVEL.map((name) => `before_${name}`), ...LEVEL.map((name) => `after_${name}`)].join(', ')},
  seq, snapshot_offset, observed_at`;

/** `numbers.n` from 0 to below `count`. */
async function numbers(db: Database, count: number): Promise<void> {
  await db.execute('CREATE TABLE numbers (n INT UNSIGNED NOT NULL PRIMARY KEY)');
  await db.execute('INSERT INTO numbers VALUES (0)');
  for (let size = 1; size < count; size *= 2)
    await db.execute(`INSERT INTO numbers SELECT n + ${size} FROM numbers WHERE n + ${size} < ${count}`);
}

async function products(db: Database, { account, feed, firstId, source }: Shop): Promise<void> {
  const isOzon = source === 'ozon';
  const shared = `CONCAT('ART-', LPAD(n, 6, '0'))`;
  const article = isOzon
    ? shared
    : `CASE WHEN n < ${EACH / 2} THEN ${shared} ELSE CONCAT('wb', n, '/чёрный') END`;
  const name = `CONCAT(ELT(1 + n MOD 5, 'Чайник', 'Кружка белая', 'Полотенце махровое', 'Лампа настольная', 'Рюкзак'),
    ELT(1 + n MOD 7, ' «Ромашка»', ' «Вологда»', ' большая', ' для дома', ' с рисунком', ' тёмная', ' 330 мл'), ' № ', n)`;
  await db.execute(
    `INSERT INTO products (account_id, product_id, feed_id, offer_id, name, sku, card_id, size, barcodes, first_seen_at)
     SELECT ${account}, ${firstId} + n, ${feed}, ${article}, ${name}, ${isOzon ? '700000000 + n' : 'NULL'},
       ${isOzon ? 'NULL' : '40000000 + n DIV 4'}, ${isOzon ? 'NULL' : `ELT(1 + n MOD 4, 'S', 'M', 'L', 'XL')`},
       CONCAT('["46', LPAD(${firstId} + n, 11, '0'), '"]'), NOW(3) - INTERVAL ${DAYS} DAY
       FROM numbers WHERE n < ${EACH}`,
  );
}

async function levels(db: Database, { feed, firstId, places }: Shop): Promise<void> {
  for (const [index, [scheme, warehouse]] of places.entries())
    await db.execute(
      `INSERT INTO levels (generation, feed_id, product_id, scheme, warehouse_id, ${LEVEL.join(', ')}, seq, closed, opened_in, observed_at)
       SELECT 0, ${feed}, ${firstId} + n, '${scheme}', '${warehouse}', q + n MOD 3, n MOD 3, q, n MOD 5, n MOD 4, 10, 0, 0,
         NOW(3) - INTERVAL (n * 7919) MOD ${DAYS * 24} HOUR
         FROM (SELECT n, CASE WHEN n MOD 9 = 0 THEN 0 ELSE (n * ${31 + index}) MOD 97 END AS q FROM numbers WHERE n < ${EACH}) one`,
    );
}

async function ledger(db: Database, { account, feed, partition, firstId, places }: Shop): Promise<void> {
  const [[scheme, first], [, second]] = places;
  const schemes = `'${scheme}', CASE WHEN n MOD 3 = 0 THEN '${second}' ELSE '${first}' END`;
  const minutes = (DAYS * 24 * 60) / RECORDS;
  // Multiplied by a prime, so that the changes of one product are spread over records.
  await db.execute(
    `INSERT INTO ledger (${LEDGER})
     SELECT 1, ${partition}, r * ${STRIDE} + 1, n MOD ${CHANGES_EACH}, ${feed},
       ${firstId} + CASE WHEN n MOD ${BUSY} = 0 THEN 0 ELSE (n * 7919) MOD ${EACH} END,
       ${schemes}, 'u', a, 0, a, 0, 0, b, 0, b, 0, 0, 1 + n DIV ${EACH}, r * ${STRIDE},
       NOW(3) - INTERVAL ${DAYS} DAY + INTERVAL r * ${minutes * 60} SECOND
       FROM (SELECT n, n DIV ${CHANGES_EACH} AS r, 20 + (n * 31) MOD 40 AS a, 18 + (n * 37) MOD 40 AS b
               FROM numbers WHERE n < ${RECORDS * CHANGES_EACH}) one`,
  );
  await db.execute(
    `INSERT INTO product_hours (account_id, product_id, hour_no, sold, received)
     SELECT ${account}, product_id, UNIX_TIMESTAMP(observed_at) DIV 3600 AS hour_no,
       SUM(GREATEST(before_available - after_available, 0)), SUM(GREATEST(after_available - before_available, 0))
       FROM ledger WHERE feed_id = ${feed} GROUP BY product_id, hour_no`,
  );
}

async function snapshots(db: Database, { feed, partition }: Shop): Promise<void> {
  const minutes = (DAYS * 24 * 60) / RECORDS;
  const at = `NOW(3) - INTERVAL ${DAYS} DAY + INTERVAL n * ${minutes * 60} SECOND`;
  await db.execute(
    `INSERT INTO snapshots (incarnation_id, partition_no, first_offset, last_offset, feed_id, snapshot_id, status,
       base_rows, base_in_stock, rows_read, updated_rows, started_at, ended_at)
     SELECT 1, ${partition}, n * ${STRIDE}, n * ${STRIDE} + 2, ${feed}, CONCAT('s-${feed}-', n),
       CASE WHEN n MOD 40 = 7 THEN 'failed' ELSE 'applied' END, ${2 * EACH}, ${EACH}, ${2 * EACH}, ${CHANGES_EACH},
       ${at}, ${at} FROM numbers WHERE n < ${RECORDS}`,
  );
}

async function runs(db: Database): Promise<void> {
  await db.execute(
    `INSERT INTO sync_logs (run_id, source, account, status, records_processed, error_code, error, started_at, finished_at)
     SELECT CONCAT('r', n), CASE WHEN n MOD 2 = 0 THEN 'ozon' ELSE 'wildberries' END,
       CASE WHEN n MOD 2 = 0 THEN '${OZON_ACCOUNT}' ELSE '${WB_ACCOUNT}' END,
       CASE WHEN n MOD 50 = 7 THEN 'failed' ELSE 'success' END, ${2 * EACH},
       CASE WHEN n MOD 50 = 7 THEN 'API_UNAVAILABLE' END, CASE WHEN n MOD 50 = 7 THEN '502 Bad Gateway' END,
       NOW(3) - INTERVAL (${RUNS} - n) * 32 MINUTE, NOW(3) - INTERVAL (${RUNS} - n) * 32 - 2 MINUTE
       FROM numbers WHERE n < ${RUNS} ORDER BY n`,
  );
}

/** A tenth of them is open, and a twentieth of those muted. */
async function alerts(db: Database): Promise<void> {
  const feed = `ozon:${OZON_ACCOUNT}:product-stocks`;
  const rows = Array.from({ length: ALERTS }, (_, index) => {
    const isOpen = index % 10 === 0;
    const at = new Date(Date.now() - index * 25 * 60_000);
    const severity = (['warning', 'info', 'critical'] as const)[index % 3] ?? 'info';
    const alert: Alert = {
      ...{ id: `a${index}`, rule: 'ran-out', severity, fingerprint: `ran-out:${index}:${feed}`, feed },
      ...{
        state: isOpen ? 'raised' : 'resolved',
        source: 'ozon',
        account: OZON_ACCOUNT,
        snapshotId: `s-1-${index}`,
      },
      ...{ at: at.toISOString(), evidence: { before: 7, after: 0 } },
      product: { productId: String(1 + index), offerId: `ART-${index}`, name: `Чайник № ${index}` },
      text: { ru: `Закончился товар: арт. ART-${index}`, en: `Ran out: SKU ART-${index}` },
    };
    const state = isOpen ? 'open' : 'resolved';
    return [
      ...[alert.fingerprint, alert.id, state, alert.rule, severity, 'ozon', OZON_ACCOUNT, feed, at],
      ...[
        isOpen ? null : at,
        index % 200 === 0 ? new Date(Date.now() + 86_400_000) : null,
        JSON.stringify(alert),
      ],
    ];
  });
  await db.execute(
    `INSERT INTO alerts (fingerprint, alert_id, state, rule, severity, source, account, feed, raised_at, resolved_at,
       muted_until, payload) VALUES ?`,
    [rows],
  );
}
