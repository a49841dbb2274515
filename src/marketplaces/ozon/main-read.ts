import { parseExactJson } from '../../domain/json.js';
import { isObject } from '../record-invalid.js';
import { brokenWalk } from './cursor-walk.js';
import { positiveId } from './fields.js';

type Fields = Readonly<Record<string, unknown>>;

/** Products to ask about, each with one of its skus; the two lists run side by side. */
export interface SkuBlock {
  readonly productIds: readonly string[];
  readonly skus: readonly string[];
  /** How many of the products have FBO stock by the main read. */
  readonly inStock: number;
}

/**
 * What further pages need to know of the main read: which products Ozon's own warehouses have and under which skus to
 * ask for them, and how many products have stock at all, so that an empty answer about them is not believed.
 */
export class MainRead {
  /** Products in stock at the seller's, FBS and rFBS. */
  sellersInStock = 0;
  /** Digits only: also for the largest accounts a few megabytes. */
  readonly #fbo = new Map<string, { readonly skus: readonly string[]; readonly inStock: boolean }>();

  /** @param fbo gather skus @throws AppError API_BAD_ANSWER where a product has FBO stock that nobody can ask about */
  add(rows: readonly string[], fbo: boolean): void {
    for (const row of rows) {
      const item = parseExactJson(row);
      // What cannot be understood is the normaliser's to refuse; the snapshot is not complete then.
      if (!isObject(item) || !Array.isArray(item.stocks)) continue;
      const stocks = (item.stocks as unknown[]).filter(isObject);
      if (stocks.some((stock) => (stock.type === 'fbs' || stock.type === 'rfbs') && holds(stock))) {
        this.sellersInStock += 1;
      }
      const productId = positiveId(item.product_id);
      const own = stocks.filter(({ type }) => type === 'fbo');
      if (fbo && productId !== undefined && own.length > 0) this.#addFbo(productId, own);
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
    const blocks: { productIds: string[]; skus: string[]; inStock: number }[] = [];
    let block = blocks[0];
    for (const [productId, { skus, inStock }] of this.#fbo) {
      if (block === undefined || block.skus.length + skus.length > size) {
        block = { productIds: [], skus: [], inStock: 0 };
        blocks.push(block);
      }
      if (inStock) block.inStock += 1;
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

/**
 * An answer without a row about many products that are in stock by the main read is no news but a fault, and nothing
 * else would notice: products that stand elsewhere, too, would just lose these rows.
 *
 * @throws AppError API_BAD_ANSWER
 */
export function refuseUnbelievable(what: string, rows: number, inStock: number): void {
  if (rows > 0 || inStock < BELIEVABLE) return;
  throw brokenWalk(`${what}: not one row, though ${inStock} products have stock there by the main read`, {
    ru: 'Если не проходит, читайте остатки суммой: уберите OZON_WAREHOUSE_ID и укажите OZON_FBO_STOCKS=total.',
    en: 'If it stays so, read totals: leave OZON_WAREHOUSE_ID empty and set OZON_FBO_STOCKS=total.',
  });
}

/** Anything but a plain zero counts as stock: better to ask in vain than not at all. */
function holds({ present, reserved }: Fields): boolean {
  return present !== 0 || (reserved ?? 0) !== 0;
}
