import type { Database } from '../../src/store/database.js';

const HOUR = 3_600_000;
const FEED = { feed: 'ozon:1:product-stocks', source: 'ozon', account: '1' } as const;
/** Snapshots of the ledger, one every six hours. */
const SNAPSHOTS = 100;
/** Offsets per snapshot: more than it has pages. */
const ROOM = 1000;
const PAGE = 1000;

export interface HistorySize {
  readonly products: number;
  readonly busy: number;
  readonly ledger: number;
}

/** What one big snapshot said of itself, as `snapshot-applied`. */
export type Planted = ReturnType<typeof applied>;

/**
 * A shop with one feed: a hundred snapshots that each changed a part of the products, and a last one that changed
 * all. A hundredth of them falls to nearly nothing in it, the rest sells two pieces.
 */
export async function plantHistory(db: Database, { products, busy, ledger }: HistorySize): Promise<Planted> {
  const now = Math.floor(Date.now() / HOUR) * HOUR;
  const hour = now / HOUR;
  await numbers(db, products);
  await db.execute("INSERT INTO accounts (account_id, source, account) VALUES (1, 'ozon', '1')");
  await db.execute("INSERT INTO incarnations VALUES (1, 'inventory.raw-snapshots.v1', 1, NOW(3))");
  await db.execute(
    `INSERT INTO feeds (feed_id, feed, account_id, endpoint, partition_no) VALUES (1, '${FEED.feed}', 1, 'product-stocks', 0)`,
  );
  await db.execute(
    `INSERT INTO checkpoints (consumer_group, topic, partition_no, incarnation_id, next_offset, published_offset)
     VALUES ('inventory.projector', 'inventory.raw-snapshots.v1', 0, 1, 1000000000, 1000000000)`,
  );
  await db.execute(
    `INSERT INTO products (account_id, product_id, feed_id, offer_id, name, first_seen_at)
     SELECT 1, n + 1, 1, CONCAT('ART-', n), 'Чай чёрный листовой', NOW(3) - INTERVAL 60 DAY FROM numbers`,
  );
  await db.execute(
    `INSERT INTO levels SELECT 0, 1, n + 1, 'fbo', '', ${AFTER}, 0, ${AFTER}, 0, 0, 2, 0, 0, NOW(3) FROM numbers`,
  );
  const busyOnes = Math.round(products * busy);
  for (let age = 28 * 24 - 1; age > 0; age -= 1) {
    const which = age % 24 === 0 ? '' : `WHERE n < ${busyOnes}`;
    await db.execute(`INSERT INTO product_hours SELECT 1, n + 1, ${hour - age}, 2, 2 FROM numbers ${which}`);
  }
  const changed = Math.round(ledger / SNAPSHOTS);
  for (let one = 0; one < SNAPSHOTS; one += 1) {
    await change(db, one, `(n + ${one * changed}) % ${products}`, changed);
    await tell(db, applied(one, changed, new Date(now - (SNAPSHOTS - one) * 6 * HOUR)));
  }
  await change(db, SNAPSHOTS, 'n', products);
  const last = applied(SNAPSHOTS, products, new Date(now));
  await tell(db, last);
  return last;
}

const AFTER = 'IF(n % 100 = 0, 4, 48)';

async function numbers(db: Database, count: number): Promise<void> {
  await db.execute('CREATE TABLE numbers (n INT UNSIGNED NOT NULL PRIMARY KEY) ENGINE=InnoDB');
  await db.execute('INSERT INTO numbers VALUES (0)');
  for (let known = 1; known < count; known *= 2) {
    await db.execute(`INSERT INTO numbers SELECT n + ${known} FROM numbers WHERE n + ${known} < ${count}`);
  }
}

async function change(db: Database, snapshot: number, product: string, count: number): Promise<void> {
  await db.execute(
    `INSERT INTO ledger (incarnation_id, partition_no, record_offset, idx, feed_id, product_id, scheme, warehouse_id,
            op, before_present, before_reserved, before_available, before_in_way_to_client, before_in_way_from_client,
            after_present, after_reserved, after_available, after_in_way_to_client, after_in_way_from_client,
            seq, snapshot_offset)
     SELECT 1, 0, ${snapshot * ROOM} + n DIV ${PAGE}, n % ${PAGE}, 1, ${product} + 1, 'fbo', '',
            'u', 50, 0, 50, 0, 0, ${AFTER}, 0, ${AFTER}, 0, 0, ${snapshot}, ${snapshot * ROOM}
       FROM numbers WHERE n < ${count}`,
  );
}

function applied(snapshot: number, changed: number, at: Date) {
  return {
    type: 'snapshot-applied',
    ...FEED,
    snapshotId: `s${snapshot}`,
    at: at.toISOString(),
    first: false,
    rows: { before: changed, after: changed },
    products: { before: changed, after: changed },
    available: { before: 100 * changed, after: 98 * changed },
    changes: { created: 0, updated: changed, closed: 0 },
    place: { life: 1, partition: 0, from: snapshot * ROOM, to: snapshot * ROOM + ROOM - 1 },
    part: 1,
    parts: 1,
    ranOut: [],
    cameBack: [],
  } as const;
}

async function tell(db: Database, event: Planted): Promise<void> {
  await db.execute(
    `INSERT INTO outbox (incarnation_id, partition_no, record_offset, idx, topic, record_key, value, headers, created_at)
     VALUES (1, 0, ?, 0, 'sync-events.v1', ?, ?, '{}', ?)`,
    [event.place.to, event.feed, JSON.stringify(event), new Date(event.at)],
  );
}
