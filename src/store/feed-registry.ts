import { type Feed, formatFeed } from '../domain/feed.js';
import { AppError } from '../errors.js';
import type { FeedRegistry, RegisteredFeed } from '../ports/feed-registry.js';
import type { Database, Row, Sql } from './database.js';
import { withNamedLock } from './named-lock.js';

/** Feeds, their partitions and their pollers' leases. A lease runs by the database's clock. */
export function createFeedRegistry(db: Database): FeedRegistry {
  return {
    async register(feed, partitions) {
      const name = formatFeed(feed);
      const known = await find(db, name);
      if (known !== null) return known;
      // Who counts the feeds of each partition must not be overtaken by another who counts.
      return withNamedLock(db, 'feeds', (sql) => enter(sql, feed, name, partitions));
    },

    async lease(feedId, owner, seconds) {
      const taken = await db.execute(
        `UPDATE feeds SET lease_owner = ?, lease_until = NOW(3) + INTERVAL ? MICROSECOND
          WHERE feed_id = ? AND (lease_owner IS NULL OR lease_owner = ? OR lease_until <= NOW(3))`,
        [owner, Math.round(seconds * 1e6), feedId, owner],
      );
      if (taken > 0) return true;
      // Renewed within one millisecond to the same time, the row counts as unchanged.
      const [row] = await db.query<Row>(
        'SELECT lease_owner, lease_until > NOW(3) AS live FROM feeds WHERE feed_id = ?',
        [feedId],
      );
      if (row === undefined) throw new AppError('INVARIANT', `there is no feed ${feedId}`);
      return row.lease_owner === owner && Number(row.live) === 1;
    },

    async release(feedId, owner) {
      await db.execute(
        'UPDATE feeds SET lease_owner = NULL, lease_until = NULL WHERE feed_id = ? AND lease_owner = ?',
        [feedId, owner],
      );
    },

    async holder(feedId) {
      const [row] = await db.query<Row>(
        'SELECT lease_owner, lease_until FROM feeds WHERE feed_id = ? AND lease_until > NOW(3)',
        [feedId],
      );
      if (row === undefined || row.lease_owner === null) return null;
      return { owner: String(row.lease_owner), until: (row.lease_until as Date).getTime() };
    },
  };
}

async function find(sql: Pick<Sql, 'query'>, name: string): Promise<RegisteredFeed | null> {
  const [row] = await sql.query<Row>('SELECT feed_id, partition_no FROM feeds WHERE feed = ?', [name]);
  return row === undefined ? null : { feedId: Number(row.feed_id), partition: Number(row.partition_no) };
}

async function enter(sql: Sql, feed: Feed, name: string, partitions: number): Promise<RegisteredFeed> {
  const meanwhile = await find(sql, name);
  if (meanwhile !== null) return meanwhile;
  const accountId = await accountOf(sql, feed);
  // A projector that reads an older topic enters feeds too, without this lock: whoever was first is right.
  await sql.execute(
    `INSERT INTO feeds (feed, account_id, endpoint, warehouse, partition_no) VALUES (?, ?, ?, ?, ?)
     ON DUPLICATE KEY UPDATE feed = feeds.feed`,
    [name, accountId, feed.endpoint, feed.warehouse ?? null, await emptiest(sql, partitions)],
  );
  const entered = await find(sql, name);
  if (entered === null) throw new AppError('INVARIANT', `the feed ${name} could not be entered`);
  return entered;
}

async function accountOf(sql: Sql, { source, account }: Feed): Promise<number> {
  const select = 'SELECT account_id FROM accounts WHERE source = ? AND account = ?';
  const [known] = await sql.query<Row>(select, [source, account]);
  if (known !== undefined) return Number(known.account_id);
  await sql.execute(
    'INSERT INTO accounts (source, account) VALUES (?, ?) ON DUPLICATE KEY UPDATE source = accounts.source',
    [source, account],
  );
  const [entered] = await sql.query<Row>(select, [source, account]);
  return Number(entered?.account_id);
}

/** The partition that carries the fewest feeds, the lowest number first. Retired feeds are no load. */
async function emptiest(sql: Sql, partitions: number): Promise<number> {
  const rows = await sql.query<Row>(
    'SELECT partition_no, COUNT(*) AS feeds FROM feeds WHERE retired_at IS NULL GROUP BY partition_no',
  );
  const load = new Map(rows.map((row) => [Number(row.partition_no), Number(row.feeds)]));
  let best = 0;
  for (let partition = 1; partition < partitions; partition += 1) {
    if ((load.get(partition) ?? 0) < (load.get(best) ?? 0)) best = partition;
  }
  return best;
}
