import { ozonProduct } from '../catalogue/ozon-goods.js';
import { randomFor } from '../random.js';
import { compareIds, noProduct, share, shrinker, sortTruth } from './figures.js';
import { ozonHour } from './ozon-hour.js';
import { patchOzon, plantOzon } from './ozon-planting.js';
import { traffic } from './traffic.js';
import type { OzonProduct, PlantedRow, Shop, StockPatch, TruthRow } from './types.js';

interface OzonShopOptions {
  readonly seed: number;
  readonly products: number;
  readonly hostile: boolean;
}

/** The seller's shop on Ozon. */
export class OzonShop implements Shop {
  private readonly products = new Map<string, OzonProduct>();
  private keepShare = 1;
  private nextIndex = 0;
  private listed: readonly OzonProduct[] | undefined;

  constructor(private readonly options: OzonShopOptions) {
    for (let at = 0; at < options.products; at += 1) {
      this.add();
    }
  }

  /** Every product an answer may show, archived ones included, by ascending product id. */
  all(): readonly OzonProduct[] {
    if (this.listed === undefined) {
      const shown = [...this.products.values()].filter((product) => !product.hidden);
      shown.sort((left, right) => compareIds(left.productId, right.productId));
      this.listed = shown.slice(0, Math.floor(shown.length * this.keepShare + 1e-9));
    }
    return this.listed;
  }

  advance(hours: number, hourOfDay: number, turn: number): void {
    const random = randomFor(this.options.seed, 'ozon-hour', turn);
    for (const product of this.products.values()) {
      this.put(ozonHour(product, random, traffic(hourOfDay), hours));
    }
  }

  add(): string {
    const { seed, products: initial, hostile } = this.options;
    const product = ozonProduct({ seed, count: initial, hostile }, this.nextIndex);
    this.nextIndex += 1;
    this.put(product);
    return product.productId;
  }

  setHidden(productId: string, hidden: boolean): void {
    this.put({ ...this.get(productId), hidden });
  }

  setArchived(productId: string, archived: boolean): void {
    this.put({ ...this.get(productId), archived });
  }

  showAll(): void {
    this.keepShare = 1;
    for (const product of this.products.values()) {
      this.put(product.hidden ? { ...product, hidden: false } : product);
    }
  }

  drop(part: number): void {
    const shrink = shrinker(share(part, 'share'));
    for (const product of this.products.values()) {
      const stocks = product.stocks.map((row) => {
        const present = shrink(row.present);
        return { ...row, present, reserved: Math.min(row.reserved, present) };
      });
      this.put({ ...product, stocks });
    }
  }

  collapse(keepShare: number): void {
    this.keepShare = share(keepShare, 'keepShare');
    this.listed = undefined;
  }

  setStock(productId: string, patch: StockPatch): void {
    this.put(patchOzon(this.get(productId), patch));
  }

  /** Takes every row of one scheme from the product's `stocks`. */
  removeStock(productId: string, scheme: string): void {
    const product = this.get(productId);
    this.put({ ...product, stocks: product.stocks.filter((row) => row.type !== scheme) });
  }

  soldOut(productId: string): void {
    const product = this.get(productId);
    this.put({ ...product, stocks: product.stocks.map((row) => ({ ...row, present: 0, reserved: 0 })) });
  }

  setLevels(rows: readonly PlantedRow[]): void {
    const planted = plantOzon(rows);
    this.products.clear();
    this.keepShare = 1;
    this.listed = undefined;
    for (const product of planted) {
      this.put(product);
    }
  }

  productIds(): string[] {
    return this.all().map((product) => product.productId);
  }

  /** What reading with visibility ALL must come to: archived products are not part of it. */
  truth(): TruthRow[] {
    const rows: TruthRow[] = [];
    for (const product of this.all()) {
      if (!product.archived) {
        rows.push(...schemeTotals(product));
      }
    }
    return sortTruth(rows);
  }

  private get(productId: string): OzonProduct {
    const product = this.products.get(productId);
    if (product === undefined) {
      throw noProduct('Ozon', productId);
    }
    return product;
  }

  private put(product: OzonProduct): void {
    this.products.set(product.productId, product);
    this.listed = undefined;
  }
}

function schemeTotals(product: OzonProduct): TruthRow[] {
  const schemes = new Set(product.stocks.map((row) => row.type));
  return [...schemes].map((scheme) => {
    const rows = product.stocks.filter((row) => row.type === scheme);
    const present = rows.reduce((sum, row) => sum + row.present, 0);
    const reserved = rows.reduce((sum, row) => sum + row.reserved, 0);
    const available = present > reserved ? present - reserved : 0;
    return {
      productId: product.productId,
      scheme,
      warehouseId: '',
      present,
      reserved,
      available,
      inWayToClient: 0,
      inWayFromClient: 0,
    };
  });
}
