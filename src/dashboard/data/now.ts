import { isCatalogue } from '../../domain/feed.js';
import { SOURCES, type Source } from '../../domain/stock-key.js';
import { TOPICS, topicOf } from '../../events/topics.js';
import type { Database, Row } from '../../store/database.js';
import type { LastRun } from '../../store/feed-health.js';
import { timeOf } from '../../store/row-values.js';

/** A feed that is still read. Times are Unix milliseconds. */
export interface NowFeed {
  readonly feedId: number;
  readonly feed: string;
  readonly source: Source;
  readonly account: string;
  readonly endpoint: string;
  readonly warehouse: string | null;
  readonly isCatalogue: boolean;
  readonly completeAt: number | null;
  readonly failures: number;
  readonly held: number;
  readonly products: number;
  readonly inStock: number;
  readonly available: number;
  /** A snapshot of it that is under way: rows so far, and rows that stood in the tables when it began. */
  readonly open: { readonly rows: number; readonly of: number; readonly startedAt: number } | null;
}

export interface NowRun extends LastRun {
  readonly code: string | null;
}

export interface NowSource {
  readonly source: Source;
  readonly feeds: readonly NowFeed[];
  readonly last: NowRun | null;
  /** The newest run that went wrong. */
  readonly lastBad: NowRun | null;
  /** The newest that went well. */
  readonly lastGood: NowRun | null;
}

export interface OpenAlerts {
  readonly all: number;
  readonly critical: number;
}

/** How things stand, from small tables and by keys. */
export function createNowReader(db: Pick<Database, 'query'>, prefix: string) {
  const rawTopic = topicOf(prefix, TOPICS.rawSnapshots);
  return {
    /** Every source with a feed or a run. */
    async sources(): Promise<NowSource[]> {
      const feeds = await readFeeds(db);
      const open = await openSnapshots(db, rawTopic, feeds);
      const found = await Promise.all(
        SOURCES.map(async (source): Promise<NowSource> => {
          const runs = await readRuns(db, source);
          const own = feeds.filter((feed) => feed.source === source);
          return {
            source,
            feeds: own.map(({ partition: _, ...feed }) => ({ ...feed, open: open.get(feed.feedId) ?? null })),
            ...runs,
          };
        }),
      );
      return found.filter(({ feeds: own, last }) => own.length > 0 || last !== null);
    },

    /** Open ones that nobody has muted. */
    async alerts(): Promise<OpenAlerts> {
      const rows = await db.query<Row>(
        `SELECT severity, COUNT(*) AS n FROM alerts
          WHERE state = 'open' AND (muted_until IS NULL OR muted_until <= NOW(3)) GROUP BY severity`,
      );
      const counts = rows.map((row) => [String(row.severity), Number(row.n)] as const);
      const sum = (wanted: readonly (readonly [string, number])[]) =>
        wanted.reduce((total, [, count]) => total + count, 0);
      return { all: sum(counts), critical: sum(counts.filter(([severity]) => severity === 'critical')) };
    },
  };
}

export type NowReader = ReturnType<typeof createNowReader>;

/** Differs whenever a page may have to be rendered anew: some dozens of rows of three small tables. */
export async function lookForChange(db: Pick<Database, 'query'>): Promise<string> {
  const [checkpoints, feeds, runs] = await Promise.all([
    db.query<Row>(
      'SELECT consumer_group, topic, partition_no, next_offset, published_offset FROM checkpoints',
    ),
    db.query<Row>('SELECT feed_id, watermark_at, failures, held_count, retired_at FROM feeds'),
    db.query<Row>('SELECT id, status, records_processed FROM sync_logs ORDER BY id DESC LIMIT 8'),
  ]);
  return JSON.stringify([checkpoints, feeds, runs]);
}

interface FeedRow extends Omit<NowFeed, 'open'> {
  readonly partition: number;
}

async function readFeeds(db: Pick<Database, 'query'>): Promise<FeedRow[]> {
  const rows = await db.query<Row>(
    `SELECT f.feed_id, f.feed, f.endpoint, f.warehouse, f.partition_no, f.watermark_at, f.failures, f.held_count,
            f.live_products, f.in_stock_products, f.available, a.source, a.account
       FROM feeds f JOIN accounts a ON a.account_id = f.account_id
      WHERE f.retired_at IS NULL ORDER BY a.account_id, f.feed_id`,
  );
  return rows.map((row) => {
    const source = row.source as Source;
    const endpoint = String(row.endpoint);
    return {
      feedId: Number(row.feed_id),
      feed: String(row.feed),
      ...{ source, endpoint, isCatalogue: isCatalogue({ source, endpoint }) },
      account: String(row.account),
      warehouse: row.warehouse === null ? null : String(row.warehouse),
      partition: Number(row.partition_no),
      completeAt: timeOf(row.watermark_at),
      failures: Number(row.failures),
      held: Number(row.held_count),
      products: Number(row.live_products),
      inStock: Number(row.in_stock_products),
      available: Number(row.available),
    };
  });
}

/** The newest snapshot of each feed where it is under way: from the end of its partition's part of the key. */
async function openSnapshots(
  db: Pick<Database, 'query'>,
  rawTopic: string,
  feeds: readonly FeedRow[],
): Promise<ReadonlyMap<number, NonNullable<NowFeed['open']>>> {
  const lives = await db.query<Row>(
    'SELECT incarnation_id FROM incarnations WHERE topic = ? ORDER BY incarnation_id DESC LIMIT 1',
    [rawTopic],
  );
  const incarnation = lives[0]?.incarnation_id;
  if (incarnation === undefined || feeds.length === 0) return new Map();
  const partitions = [...new Set(feeds.map(({ partition }) => partition))];
  const rows = await db.query<Row>(
    `SELECT feed_id, rows_read, base_rows, started_at FROM snapshots
      WHERE incarnation_id = ? AND partition_no IN (?) AND status = 'open'`,
    [incarnation, partitions],
  );
  return new Map(
    rows.map((row) => [
      Number(row.feed_id),
      { rows: Number(row.rows_read), of: Number(row.base_rows), startedAt: timeOf(row.started_at) ?? 0 },
    ]),
  );
}

async function readRuns(
  db: Pick<Database, 'query'>,
  source: Source,
): Promise<Pick<NowSource, 'last' | 'lastBad' | 'lastGood'>> {
  const newest = ['running', 'success', 'partial', 'failed', 'held'].map(
    (
      status,
    ) => `(SELECT id, source, account, status, records_processed, error_code, error, started_at, finished_at
       FROM sync_logs WHERE source = ? AND status = '${status}' ORDER BY id DESC LIMIT 1)`,
  );
  const rows = await db.query<Row>(
    `${newest.join(' UNION ALL ')} ORDER BY id DESC`,
    newest.map(() => source),
  );
  const runs = rows.map(runOf);
  const first = (...statuses: readonly string[]) =>
    runs.find(({ status }) => statuses.includes(status)) ?? null;
  return {
    last: runs[0] ?? null,
    lastBad: first('partial', 'failed', 'held'),
    lastGood: first('success'),
  };
}

function runOf(row: Row): NowRun {
  return {
    source: row.source as Source,
    account: row.account === null ? null : String(row.account),
    status: String(row.status),
    records: Number(row.records_processed),
    code: row.error_code === null ? null : String(row.error_code),
    error: row.error === null ? null : String(row.error),
    startedAt: timeOf(row.started_at) ?? 0,
    finishedAt: timeOf(row.finished_at),
  };
}
