import type { Alert } from '../../src/events/alert.js';
import { createAlertStore } from '../../src/store/alert-store.js';
import { ozonFeed, ozonItem, type Pipeline, wbFeed, wbRow } from '../support/pipeline.js';

/** What somebody may have called a product. */
export const HOSTILE = `"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>' \`\u202e`;
export const HOSTILE_ID = 9;
export const PRODUCTS = 70;
const HOUR_MS = 3_600_000;
/** The pipe writes it from the stock's rows, the seed once more with the names. */
const articleOf = (number: number) =>
  number === HOSTILE_ID ? `art"'<b>${number}` : `ART-${String(number).padStart(3, '0')}`;
const NAMES = [
  'Чайник «Ромашка»',
  'Кружка белая 330 мл',
  'Полотенце махровое',
  'Лампа настольная',
  'Рюкзак городской',
];

const WAREHOUSES = [507, 117986, -999999];

/** The shop at one of its hours: some of it is sold, one runs out, one is put on stock. */
export function ozonShop(hour: number) {
  return Array.from({ length: PRODUCTS }, (_, index) => {
    const id = index + 1;
    const named = (item: ReturnType<typeof ozonItem>) => ({ ...item, offer_id: articleOf(id) });
    if (id === 3) return named(ozonItem(id, ['fbo', Math.max(0, 12 - hour * 4), 0], ['fbs', 0, 0]));
    const sold = (hour * (id % 7)) % 30;
    const bought = id === 2 && hour >= 4 ? 80 : 0;
    return named(ozonItem(id, ['fbo', 20 + id * 3 - sold + bought, id % 4], ['fbs', id % 5, 0]));
  });
}

function wbShop(hour: number) {
  return Array.from({ length: 40 }, (_, index) => {
    const id = 5000 + index;
    const warehouse = WAREHOUSES[index % WAREHOUSES.length] ?? 507;
    return wbRow(id, warehouse, index === 0 ? 0 : 8 + index - (hour % 4), index % 3, index % 2);
  });
}

/** Six hours of both shops through the real pipe, spread over two days; names, failed reads, runs and alerts. */
export async function seed(pipe: Pipeline): Promise<void> {
  for (let hour = 0; hour < 6; hour += 1) {
    const ids = [
      await pipe.publish(ozonFeed(), [ozonShop(hour)]),
      await pipe.publish(wbFeed(), [wbShop(hour)]),
    ];
    for (const id of ids) await pipe.outcome(id);
  }
  await pipe.outcome(await pipe.publish(ozonFeed(), [ozonShop(5).slice(0, 10)], { failAfter: 1 }));
  await spread(pipe);
  await nameProducts(pipe);
  await enterRuns(pipe);
  await enterAlerts(pipe);
}

/** The ledger tells when each change was seen; that all were a minute ago would make a poor chart. */
async function spread(pipe: Pipeline): Promise<void> {
  const snapshots = await pipe.db.query<{ first_offset: number; partition_no: number; feed_id: number }>(
    'SELECT feed_id, partition_no, first_offset FROM snapshots ORDER BY feed_id, first_offset',
  );
  const seen = new Map<number, number>();
  for (const { feed_id: feed, partition_no: partition, first_offset: first } of snapshots) {
    const index = seen.get(feed) ?? 0;
    seen.set(feed, index + 1);
    const at = new Date(Date.now() - (52 - index * 8) * HOUR_MS);
    await pipe.db.execute(
      'UPDATE ledger SET observed_at = ? WHERE feed_id = ? AND partition_no = ? AND snapshot_offset = ?',
      [at, feed, partition, first],
    );
    await pipe.db.execute(
      'UPDATE snapshots SET started_at = ?, ended_at = ? WHERE partition_no = ? AND first_offset = ?',
      [at, new Date(at.getTime() + 42_000), partition, first],
    );
  }
}

async function nameProducts({ db }: Pipeline): Promise<void> {
  const products = await db.query<{ account_id: number; product_id: string }>(
    'SELECT account_id, product_id FROM products',
  );
  for (const { account_id: account, product_id: product } of products) {
    const id = Number(product);
    const isWb = id >= 5000;
    const number = isWb ? id - 4999 : id;
    const name = id === HOSTILE_ID ? HOSTILE : `${NAMES[number % NAMES.length]} № ${number}`;
    await db.execute(
      'UPDATE products SET offer_id = ?, name = ?, sku = ?, barcodes = ?, size = ? WHERE account_id = ? AND product_id = ?',
      [
        articleOf(number),
        name,
        isWb ? null : 700_000 + number,
        JSON.stringify([`46000${String(number).padStart(8, '0')}`, ...(id === HOSTILE_ID ? [HOSTILE] : [])]),
        isWb ? 'M' : id === HOSTILE_ID ? '"><script>hacked=1</script>' : null,
        account,
        product,
      ],
    );
  }
}

async function enterRuns({ db }: Pipeline): Promise<void> {
  const run = (source: string, account: string, status: string, hoursAgo: number, error: string | null) =>
    db.execute(
      `INSERT INTO sync_logs (run_id, source, account, status, records_processed, error_code, error, started_at, finished_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        `run-${source}-${hoursAgo}`,
        ...[source, account, status, 110, error === null ? null : 'API_UNAVAILABLE', error],
        new Date(Date.now() - hoursAgo * HOUR_MS),
        new Date(Date.now() - hoursAgo * HOUR_MS + 42_000),
      ],
    );
  await run('ozon', '100500', 'success', 7, null);
  await run('ozon', '100500', 'failed', 1, 'POST /v4/product/info/stocks: 502 Bad Gateway <i>nginx</i>');
  await run('wildberries', 'a1b2', 'success', 1, null);
}

async function enterAlerts({ db }: Pipeline): Promise<void> {
  const product = { productId: '3', offerId: 'ART-003', name: 'Лампа' };
  await db.transaction((tx) =>
    createAlertStore(db).record(tx, [
      seededAlert('ran-out:3', 'warning', 'Закончился товар: арт. ART-003', 'Ran out: SKU ART-003', {
        product,
      }),
      seededAlert(
        'feed-held',
        'critical',
        'Снимок придержан: пропала половина товаров',
        'Snapshot held: half is gone',
      ),
      seededAlert('hostile', 'info', `Товар ${HOSTILE}`, `Product ${HOSTILE}`),
      seededAlert('old', 'warning', 'Данные снова свежие', 'Data is fresh again', { state: 'resolved' }),
    ]),
  );
}

function seededAlert(
  name: string,
  severity: Alert['severity'],
  ru: string,
  en: string,
  given: Partial<Alert> = {},
): Alert {
  return {
    id: `seed/${name}`,
    state: 'raised',
    rule: 'ran-out',
    severity,
    fingerprint: `${name}:ozon:100500:product-stocks`,
    source: 'ozon',
    account: '100500',
    feed: 'ozon:100500:product-stocks',
    snapshotId: 'seed',
    at: new Date(Date.now() - HOUR_MS).toISOString(),
    evidence: {},
    text: { ru, en },
    ...given,
  };
}
