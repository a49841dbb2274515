import { type Feed, formatFeed } from '../../../domain/feed.js';
import { AppError } from '../../../errors.js';
import type { FeedState, ProjectionReader } from '../../../ports/projection.js';
import type { Database } from '../../../store/database.js';

export interface PriorState {
  readonly state: FeedState;
  readonly reader: ProjectionReader;
}

/** What is stored of a feed, and of one that was never read: nothing. Looking for it must not enter it. */
export async function priorState(
  db: Pick<Database, 'query'>,
  store: ProjectionReader,
  feed: Feed,
): Promise<PriorState> {
  const [row] = await db.query('SELECT partition_no FROM feeds WHERE feed = ?', [formatFeed(feed)]);
  if (row !== undefined) return { state: await store.feed(feed, Number(row.partition_no)), reader: store };
  const totals = { rows: 0, products: 0, inStock: 0, available: 0 };
  return { state: { feedId: 0, feed, totals, applied: null, held: null, failures: 0 }, reader: NOTHING };
}

const NOTHING: ProjectionReader = {
  feed: () => Promise.reject(new AppError('INVARIANT', 'a rehearsal enters no feed')),
  openSnapshots: async () => [],
  rowsOfProducts: async () => [],
  rowsOfFeed: nothing,
  countRows: async () => 0,
  articles: async () => new Map(),
  storedProducts: async () => new Map(),
  currentProducts: nothing,
};

async function* nothing(): AsyncGenerator<never> {
  // Has nothing to yield.
}
