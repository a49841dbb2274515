import { articleSum, type Book, Books, changeSum } from './book.js';
import { Chain } from './chain.js';
import { type Tables, timeOf } from './database.js';
import type { Level } from './rows.js';
import type { Differences } from './settings.js';
import { accountOf, type Change, type World } from './world.js';

const COLUMNS = `incarnation_id, partition_no, record_offset, idx, feed_id, product_id, scheme, warehouse_id, op, reason,
  before_present, before_reserved, before_available, before_in_way_to_client, before_in_way_from_client,
  after_present, after_reserved, after_available, after_in_way_to_client, after_in_way_from_client,
  seq, snapshot_offset, observed_at, offer_id, name`;

/** What the tables say about the rest of the ledger's rows. */
export interface LedgerFrame {
  /** Database's number → the topic's life. */
  readonly lives: ReadonlyMap<number, number>;
  readonly newestLife: number;
  /** feed_id → feed. */
  readonly feeds: ReadonlyMap<number, string>;
  /** `incarnation/partition/first offset` → snapshot id. */
  readonly snapshotIds: ReadonlyMap<string, string>;
  /** Where the newest life's log begins. */
  readonly logStart: ReadonlyMap<number, number>;
}

type Row = readonly (string | number | null)[];

/** Reads the ledger, follows every key through it, and hands what lies before the log's beginning to the world. */
export async function readLedger(
  tables: Tables,
  frame: LedgerFrame,
  world: World,
  differences: Differences,
  onSeed: (feed: string, product: string, key: number, partition: number) => void,
): Promise<{ books: Books; chain: Chain; rows: number }> {
  const books = new Books(world.keys);
  const chain = new Chain('ledger', world.keys, differences);
  let rows = 0;
  const order = 'ORDER BY incarnation_id, partition_no, record_offset, idx';
  for await (const row of tables.stream(`SELECT ${COLUMNS} FROM ledger ${order}`)) {
    rows += 1;
    enter(row, frame, world, books, chain, onSeed);
  }
  return { books, chain, rows };
}

function enter(
  row: Row,
  frame: LedgerFrame,
  world: World,
  books: Books,
  chain: Chain,
  onSeed: (feed: string, product: string, key: number, partition: number) => void,
): void {
  const at = (column: number) => Number(row[column]);
  const figures = (from: number): Level => [at(from), at(from + 1), at(from + 2), at(from + 3), at(from + 4)];
  const life = frame.lives.get(at(0)) ?? 0;
  const [partition, offset, index] = [at(1), at(2), at(3)];
  const feed = frame.feeds.get(at(4)) ?? '?:?:?';
  const product = String(row[5]);
  const text = `${accountOf(feed)}:${product}:${row[6]}:${row[7]}`;
  const key = world.keys.numberOf(text);
  const change = {
    key: text,
    op: String(row[8]),
    reason: row[9] === null ? '' : String(row[9]),
    before: row[10] === null ? null : figures(10),
    after: figures(15),
    seq: at(20),
    snapshotId: frame.snapshotIds.get(`${row[0]}/${partition}/${row[21]}`) ?? '?',
    at: timeOf(row[22]),
  };
  const sum = changeSum(change);
  const full = articleSum(sum, row[23] as string | null, row[24] as string | null);
  const book = books.of(life, partition);
  book.add(offset, index, key, sum, full);
  chain.add({ ...change, key, bornIn: at(21) });
  if (life === frame.newestLife && offset >= (frame.logStart.get(partition) ?? 0)) return;
  // The log no longer tells of it: the ledger's word is where the recomputing begins.
  book.matched[book.length - 1] = 1;
  const { states } = chain;
  world.states.set(key, {
    level: change.after,
    seq: change.seq,
    live: change.op !== 'd',
    // An offset of a former log says nothing of this one's.
    bornIn: life === frame.newestLife ? states.bornIn(key) : -1,
    at: change.at,
  });
  onSeed(feed, product, key, partition);
}

/** Takes the changes that must be, record after record, and ticks them off in the ledger. */
export class LedgerComparison {
  private readonly pending = new Map<number, Change[]>();

  constructor(
    private readonly books: Books,
    private readonly life: number,
    private readonly world: World,
    private readonly differences: Differences,
  ) {}

  expect(change: Change): void {
    const { partition, offset } = change;
    const waiting = this.pending.get(partition);
    if (waiting === undefined) this.pending.set(partition, [change]);
    else if (waiting[0]?.offset === offset) waiting.push(change);
    else {
      this.settle(partition, waiting);
      this.pending.set(partition, [change]);
    }
  }

  finish(): void {
    for (const [partition, waiting] of this.pending) this.settle(partition, waiting);
    this.pending.clear();
  }

  private settle(partition: number, changes: readonly Change[]): void {
    const book = this.books.of(this.life, partition);
    const [from, to] = book.rowsAt(changes[0]?.offset ?? -1);
    const bySum = new Map<number, number[]>();
    for (let row = from; row < to; row += 1) {
      const rows = bySum.get(book.sum(row));
      if (rows === undefined) bySum.set(book.sum(row), [row]);
      else rows.push(row);
    }
    const missing: Change[] = [];
    for (const change of changes) {
      const row = bySum.get(changeSum({ ...change, key: this.world.keys.textOf(change.key) }))?.pop();
      if (row === undefined) missing.push(change);
      else book.matched[row] = 1;
    }
    // Only now: a key may change twice in one record, and the other change's row is no altered copy of this.
    for (const change of missing) this.missing(book, change, from, to);
  }

  private missing(book: Book, change: Change, from: number, to: number): void {
    const where = `${this.world.keys.textOf(change.key)} (raw ${change.partition}/${change.offset})`;
    for (let row = from; row < to; row += 1) {
      if (book.key(row) !== change.key || book.matched[row] !== 0) continue;
      book.matched[row] = 2;
      this.differences.add('change-differs-in-ledger', where, shown(change), book.name(row));
      return;
    }
    this.differences.add('change-lost-from-ledger', where, shown(change), null);
  }
}

/** Rows of the ledger that nothing in the raw topic explains. */
export async function unexplained(
  tables: Tables,
  books: Books,
  frame: LedgerFrame,
  world: World,
  differences: Differences,
): Promise<void> {
  const fates = new Map(
    world.snapshots.map(({ partition, firstOffset, fate }) => [`${partition}/${firstOffset}`, fate]),
  );
  const numbers = new Map([...frame.lives].map(([id, life]) => [life, id]));
  let told = 0;
  for (const book of books.all()) {
    for (let row = 0; row < book.length; row += 1) {
      if (book.matched[row] !== 0) continue;
      told += 1;
      if (told > 200) return;
      const [found] = await tables.rows(
        `SELECT ${COLUMNS} FROM ledger WHERE incarnation_id = ? AND partition_no = ? AND record_offset = ? AND idx = ?`,
        [numbers.get(book.life) ?? 0, book.partition, book.offset(row), book.index(row)],
      );
      const [op, reason, snapshot] = [found?.[8], found?.[9], found?.[21]];
      const fate = fates.get(`${book.partition}/${snapshot}`);
      const unproven = op === 'd' && fate !== 'applied';
      const kind = unproven ? 'closed-without-a-complete-snapshot' : 'change-that-nothing-explains';
      const actual = { op, reason, after: found?.slice(15, 20), snapshot: fate ?? 'unknown' };
      differences.add(kind, book.name(row), null, actual);
    }
  }
}

function shown({ op, before, after, reason, seq, snapshotId, at }: Change) {
  return { op, before, after, reason, seq, snapshotId, at: new Date(at).toISOString() };
}
