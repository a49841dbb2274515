import { isCatalogue } from '../../domain/feed.js';
import { SOURCES, type Source } from '../../domain/stock-key.js';
import { AppError } from '../../errors.js';
import type { Database, Row } from '../database.js';
import { timeOf } from '../row-values.js';

/** What reading for boards and programs asks of the database. */
export type Reader = Pick<Database, 'query'>;

export interface BoardAccount {
  readonly accountId: number;
  readonly source: Source;
  readonly account: string;
  /** Since when its products' hours are counted, Unix milliseconds; 0: since its first record. */
  readonly historySince: number;
}

/** A feed of the tables; times are Unix milliseconds. */
export interface BoardFeed {
  readonly feedId: number;
  readonly feed: string;
  readonly accountId: number;
  /** Its rows are stock, not products of a catalogue. */
  readonly isStock: boolean;
  /** When a complete snapshot last confirmed it; null: never. */
  readonly completeAt: number | null;
  /** Snapshots in a row that the shrink guard holds back; 0: none. */
  readonly held: number;
  /** Reads in a row that came to no good end. */
  readonly failures: number;
  readonly isRetired: boolean;
}

/** Up to where the ledger of a raw partition is written: everything before `next` is committed and stays as it is. */
export interface LedgerMark {
  readonly partition: number;
  readonly incarnation: number;
  readonly next: number;
}

export interface BoardStanding {
  /** Time of the database, Unix milliseconds: before everything else of the standing was read. */
  readonly at: number;
  readonly marks: readonly LedgerMark[];
  readonly accounts: readonly BoardAccount[];
  readonly feeds: readonly BoardFeed[];
}

/** The projector's names: which checkpoints say how far the ledger is written. */
export interface LedgerOwner {
  /** Full name of the raw topic. */
  readonly rawTopic: string;
  /** Full name of the projector's group. */
  readonly group: string;
}

/**
 * How far everything is. Three registers of some dozens of rows each. The marks come first: what is read after them
 * holds at least what they name.
 */
export async function readStanding(db: Reader, owner: LedgerOwner): Promise<BoardStanding> {
  const [clock] = await db.query<Row>('SELECT ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000) AS at');
  const marks = await readMarks(db, owner);
  const accounts = await db.query<Row>('SELECT account_id, source, account, history_since FROM accounts');
  return {
    at: Number(clock?.at),
    marks,
    accounts: accounts.map(accountOf),
    feeds: await readFeeds(db),
  };
}

export async function readMarks(db: Reader, { group, rawTopic }: LedgerOwner): Promise<LedgerMark[]> {
  const rows = await db.query<Row>(
    `SELECT partition_no, incarnation_id, next_offset FROM checkpoints
      WHERE consumer_group = ? AND topic = ? ORDER BY partition_no`,
    [group, rawTopic],
  );
  return rows.map((row) => ({
    partition: Number(row.partition_no),
    incarnation: Number(row.incarnation_id),
    next: Number(row.next_offset),
  }));
}

async function readFeeds(db: Reader): Promise<BoardFeed[]> {
  const rows = await db.query<Row>(
    `SELECT f.feed_id, f.feed, f.account_id, f.endpoint, f.watermark_at, f.held_count, f.failures, f.retired_at,
            a.source
       FROM feeds f JOIN accounts a ON a.account_id = f.account_id ORDER BY f.feed_id`,
  );
  return rows.map((row) => ({
    feedId: Number(row.feed_id),
    feed: String(row.feed),
    accountId: Number(row.account_id),
    isStock: !isCatalogue({ source: sourceOf(row.source), endpoint: String(row.endpoint) }),
    completeAt: timeOf(row.watermark_at),
    held: Number(row.held_count),
    failures: Number(row.failures),
    isRetired: row.retired_at !== null,
  }));
}

function accountOf(row: Row): BoardAccount {
  return {
    accountId: Number(row.account_id),
    source: sourceOf(row.source),
    account: String(row.account),
    historySince: timeOf(row.history_since) ?? 0,
  };
}

/** @throws INVARIANT */
function sourceOf(value: unknown): Source {
  const source = SOURCES.find((name) => name === value);
  if (source === undefined) throw new AppError('INVARIANT', `unknown source in the tables: ${String(value)}`);
  return source;
}
