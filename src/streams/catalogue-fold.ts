import type { ShrinkFacts } from '../domain/shrink-guard.js';
import type { PageChunk, SnapshotCompleted } from '../events/raw-snapshot.js';
import type { LogRecord } from '../ports/log-records.js';
import type { CataloguedProduct } from '../ports/marketplace.js';
import type { ProductPatch, StoredProduct } from '../ports/projection.js';
import type { OpenSnapshot } from './open-snapshot.js';
import { type NormalisedPage, SnapshotFold } from './snapshot-fold.js';

/**
 * Folds a catalogue: what is known of each product, and at the end of a complete whole read which ones are gone. A
 * catalogue that suddenly shrinks is held back like stock is.
 */
export class CatalogueFold extends SnapshotFold {
  protected async received(
    open: OpenSnapshot,
    record: LogRecord,
    chunk: PageChunk,
    page: NormalisedPage,
  ): Promise<void> {
    const { feedId } = this.memory;
    const stored = await this.memory.productsOf(page.products.map(({ productId }) => productId));
    for (const product of page.products) {
      const prior = stored.get(product.productId);
      this.count(open, product.productId, prior, chunk);
      const patch: ProductPatch = {
        ...product,
        feedId,
        seenAt: record.timestamp,
        ...(prior?.removed === true ? { removedAt: null } : {}),
      };
      const isOlder = prior !== undefined && record.timestamp < prior.firstSeenMs;
      if (prior === undefined || isOlder || differs(patch, prior)) this.push({ kind: 'product', patch });
    }
  }

  protected async recallPage(open: OpenSnapshot, chunk: PageChunk, page: NormalisedPage): Promise<void> {
    for (const { productId } of page.products) open.name(productId, chunk.query?.endpoint === undefined);
  }

  protected async judge(open: OpenSnapshot, record: LogRecord, event: SnapshotCompleted): Promise<void> {
    if (open.started.scope.partial === true) {
      this.appliedInPart(record, open, event);
      return;
    }
    const gone = await this.gone(open);
    // Those that it names, less what it brought itself: the same whatever of that is in the tables by now.
    const known = gone.length + Math.max(0, open.products - open.created - open.updated);
    const facts: ShrinkFacts = {
      rowsBefore: known,
      inStockBefore: known,
      rowsSeen: open.products,
      inStockVanishing: gone.length,
    };
    const objection = this.objection(record, open, facts);
    if (objection !== null) {
      this.heldBack(record, open, facts, objection);
      return;
    }
    const { feedId } = this.memory;
    const removedAt = this.asOf(open, record);
    for (const productId of gone) {
      open.closed += 1;
      this.push({ kind: 'product', patch: { feedId, productId, seenAt: removedAt, removedAt } });
    }
    const { products } = open;
    this.memory.totals = { rows: products, products, inStock: 0, available: 0 };
    const draft = this.applied(record, open, event);
    this.emit({ ...draft, part: 1, parts: 1, ranOut: [], cameBack: [] });
  }

  /** A catalogue that nobody reads any more says nothing about its products. */
  protected async retired(): Promise<void> {}

  protected digest(open: OpenSnapshot): string {
    return open.digestOfProducts();
  }

  /** New products by the feed's own list; what a further method adds to a product is no change of its own. */
  private count(
    open: OpenSnapshot,
    productId: string,
    prior: StoredProduct | undefined,
    chunk: PageChunk,
  ): void {
    const isNews = !open.names(productId);
    open.name(productId, chunk.query?.endpoint === undefined);
    if (!isNews) return;
    if (prior === undefined) open.created += 1;
    else if (prior.removed) open.updated += 1;
  }

  /** Products that the catalogue does not hold. One that was first seen after the walk began may just be newer than it. */
  private async gone(open: OpenSnapshot): Promise<string[]> {
    const gone: string[] = [];
    for await (const chunk of this.memory.currentProducts()) {
      for (const { productId, firstSeenMs } of chunk) {
        if (!open.names(productId) && firstSeenMs < open.startedAtMs) gone.push(productId);
      }
    }
    return gone;
  }

  /** What was read is entered; the rest of the catalogue is as it was. */
  private appliedInPart(record: LogRecord, open: OpenSnapshot, event: SnapshotCompleted): void {
    this.reached(event);
    const { totals, applied } = this.memory;
    const { created, updated, closed } = open;
    this.recovered();
    this.end(record, 'applied', null);
    const same = (figure: number) => ({ before: figure, after: figure });
    this.emit({
      ...this.facts(record, open.started.snapshotId),
      type: 'snapshot-applied',
      first: applied === null,
      rows: same(totals.rows),
      products: same(totals.products),
      available: same(0),
      changes: { created, updated, closed },
      partial: true,
      part: 1,
      parts: 1,
      ranOut: [],
      cameBack: [],
    });
  }
}

/** Does the patch say anything that is not stored? What it leaves out says nothing. */
function differs(patch: ProductPatch, stored: StoredProduct): boolean {
  const { offerId, name, sku, cardId, size, archived, barcodes }: CataloguedProduct = patch;
  return (
    patch.removedAt !== undefined ||
    says(offerId, stored.offerId) ||
    says(name, stored.name) ||
    says(sku, stored.sku) ||
    says(cardId, stored.cardId) ||
    says(size, stored.size) ||
    (archived !== undefined && archived !== stored.archived) ||
    (barcodes !== undefined && !sameList(barcodes, stored.barcodes))
  );
}

function says(text: string | undefined, stored: string | null): boolean {
  return text !== undefined && text !== stored;
}

function sameList(list: readonly string[], stored: readonly string[] | null): boolean {
  return stored !== null && list.length === stored.length && list.every((one, at) => one === stored[at]);
}
