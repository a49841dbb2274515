import { parseExactJson } from '../../domain/json.js';
import { isObject } from '../record-invalid.js';
import { brokenWalk } from './cursor-walk.js';
import { positiveId } from './fields.js';

type Fields = Readonly<Record<string, unknown>>;

/** Products to ask about, each with one of its skus; the two lists run side by side. */
export interface SkuBlock {
  readonly productIds: readonly string[];
  readonly skus: readonly string[];
  /** Those of the products that have FBO stock by the main read. */
  readonly inStock: ReadonlySet<string>;
}

/**
 * What further pages need to know of the main read: which products Ozon's own warehouses have and under which skus to
 * ask for them, and which products have stock at all, so that answers that lack most of them are not believed.
 */
export class MainRead {
  /** Products in stock at the seller's, FBS and rFBS. */
  readonly sellersInStock = new Set<string>();
  /** Digits only: also for the largest accounts a few megabytes. */
  readonly #fbo = new Map<string, { readonly skus: readonly string[]; readonly inStock: boolean }>();

  /** @param fbo gather skus @throws AppError API_BAD_ANSWER where a product has FBO stock that nobody can ask about */
  add(rows: readonly string[], fbo: boolean): void {
    for (const row of rows) {
      const item = parseExactJson(row);
      // What cannot be understood is the normaliser's to refuse; the snapshot is not complete then.
      if (!isObject(item) || !Array.isArray(item.stocks)) continue;
      const productId = positiveId(item.product_id);
      if (productId === undefined) continue;
      const stocks = (item.stocks as unknown[]).filter(isObject);
      const sellers = stocks.filter(({ type }) => type === 'fbs' || type === 'rfbs');
      if (sellers.some(holds)) this.sellersInStock.add(productId);
      const own = stocks.filter(({ type }) => type === 'fbo');
      if (fbo && own.length > 0) this.#addFbo(productId, own);
    }
  }

  /**
   * A product without a sku cannot be asked about. Where the main read says that none of it is there, leaving it out
   * is right: whatever closes for it is gone. Else leaving it out would close what is there, so the read ends.
   */
  #addFbo(productId: string, stocks: readonly Fields[]): void {
    const skus = [...new Set(stocks.map(({ sku }) => positiveId(sku)))].filter((sku) => sku !== undefined);
    const inStock = stocks.some(holds);
    if (skus.length > 0) this.#fbo.set(productId, { skus, inStock });
    else if (inStock) {
      throw brokenWalk(
        `Ozon product ${productId} has FBO stock but no sku: its warehouses cannot be asked for`,
      );
    }
  }

  /** Blocks of up to `size` skus; all skus of a product are in one block, since their rows may have to be added up. */
  blocks(size: number): readonly SkuBlock[] {
    const blocks: { productIds: string[]; skus: string[]; inStock: Set<string> }[] = [];
    let block = blocks[0];
    for (const [productId, { skus, inStock }] of this.#fbo) {
      if (block === undefined || block.skus.length + skus.length > size) {
        block = { productIds: [], skus: [], inStock: new Set() };
        blocks.push(block);
      }
      if (inStock) block.inStock.add(productId);
      for (const sku of skus) {
        block.productIds.push(productId);
        block.skus.push(sku);
      }
    }
    return blocks;
  }
}

/** Fewer products than this may sell out between two requests, or be unknown to one method for a while. */
const BELIEVABLE = 20;
/** Of so many in stock not a single row: that is no coincidence, however small the shop. */
const LEAST_TELLING = 3;

/** Keeps account of which products in stock by the main read the methods by warehouse have named. */
export class Awaited {
  readonly #missing: Set<string>;
  readonly #inStock: number;

  constructor(
    private readonly what: string,
    inStock: ReadonlySet<string>,
  ) {
    this.#missing = new Set(inStock);
    this.#inStock = inStock.size;
  }

  named(product: string): void {
    this.#missing.delete(product);
  }

  /**
   * Answers that lack most of the products that are in stock are no news but a fault (nothing at all, a list that
   * broke off), and nothing else would notice: products that stand elsewhere, too, would just lose these rows.
   *
   * @throws AppError API_BAD_ANSWER
   */
  refuseUnbelievable(): void {
    const missing = this.#missing.size;
    const nothingAtAll = missing === this.#inStock && missing >= LEAST_TELLING;
    if (!nothingAtAll && (missing < BELIEVABLE || missing <= this.#inStock / 2)) return;
    throw brokenWalk(
      `${this.what}: no row of ${missing} of the ${this.#inStock} products that have stock there by the main read`,
      {
        ru: 'Если так и есть, запустите sync --source=ozon --full-resync --accept-absences; если это сбой Ozon и он не проходит, читайте остатки суммой: уберите OZON_WAREHOUSE_ID и укажите OZON_FBO_STOCKS=total.',
        en: 'If that is how things are, run sync --source=ozon --full-resync --accept-absences; if it is a fault of Ozon that stays, read totals: leave OZON_WAREHOUSE_ID empty and set OZON_FBO_STOCKS=total.',
      },
    );
  }
}

/** Anything but a plain zero counts as stock: better to ask in vain than not at all. */
function holds({ present, reserved }: Fields): boolean {
  return present !== 0 || (reserved ?? 0) !== 0;
}
