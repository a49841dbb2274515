import { createHash } from 'node:crypto';
import type { PageChunk, SnapshotCompleted } from '../../../src/events/raw-snapshot.js';
import { BadRow, catalogueReader } from './rows.js';
import { type Place, type Reading, SnapshotLife } from './snapshot-life.js';
import type { KnownProduct } from './world.js';

/** A feed that says which products there are. */
export class CatalogueLife extends SnapshotLife {
  private before: number | null = null;

  /** Catalogues hold no stock. */
  protected inStock(): number {
    return 0;
  }

  protected rows(reading: Reading, place: Place, chunk: PageChunk): number {
    const { query = {} } = chunk;
    const [source = '', , endpoint = ''] = this.feed.split(':');
    const read = catalogueReader(source, query.endpoint ?? endpoint);
    let bad = 0;
    for (const row of chunk.rows) {
      try {
        if (read === undefined) throw new BadRow('nobody reads this');
        for (const { product, offer, name } of read(row, query)) {
          reading.named.add(product);
          if (query.endpoint === undefined) reading.listed.add(product);
          const known = this.world.product(this.account, product);
          known.namedBy(this.standing, place.timestamp, offer);
          known.name = name ?? known.name;
          known.removed = null;
        }
      } catch (error) {
        if (!(error instanceof BadRow)) throw error;
        bad += 1;
      }
    }
    return bad;
  }

  /**
   * Which products a catalogue may speak of depends on what the feeds of stock had brought by then, in whatever order
   * the partitions were worked off. So what the tables say is believed, unless no such order explains it.
   */
  protected judge(reading: Reading, place: Place, _event: SnapshotCompleted): void {
    const { feed } = this;
    const { snapshotId, partition, firstOffset } = reading.told;
    const products = reading.listed.size;
    if (reading.started.scope.partial === true) {
      this.appliedInPart(place);
      const same = [this.before ?? 0, this.before ?? 0] as const;
      const fact = { type: 'applied', feed, snapshotId, first: this.before === null, partial: true } as const;
      this.tell({ ...fact, products: same, ...NO_STOCK, vanished: undefined });
      return;
    }
    const asOf = this.asOf(reading, place);
    const gone = this.gone(reading);
    const mustHold = this.isHeldBack(reading, () => digest(reading.named), asOf, {
      seen: products,
      before: gone.length,
      vanishing: gone.length,
      inStock: gone.length + products,
    });
    const mayHold =
      !reading.started.acceptAbsences && this.world.verdictOf(partition, firstOffset) === 'held';
    if (!mustHold && mayHold) this.countHeld(digest(reading.named), asOf);
    if (mustHold || mayHold) {
      this.end(place, 'held');
      this.tell({ type: 'held', feed, snapshotId });
      return;
    }
    for (const product of gone) {
      const known = this.world.product(this.account, product);
      known.removed = { startedAt: reading.place.timestamp, at: asOf };
    }
    this.applied(reading, place);
    const first = this.before === null;
    const counts = [this.before ?? 0, products] as const;
    this.tell({
      type: 'applied',
      feed,
      snapshotId,
      first,
      partial: false,
      products: counts,
      ...NO_STOCK,
      vanished: undefined,
    });
    this.before = products;
  }

  /** A catalogue that nobody reads any more says nothing about its products. */
  protected retire(place: Place): void {
    this.tell({ type: 'retired', feed: this.feed, snapshotId: `retired-${place.offset}`, unread: [] });
  }

  /** Products that it named once, and does not now. What only feeds of stock have named is another question. */
  private gone(reading: Reading): string[] {
    const known = this.world.products.get(this.account) ?? new Map<string, KnownProduct>();
    return [...known]
      .filter(([id, product]) => {
        const [, since] = product.namings().find(([feed]) => feed === this.standing) ?? [];
        const isOlder = since !== undefined && since < reading.place.timestamp;
        return isOlder && product.removed === null && !reading.named.has(id);
      })
      .map(([id]) => id);
  }
}

const NO_STOCK = { available: [0, 0] as const, rescoped: 0, ranOut: [], cameBack: [] };

function digest(products: ReadonlySet<string>): string {
  return createHash('sha256')
    .update([...products].sort().join('\n'))
    .digest('hex');
}
