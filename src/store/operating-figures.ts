import { isCatalogue, parseFeed } from '../domain/feed.js';
import type { Source } from '../domain/stock-key.js';
import { SEVERITIES } from '../events/alert.js';
import { TOPICS } from '../events/topics.js';
import type { FeedFigures, OperatingFigures, RunFigures } from '../ports/operating-figures.js';
import type { Database, Row } from './database.js';
import { timeOf } from './row-values.js';

/** No shop has as many feeds; should one, its figures must not fill a monitoring system. */
const MOST_FEEDS = 500;
const DAY_HOURS = 24;

/** What the tables say of how things are, in a few small reads. @throws DB_UNAVAILABLE and the like */
export async function operatingFigures(db: Pick<Database, 'query'>): Promise<OperatingFigures> {
  const feeds = await feedFigures(db);
  const sources = [...new Set(feeds.map(({ source }) => source))];
  const runs: RunFigures[] = [];
  for (const source of sources) runs.push(await runFigures(db, source));
  return {
    feeds,
    runs,
    alerts: await openAlerts(db),
    deadLetters: await deadLetters(db),
    waiting: await waitingAlerts(db),
  };
}

async function feedFigures(db: Pick<Database, 'query'>): Promise<FeedFigures[]> {
  const rows = await db.query<Row>(
    `SELECT a.source, a.account, f.feed, f.watermark_at, f.failures, f.held_count, f.live_rows,
            f.in_stock_products, f.available
       FROM feeds f JOIN accounts a ON a.account_id = f.account_id
      WHERE f.retired_at IS NULL ORDER BY f.feed_id LIMIT ${MOST_FEEDS}`,
  );
  return rows.map((row) => {
    const feed = String(row.feed);
    const parsed = parseFeed(feed);
    const isStock = parsed === null || !isCatalogue(parsed);
    return {
      source: row.source as Source,
      account: String(row.account),
      feed,
      completeAt: timeOf(row.watermark_at),
      failures: Number(row.failures),
      held: Number(row.held_count),
      rows: isStock ? Number(row.live_rows) : 0,
      productsInStock: isStock ? Number(row.in_stock_products) : 0,
      available: isStock ? Number(row.available) : 0,
    };
  });
}

async function runFigures(db: Pick<Database, 'query'>, source: Source): Promise<RunFigures> {
  // Each status by itself, so that the index finds its newest row.
  const ended: Row[] = [];
  for (const status of ['success', 'partial', 'failed', 'held']) {
    const [row] = await db.query<Row>(
      `SELECT id, status, records_processed, changed_rows, finished_at FROM sync_logs
        WHERE source = ? AND status = ? ORDER BY id DESC LIMIT 1`,
      [source, status],
    );
    if (row !== undefined) ended.push(row);
  }
  const newest = ended.sort((a, b) => Number(b.id) - Number(a.id))[0];
  return {
    source,
    lastSuccessAt: timeOf(ended.find(({ status }) => status === 'success')?.finished_at),
    lastEndedAt: timeOf(newest?.finished_at),
    lastStatus: newest === undefined ? null : String(newest.status),
    records: Number(newest?.records_processed ?? 0),
    changed: Number(newest?.changed_rows ?? 0),
  };
}

/** With a zero for each severity of which nothing is open. */
async function openAlerts(db: Pick<Database, 'query'>): Promise<Record<string, number>> {
  const rows = await db.query<Row>(
    "SELECT severity, COUNT(*) AS n FROM alerts WHERE state = 'open' GROUP BY severity",
  );
  const open = Object.fromEntries(SEVERITIES.map((severity) => [severity, 0]));
  for (const { severity, n } of rows) open[String(severity)] = Number(n);
  return open;
}

async function deadLetters(db: Pick<Database, 'query'>): Promise<number> {
  const [row] = await db.query<Row>(
    `SELECT COUNT(*) AS n FROM outbox WHERE topic = ? AND created_at > NOW(3) - INTERVAL ${DAY_HOURS} HOUR`,
    [TOPICS.deadLetters],
  );
  return Number(row?.n ?? 0);
}

async function waitingAlerts(db: Pick<Database, 'query'>): Promise<Record<string, number>> {
  const rows = await db.query<Row>(
    `SELECT channel, COUNT(*) AS n FROM alert_deliveries WHERE status IN ('waiting', 'sending', 'retry')
      GROUP BY channel`,
  );
  const waiting: Record<string, number> = { mail: 0 };
  for (const { channel, n } of rows) waiting[String(channel)] = Number(n);
  return waiting;
}
