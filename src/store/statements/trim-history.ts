import type { Row, Sql } from '../database.js';

/** Rows of one statement: short enough that nobody waits for its locks. */
const BATCH = 5_000;
const HOUR_SECONDS = 3_600;
/** Products whose hours are looked through by one statement. */
const PRODUCTS_AT_ONCE = 2_000;

/** Deletes batch after batch until nothing is left to delete, or `stop` says so; answers how many rows went. */
async function inBatches(stop: () => boolean, one: (limit: number) => Promise<number>): Promise<number> {
  for (let sum = 0; ; ) {
    if (stop()) return sum;
    const gone = await one(BATCH);
    sum += gone;
    if (gone < BATCH) return sum;
  }
}

/** Part of a topic up to where everything is older than wanted. */
interface OldRange {
  readonly incarnation: number;
  readonly partition: number;
  /** The first offset that stays. */
  readonly before: number;
}

/**
 * Changes of snapshots that ended before `cutoff`, and those snapshots. What may not have been published stays, and so
 * do the newest snapshot of each feed and the newest that was applied: they are what the feed's standing is told by.
 */
export async function trimLedger(sql: Sql, cutoff: Date, stop: () => boolean): Promise<Trimmed> {
  const ranges = await oldSnapshots(sql, cutoff);
  const kept = await newestSnapshots(sql);
  let ledger = 0;
  let snapshots = 0;
  for (const { incarnation, partition, before } of ranges) {
    const where = `incarnation_id = ${incarnation} AND partition_no = ${partition}`;
    ledger += await inBatches(stop, (limit) =>
      sql.execute(
        `DELETE FROM ledger WHERE ${where} AND record_offset < ? ORDER BY record_offset, idx LIMIT ${limit}`,
        [before],
      ),
    );
    if (stop()) break;
    const stays = kept.get(`${incarnation}/${partition}`) ?? [];
    // Only now: a change without its snapshot would be missing from the view.
    snapshots += await inBatches(stop, (limit) =>
      sql.execute(
        `DELETE FROM snapshots WHERE ${where} AND last_offset < ? AND status <> 'open'
           ${stays.length === 0 ? '' : `AND first_offset NOT IN (${stays.join(',')})`}
         ORDER BY first_offset LIMIT ${limit}`,
        [before],
      ),
    );
  }
  return { ledger, snapshots };
}

async function oldSnapshots(sql: Sql, cutoff: Date): Promise<OldRange[]> {
  const rows = await sql.query<Row>(
    `SELECT s.incarnation_id, s.partition_no, MAX(c.published_offset) AS published,
            MIN(CASE WHEN s.ended_at IS NULL OR s.ended_at >= ? THEN s.first_offset END) AS stays,
            MAX(CASE WHEN s.ended_at < ? THEN s.last_offset END) AS goes
       FROM snapshots s
       LEFT JOIN checkpoints c ON c.incarnation_id = s.incarnation_id AND c.partition_no = s.partition_no
      GROUP BY s.incarnation_id, s.partition_no HAVING goes IS NOT NULL`,
    [cutoff, cutoff],
  );
  return rows.map((row) => ({
    incarnation: Number(row.incarnation_id),
    partition: Number(row.partition_no),
    before: Math.min(
      row.stays === null ? Number(row.goes) + 1 : Number(row.stays),
      // A life of the topic that is over has no checkpoint any more: nothing of it is owed.
      row.published === null ? Infinity : Number(row.published),
    ),
  }));
}

async function newestSnapshots(sql: Sql): Promise<Map<string, number[]>> {
  const rows = await sql.query<Row>(
    `SELECT incarnation_id, partition_no, MAX(first_offset) AS newest,
            MAX(CASE WHEN status = 'applied' THEN first_offset END) AS applied
       FROM snapshots GROUP BY incarnation_id, partition_no, feed_id`,
  );
  const kept = new Map<string, number[]>();
  for (const row of rows) {
    const place = `${Number(row.incarnation_id)}/${Number(row.partition_no)}`;
    const firsts = [row.newest, row.applied].filter((first) => first !== null).map(Number);
    kept.set(place, [...(kept.get(place) ?? []), ...firsts]);
  }
  return kept;
}

/** Events that were published long ago. */
export async function trimOutbox(sql: Sql, cutoff: Date, stop: () => boolean): Promise<Trimmed> {
  const rows = await sql.query<Row>(
    `SELECT o.incarnation_id, o.partition_no, MAX(o.record_offset) AS newest, MAX(c.published_offset) AS published
       FROM outbox o
       LEFT JOIN checkpoints c ON c.incarnation_id = o.incarnation_id AND c.partition_no = o.partition_no
      WHERE o.created_at < ? GROUP BY o.incarnation_id, o.partition_no`,
    [cutoff],
  );
  let outbox = 0;
  for (const row of rows) {
    const before = Math.min(
      Number(row.newest) + 1,
      row.published === null ? Infinity : Number(row.published),
    );
    outbox += await inBatches(stop, (limit) =>
      sql.execute(
        `DELETE FROM outbox WHERE incarnation_id = ? AND partition_no = ? AND record_offset < ? AND created_at < ?
          ORDER BY record_offset, idx LIMIT ${limit}`,
        [row.incarnation_id, row.partition_no, before, cutoff],
      ),
    );
  }
  return { outbox };
}

/** Runs of `sync`, but the newest of each source. */
export async function trimSyncLogs(sql: Sql, cutoff: Date, stop: () => boolean): Promise<Trimmed> {
  const newest = await sql.query<Row>('SELECT MAX(id) AS id FROM sync_logs GROUP BY source');
  const stays = [0, ...newest.map(({ id }) => Number(id))];
  const gone = await inBatches(stop, (limit) =>
    sql.execute(
      `DELETE FROM sync_logs WHERE started_at < ? AND id NOT IN (${stays.join(',')})
        ORDER BY started_at LIMIT ${limit}`,
      [cutoff],
    ),
  );
  return { sync_logs: gone };
}

/** Alerts that were resolved long ago, and what was told of any. What still waits to be sent stays. */
export async function trimAlerts(sql: Sql, cutoff: Date, stop: () => boolean): Promise<Trimmed> {
  const alerts = await inBatches(stop, (limit) =>
    sql.execute(`DELETE FROM alerts WHERE state = 'resolved' AND resolved_at < ? LIMIT ${limit}`, [cutoff]),
  );
  const deliveries = await inBatches(stop, (limit) =>
    sql.execute(
      `DELETE FROM alert_deliveries WHERE status NOT IN ('waiting', 'sending', 'retry') AND created_at < ?
        LIMIT ${limit}`,
      [cutoff],
    ),
  );
  const digests = await inBatches(stop, (limit) =>
    sql.execute(
      `DELETE FROM digests WHERE status NOT IN ('sending', 'retry') AND created_at < ? LIMIT ${limit}`,
      [cutoff],
    ),
  );
  return { alerts, alert_deliveries: deliveries, digests };
}

/** What operators decided about letters that the topic has long forgotten. */
export async function trimDecisions(sql: Sql, cutoff: Date, stop: () => boolean): Promise<Trimmed> {
  const fates = await inBatches(stop, (limit) =>
    sql.execute(`DELETE FROM dead_letter_fates WHERE decided_at < ? ORDER BY decided_at LIMIT ${limit}`, [
      cutoff,
    ]),
  );
  return { dead_letter_fates: fates };
}

/** Shadow rows of replays that are over: whoever ended one may have been killed before it had cleared them. */
export async function trimShadows(sql: Sql, stop: () => boolean): Promise<Trimmed> {
  const over = await sql.query<Row>(
    "SELECT generation FROM replays WHERE status IN ('done', 'discarded') ORDER BY generation",
  );
  let shadows = 0;
  for (const { generation } of over) {
    for (const table of ['levels', 'replay_products']) {
      shadows += await inBatches(stop, (limit) =>
        sql.execute(`DELETE FROM ${table} WHERE generation = ? AND generation > 0 LIMIT ${limit}`, [
          generation,
        ]),
      );
    }
  }
  return { shadows };
}

/** Hours of products that no rule looks back at any more. The key leads with the product: range after range of them. */
export async function trimProductHours(sql: Sql, cutoff: Date, stop: () => boolean): Promise<Trimmed> {
  const before = Math.floor(cutoff.getTime() / 1000 / HOUR_SECONDS);
  let gone = 0;
  for (const { account_id: account } of await sql.query<Row>('SELECT account_id FROM accounts')) {
    for (let after: unknown = null; !stop(); ) {
      const [last] = await sql.query<Row>(
        `SELECT MAX(product_id) AS id FROM (SELECT DISTINCT product_id FROM product_hours
          WHERE account_id = ? ${after === null ? '' : 'AND product_id > ?'}
          ORDER BY product_id LIMIT ${PRODUCTS_AT_ONCE}) AS some`,
        after === null ? [account] : [account, after],
      );
      if (last?.id == null) break;
      gone += await sql.execute(
        `DELETE FROM product_hours WHERE account_id = ? AND product_id <= ?
           ${after === null ? '' : 'AND product_id > ?'} AND hour_no < ?`,
        after === null ? [account, last.id, before] : [account, last.id, after, before],
      );
      after = last.id;
    }
  }
  return { product_hours: gone };
}

/** Rows that went, by table. */
export type Trimmed = Readonly<Record<string, number>>;
