import { parseFeed } from '../domain/feed.js';
import { AppError } from '../errors.js';
import type { PartitionPlace, Transaction } from '../ports/partition-processor.js';
import type {
  Article,
  ChangeRow,
  FeedPatch,
  FeedState,
  OpenSnapshotState,
  ProductPatch,
  SnapshotPatch,
} from '../ports/projection.js';
import type { GenerationFeed, ShadowStore } from '../ports/replay.js';
import { type Database, type Row, type SqlTransaction, sqlOf } from './database.js';
import { readLevelsOfFeed, readLevelsOfProducts } from './statements/read-levels.js';
import { readReplayProducts, walkReplayProducts, writeReplayProducts } from './statements/replay-products.js';
import { upsertLevels } from './statements/upsert-levels.js';

const WHERE = 'WHERE generation = ? AND feed_id = ?';

/** A feed's tables in one generation: those of the live one, in miniature. */
export class ReplayShadow implements ShadowStore {
  readonly feedId: number;
  readonly key: string;
  readonly partition: number;
  nextOffset: number;
  token: string | null;
  readyOffset: number | null;
  folded: GenerationFeed;
  /** As the transaction under way will leave it. */
  private draft: GenerationFeed;

  /** @param row of `replay_feeds`, with the feed's name */
  constructor(
    private readonly db: Database,
    private readonly generation: number,
    private readonly owner: string,
    row: Row,
  ) {
    this.feedId = Number(row.feed_id);
    this.key = String(row.feed);
    this.partition = Number(row.partition_no);
    this.nextOffset = Number(row.folded_to);
    this.token = row.token === null ? null : String(row.token);
    this.readyOffset = row.ready_offset === null ? null : Number(row.ready_offset);
    this.folded = JSON.parse(String(row.state)) as GenerationFeed;
    this.draft = this.folded;
  }

  async advance(nextOffset: number, work: (tx: Transaction) => Promise<unknown>): Promise<void> {
    await this.db.transaction(async (tx) => {
      await refuseOthers(tx, this.generation, this.owner);
      this.draft = this.folded;
      await work(tx);
      await tx.execute(`UPDATE replay_feeds SET state = ?, next_offset = ? ${WHERE}`, [
        JSON.stringify(this.draft),
        nextOffset,
        ...this.id,
      ]);
    });
    this.folded = this.draft;
    this.nextOffset = nextOffset;
  }

  async announce(token: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      await refuseOthers(tx, this.generation, this.owner);
      await tx.execute(`UPDATE replay_feeds SET token = ? ${WHERE}`, [token, ...this.id]);
    });
    this.token = token;
  }

  async freeze(offset: number): Promise<boolean> {
    const frozen = await this.db.transaction(async (tx) => {
      await refuseOthers(tx, this.generation, this.owner);
      return tx.execute(
        `UPDATE replay_feeds SET ready_offset = ?, next_offset = ? ${WHERE} AND outcome IS NULL`,
        [offset, offset + 1, ...this.id],
      );
    });
    if (frozen === 0) return false;
    this.readyOffset = offset;
    this.nextOffset = offset + 1;
    return true;
  }

  async feed(): Promise<FeedState> {
    const feed = parseFeed(this.key);
    if (feed === null) throw new AppError('INVARIANT', `no feed: ${this.key}`);
    const { totals, applied, held, failures } = this.folded;
    return { feedId: this.feedId, feed, totals, applied, held, failures };
  }

  async openSnapshots(): Promise<readonly OpenSnapshotState[]> {
    const { open } = this.folded;
    if (open === null) return [];
    const status = open.status === 'open' ? 'open' : 'incomplete';
    return [{ ...open, status, feed: this.key, startedAtMs: Date.parse(open.startedAt) }];
  }

  rowsOfProducts(feedId: number, productIds: readonly string[]) {
    return readLevelsOfProducts(this.db, feedId, productIds, this.generation);
  }

  rowsOfFeed(feedId: number) {
    return readLevelsOfFeed(this.db, feedId, this.generation);
  }

  async countRows(feedId: number): Promise<number> {
    const [row] = await this.db.query(
      'SELECT COUNT(*) AS n FROM levels WHERE generation = ? AND feed_id = ?',
      [this.generation, feedId],
    );
    return Number(row?.n ?? 0);
  }

  async articles(feedId: number, productIds: readonly string[]): Promise<Map<string, Article>> {
    const articles = new Map<string, Article>();
    for (const product of (await this.storedProducts(feedId, productIds)).values()) {
      const { productId, offerId, name } = product;
      articles.set(productId, { offerId: offerId ?? undefined, name: name ?? undefined });
    }
    return articles;
  }

  storedProducts(feedId: number, productIds: readonly string[]) {
    return readReplayProducts(this.db, this.generation, feedId, productIds);
  }

  async *currentProducts(feedId: number) {
    for await (const chunk of walkReplayProducts(this.db, this.generation, feedId)) {
      yield chunk.filter(({ removed }) => !removed);
    }
  }

  async changes(tx: Transaction, _place: PartitionPlace, rows: readonly ChangeRow[]): Promise<void> {
    const writes = rows.map(({ feedId, step, observedAt }) => ({ feedId, row: step.row, observedAt }));
    await upsertLevels(sqlOf(tx), writes, this.generation);
  }

  async products(tx: Transaction, patches: readonly ProductPatch[]): Promise<void> {
    await writeReplayProducts(sqlOf(tx), this.generation, this.feedId, patches);
  }

  async snapshots(
    _tx: Transaction,
    _place: PartitionPlace,
    patches: readonly SnapshotPatch[],
  ): Promise<void> {
    for (const patch of patches) {
      // Of those that records may still change there is but the newest.
      const mayChange = patch.status === 'open' || patch.status === 'incomplete';
      const { open } = this.draft;
      if (open !== null && patch.firstOffset < open.firstOffset) continue;
      this.draft = { ...this.draft, open: mayChange ? patch : null, newest: patch };
    }
  }

  async feeds(_tx: Transaction, patches: readonly FeedPatch[]): Promise<void> {
    for (const patch of patches) {
      const { draft } = this;
      this.draft = {
        ...draft,
        totals: patch.totals,
        applied: patch.applied ?? draft.applied,
        appliedFrom:
          patch.applied === undefined
            ? draft.appliedFrom
            : Date.parse(draft.newest?.startedAt ?? new Date(patch.watermark ?? 0).toISOString()),
        watermark: patch.watermark ?? draft.watermark,
        held: patch.held === undefined ? draft.held : patch.held,
        failures: patch.failures ?? draft.failures,
        cursor: patch.cursor ?? draft.cursor,
        retiredAt: patch.retiredAt === undefined ? draft.retiredAt : patch.retiredAt,
      };
    }
  }

  /** Nothing is told of a generation. */
  async movements() {
    return { ranOut: [], cameBack: [], unread: [] };
  }

  async ledger() {
    return [];
  }

  async refused() {
    return [];
  }

  private get id() {
    return [this.generation, this.feedId];
  }
}

/** @throws RUN_BUSY where this process is no longer the one at work */
export async function refuseOthers(tx: SqlTransaction, generation: number, owner: string): Promise<void> {
  const [row] = await tx.query('SELECT owner, status FROM replays WHERE generation = ? LOCK IN SHARE MODE', [
    generation,
  ]);
  if (row !== undefined && row.owner === owner && row.status !== 'discarded') return;
  const what = row?.status === 'discarded' ? 'was discarded' : 'is gone on with by another process';
  throw new AppError('RUN_BUSY', `replay ${generation} ${what}`);
}
