import type { PageChunk, SnapshotCompleted } from '../../../src/events/raw-snapshot.js';
import { sameLevel } from './keys.js';
import { BadRow, type Level, NOTHING, type SeenItem, stockReader } from './rows.js';
import { type Place, type Reading, SnapshotLife } from './snapshot-life.js';
import { covers, digest, Stand } from './stand.js';

/** A row that waits for the end of its snapshot: its product stands elsewhere until then. */
interface Waiting {
  readonly key: number;
  readonly level: Level;
  readonly at: number;
}

interface Motion {
  delta: number;
  fell: boolean;
  rose: boolean;
  rescoped: boolean;
}

/** A feed of stock, key by key. */
export class StockLife extends SnapshotLife {
  private readonly stand = new Stand(this.world.states);
  private seen = new Map<
    Reading,
    { keys: Set<number>; holding: Set<string>; waiting: Map<number, Waiting> }
  >();
  /** What has happened to each product since the last applied snapshot. */
  private motions = new Map<string, Motion>();
  private rescoped = 0;
  private before: { products: number; available: number } | null = null;

  /** A key that stood in the tables before the log's beginning. */
  knew(product: string, key: number): void {
    if (this.world.holderOf(key) === this.standing) return;
    this.world.hold(key, this.standing);
    this.stand.add(product, key);
  }

  protected inStock(): number {
    return this.stand.totals().inStock;
  }

  protected rows(reading: Reading, place: Place, chunk: PageChunk): number {
    const { query = {} } = chunk;
    const read = stockReader(this.feed.split(':')[0] ?? '', query.endpoint ?? this.feed.split(':')[2] ?? '');
    let bad = 0;
    for (const row of chunk.rows) {
      try {
        if (read === undefined) throw new BadRow('nobody reads this');
        this.item(reading, place, chunk, read(row, query));
      } catch (error) {
        if (!(error instanceof BadRow)) throw error;
        bad += 1;
      }
    }
    return bad;
  }

  private item(reading: Reading, place: Place, chunk: PageChunk, item: SeenItem): void {
    const { product, offer, stands } = item;
    reading.named.add(product);
    if (chunk.query?.endpoint === undefined) reading.listed.add(product);
    this.world.product(this.account, product).namedBy(this.standing, place.timestamp, offer);
    const found = this.found(reading);
    const at = Date.parse(chunk.fetchedAt);
    for (const { scheme, warehouse, level } of stands) {
      if (!covers(reading.started.scope, scheme, warehouse)) continue;
      const key = this.world.keys.numberOf(`${this.account}:${product}:${scheme}:${warehouse}`);
      found.keys.add(key);
      found.holding.add(product);
      if (this.mustWait(reading, product, key)) {
        found.waiting.delete(key);
        found.waiting.set(key, { key, level, at });
      } else {
        this.note(reading, place, product, { key, level, at });
      }
    }
  }

  /** New where its product stood elsewhere before this snapshot: perhaps the same pieces. */
  private mustWait(reading: Reading, product: string, key: number): boolean {
    const { states } = this.world;
    if (states.isLive(key)) return false;
    const others = this.stand.live(this.stand.keys(product));
    return others.some((other) => states.bornIn(other) !== reading.place.offset);
  }

  private note(reading: Reading, place: Place, product: string, { key, level, at }: Waiting): void {
    const { states } = this.world;
    const isNew = !states.knows(key);
    if (states.isLive(key) && sameLevel(states.level(key), level)) return;
    const bornIn = states.isLive(key) ? states.bornIn(key) : reading.place.offset;
    this.step(reading.told.snapshotId, place, product, {
      key,
      op: isNew ? 'c' : 'u',
      after: level,
      reason: '',
      at,
      bornIn,
    });
  }

  private close(snapshotId: string, place: Place, key: number, reason: string, at: number): void {
    if (reason === 'rescoped') this.rescoped += 1;
    const bornIn = this.world.states.bornIn(key);
    const product = this.world.keys.textOf(key).split(':')[2] ?? '';
    this.step(snapshotId, place, product, { key, op: 'd', after: NOTHING, reason, at, bornIn });
  }

  private step(
    snapshotId: string,
    { partition, offset }: Place,
    product: string,
    step: { key: number; op: 'c' | 'u' | 'd'; after: Level; reason: string; at: number; bornIn: number },
  ): void {
    const { states } = this.world;
    const { key, op, after, reason, at, bornIn } = step;
    const before = op === 'c' ? null : states.level(key);
    const seq = states.seq(key) + 1;
    states.set(key, { level: after, seq, live: op !== 'd', bornIn, at });
    this.knew(product, key);
    this.world.changes += 1;
    this.world.onChange({ partition, offset, key, op, before, after, reason, seq, snapshotId, at });
    const had = before?.[2] ?? 0;
    const motion = this.motions.get(product) ?? { delta: 0, fell: false, rose: false, rescoped: false };
    motion.delta += after[2] - had;
    motion.fell ||= had > 0 && after[2] === 0 && reason !== 'rescoped';
    motion.rose ||= had === 0 && after[2] > 0;
    motion.rescoped ||= reason === 'rescoped';
    this.motions.set(product, motion);
  }

  protected judge(reading: Reading, place: Place, event: SnapshotCompleted): void {
    const found = this.found(reading);
    const gone = this.gone(reading, found.keys, found.holding);
    const asOf = this.asOf(reading, place);
    const wasInStock = gone.vanished.filter((key) => this.stock(key)).map((key) => this.productOf(key));
    const heldBack = this.isHeldBack(reading, () => digest(found.keys), asOf, {
      seen: found.keys.size,
      before: gone.expected,
      vanishing: new Set(wasInStock).size,
      inStock: reading.inStockBefore,
    });
    const { partition, firstOffset } = reading.told;
    // How often it was held back before the log begins, nobody knows any more.
    const held = this.standing.beheaded ? this.world.verdictOf(partition, firstOffset) === 'held' : heldBack;
    for (const one of found.waiting.values()) this.note(reading, place, this.productOf(one.key), one);
    const at = Date.parse(event.completedAt);
    const { snapshotId } = reading.told;
    this.rescoped = 0;
    for (const key of gone.rescoped) this.close(snapshotId, place, key, 'rescoped', at);
    for (const key of gone.moved) this.close(snapshotId, place, key, 'moved', at);
    for (const key of gone.removed) this.close(snapshotId, place, key, 'absent', at);
    const { feed } = this;
    this.seen.delete(reading);
    if (held) {
      this.end(place, 'held');
      this.tell({ type: 'held', feed, snapshotId });
      return;
    }
    for (const key of gone.vanished) this.close(snapshotId, place, key, 'absent', at);
    const vanished = new Set(wasInStock.filter((product) => !reading.named.has(product))).size;
    const now = this.stand.totals();
    const first = this.before === null;
    // In a feed's first snapshot nothing is news.
    const moved = first ? { ranOut: [], cameBack: [], unread: [] } : this.movements();
    this.motions = new Map();
    this.applied(reading, place);
    this.tell({
      type: 'applied',
      feed,
      snapshotId,
      first,
      partial: false,
      products: [this.before?.products ?? 0, now.products],
      available: [this.before?.available ?? 0, now.available],
      rescoped: this.rescoped,
      vanished,
      ...moved,
      // Who ran out is told so, and not that nobody looks any more.
      unread: moved.unread.filter((product) => !moved.ranOut.includes(product)),
    });
    this.before = now;
  }

  protected retire(place: Place): void {
    const keys = [...this.stand.liveProducts()].flatMap(([, live]) => live);
    const told = { feed: this.feed, partition: place.partition, firstOffset: place.offset };
    const snapshotId = `retired-${place.offset}`;
    this.world.snapshots.push({ ...told, snapshotId, fate: 'applied', lastOffset: place.offset });
    for (const key of keys) this.close(snapshotId, place, key, 'rescoped', place.timestamp);
    const unread = [...new Set(keys.map((key) => this.productOf(key)))];
    this.tell({ type: 'retired', feed: this.feed, snapshotId, unread });
  }

  /** Live keys that the snapshot does not hold, by why that is. */
  private gone(reading: Reading, keys: ReadonlySet<number>, holding: ReadonlySet<string>) {
    const lists = {
      rescoped: [] as number[],
      moved: [] as number[],
      removed: [] as number[],
      vanished: [] as number[],
    };
    let expected = 0;
    const { scope } = reading.started;
    if (scope.partial === true) return { ...lists, expected };
    for (const [product, live] of this.stand.liveProducts()) {
      const asked = scope.byIds !== true || reading.asked.has(product) || reading.removed.has(product);
      const saidGone = reading.removed.has(product) && !holding.has(product);
      for (const key of live) {
        const [, , , scheme = '', warehouse = ''] = this.world.keys.textOf(key).split(':');
        if (!covers(scope, scheme, warehouse)) lists.rescoped.push(key);
        else if (!asked) continue;
        else if (saidGone) lists.removed.push(key);
        else {
          if (this.world.states.bornIn(key) !== reading.place.offset) expected += 1;
          if (!keys.has(key)) lists[holding.has(product) ? 'moved' : 'vanished'].push(key);
        }
      }
    }
    return { ...lists, expected };
  }

  /**
   * What happened since the last applied snapshot to products of which a row fell to nothing or rose from it, and
   * whose whole stock did; and which have no live row left since the settings cover less.
   */
  private movements() {
    const ranOut: string[] = [];
    const cameBack: string[] = [];
    const unread: string[] = [];
    for (const [product, { delta, fell, rose, rescoped }] of this.motions) {
      const keys = this.stand.keys(product);
      const after = this.stand.available(keys);
      const before = after - delta;
      if (fell && before > 0 && after === 0) ranOut.push(product);
      if (rose && before <= 0 && after > 0) cameBack.push(product);
      if (rescoped && this.stand.live(keys).length === 0) unread.push(product);
    }
    return { ranOut, cameBack, unread };
  }

  private found(reading: Reading) {
    const known = this.seen.get(reading);
    if (known !== undefined) return known;
    const fresh = {
      keys: new Set<number>(),
      holding: new Set<string>(),
      waiting: new Map<number, Waiting>(),
    };
    // Only the newest snapshot can still be asked for.
    this.seen = new Map([[reading, fresh]]);
    return fresh;
  }

  private productOf(key: number): string {
    return this.world.keys.textOf(key).split(':')[2] ?? '';
  }

  private stock(key: number): boolean {
    return this.world.states.available(key) > 0;
  }
}
