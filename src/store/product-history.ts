import { HOUR } from '../domain/anomaly/time.js';
import type { ChangesPlace, ProductHistory, ProductStep } from '../ports/product-history.js';
import { type Database, type Row, type Sql, sqlOf } from './database.js';
import { addSteps, ledgerSteps, sliceOf } from './statements/ledger-steps.js';
import { lastHourMoved, type ProductBackground, productBackground } from './statements/product-background.js';
import { NO_PIECES, type ProductTotals, productTotals } from './statements/product-totals.js';
import { sqlId } from './statements/sql-text.js';

/**
 * Steps come from the ledger's key range, totals from the levels, hours from `product_hours`. How far the changes of
 * a feed are counted in these stands in `counted_changes`, moved by the transaction that counts.
 *
 * @param rawTopic full name of the topic whose records changed the products
 */
export function createProductHistory(db: Database, rawTopic: string): ProductHistory {
  return {
    async standing(place) {
      if (await isAhead(db, rawTopic, place)) return 'early';
      const [mark] = await db.query<Row>(
        'SELECT c.life, c.record_offset FROM counted_changes c JOIN feeds f ON f.feed_id = c.feed_id WHERE f.feed = ?',
        [place.feed],
      );
      if (mark === undefined || Number(mark.life) < place.life) return 'new';
      return Number(mark.life) > place.life || Number(mark.record_offset) >= place.to ? 'noted' : 'new';
    },

    steps: async (place) => stepsOf(db, rawTopic, place),

    async facts(place, steps, at) {
      const accountId = await accountOf(db, place);
      if (accountId === null || steps.length === 0) return [];
      const slice = await sliceOf(db, rawTopic, place);
      const ids = idsOf(steps);
      const background = await productBackground(db, accountId, ids, at);
      const totals = await productTotals(db, accountId, ids, slice);
      return steps.flatMap((step) => {
        const known = background.get(step.productId);
        return known === undefined ? [] : [factOf(step, known, totals.get(step.productId) ?? NO_PIECES)];
      });
    },

    lastMoved: (place, steps, at) => lastMoved(db, place, steps, at),

    async note(tx, place, at) {
      const sql = sqlOf(tx);
      const slice = await sliceOf(sql, rawTopic, place);
      if (slice === null) return;
      // Zero rows changed: an event that came twice, or late.
      const counted = await sql.execute(MOVE_MARK, [slice.feedId, place.life, place.to]);
      if (counted > 0) await addSteps(sql, slice, Math.floor(at / HOUR));
    },
  };
}

/** Only ever forwards; the offset is compared with the life that stood there before, so it comes first. */
const MOVE_MARK = `INSERT INTO counted_changes (feed_id, life, record_offset) VALUES (?, ?, ?)
  ON DUPLICATE KEY UPDATE
    record_offset = IF(life < VALUES(life) OR (life = VALUES(life) AND record_offset < VALUES(record_offset)),
                       VALUES(record_offset), record_offset),
    life = GREATEST(life, VALUES(life))`;

/** What a look back needs, of many moments and without what is reckoned from sums. */
export interface ProductPast extends Pick<ProductHistory, 'steps' | 'lastMoved'> {
  /** Pieces over all feeds of the account, now. */
  totals(place: ChangesPlace, steps: readonly ProductStep[]): Promise<ReadonlyMap<string, ProductTotals>>;
  /** Products known today, with their hours up to that of `at`. */
  background(
    place: ChangesPlace,
    steps: readonly ProductStep[],
    at: number,
  ): Promise<ReadonlyMap<string, ProductBackground>>;
}

/** @param rawTopic as of {@link createProductHistory} */
export function createProductPast(db: Database, rawTopic: string): ProductPast {
  const of = async <T>(
    place: ChangesPlace,
    steps: readonly ProductStep[],
    ask: (accountId: number, ids: string) => Promise<ReadonlyMap<string, T>>,
  ): Promise<ReadonlyMap<string, T>> => {
    const accountId = await accountOf(db, place);
    return accountId === null || steps.length === 0 ? new Map() : ask(accountId, idsOf(steps));
  };
  return {
    steps: (place) => stepsOf(db, rawTopic, place),
    lastMoved: (place, steps, at) => lastMoved(db, place, steps, at),
    totals: (place, steps) => of(place, steps, (account, ids) => productTotals(db, account, ids, null)),
    background: (place, steps, at) =>
      of(place, steps, (account, ids) => productBackground(db, account, ids, at)),
  };
}

/**
 * The event is ahead of the projector's checkpoint: the database was restored, or is filled anew from the topics. An
 * earlier life of the raw topic is over, and of a later one than this database knows it can know nothing.
 */
async function isAhead(db: Database, rawTopic: string, place: ChangesPlace): Promise<boolean> {
  const [row] = await db.query<Row>(
    `SELECT i.life, c.next_offset FROM checkpoints c JOIN incarnations i ON i.incarnation_id = c.incarnation_id
      WHERE c.topic = ? AND c.partition_no = ?`,
    [rawTopic, place.partition],
  );
  return row === undefined || (Number(row.life) === place.life && Number(row.next_offset) <= place.to);
}

async function stepsOf(db: Database, rawTopic: string, place: ChangesPlace): Promise<readonly ProductStep[]> {
  const slice = await sliceOf(db, rawTopic, place);
  return slice === null ? [] : ledgerSteps(db, slice);
}

async function lastMoved(
  db: Database,
  place: ChangesPlace,
  steps: readonly ProductStep[],
  at: number,
): Promise<number | null> {
  const accountId = await accountOf(db, place);
  return accountId === null || steps.length === 0 ? null : lastHourMoved(db, accountId, idsOf(steps), at);
}

async function accountOf(
  sql: Pick<Sql, 'query'>,
  { source, account }: Pick<ChangesPlace, 'source' | 'account'>,
): Promise<number | null> {
  const [row] = await sql.query<Row>('SELECT account_id FROM accounts WHERE source = ? AND account = ?', [
    source,
    account,
  ]);
  return row === undefined ? null : Number(row.account_id);
}

function idsOf(steps: readonly ProductStep[]): string {
  return steps.map(({ productId }) => sqlId(productId)).join(',');
}

function factOf(step: ProductStep, known: ProductBackground, now: ProductTotals) {
  const span = (what: keyof ProductTotals) => ({
    before: Math.max(0, now[what] - step[what]),
    after: now[what],
  });
  return { ...known, ...span('available'), present: span('present'), reserved: span('reserved') };
}
