import { ozonProduct } from '../catalogue/ozon-goods.js';
import { randomFor } from '../random.js';
import { compareIds, noProduct, share, shrinker, sortTruth } from './figures.js';
import { ozonHour } from './ozon-hour.js';
import { OZON_SELLER_WAREHOUSES } from './ozon-places.js';
import { patchOzon, plantOzon } from './ozon-planting.js';
import { ozonCatalogue, ozonTruth } from './ozon-truth.js';
import { SellerWarehouses } from './seller-warehouses.js';
import { traffic } from './traffic.js';
import type {
  CatalogueRow,
  OzonProduct,
  OzonStock,
  PlantedRow,
  Rename,
  Shop,
  StockPatch,
  TruthOptions,
  TruthRow,
} from './types.js';

interface OzonShopOptions {
  readonly seed: number;
  readonly products: number;
  readonly hostile: boolean;
  /** The simulated clock, unix milliseconds. */
  readonly clock: () => number;
}

const FIRST_ADDED_WAREHOUSE = 1_020_006_000_000_000;

function isSellers({ type }: OzonStock): boolean {
  return type === 'fbs' || type === 'rfbs';
}

/** The seller's shop on Ozon. */
export class OzonShop implements Shop {
  private readonly products = new Map<string, OzonProduct>();
  readonly warehouses: SellerWarehouses;
  private keepShare = 1;
  private nextIndex = 0;
  private listed: readonly OzonProduct[] | undefined;

  constructor(private readonly options: OzonShopOptions) {
    this.warehouses = new SellerWarehouses({
      marketplace: 'Ozon',
      first: OZON_SELLER_WAREHOUSES,
      idFor: (added) => String(FIRST_ADDED_WAREHOUSE + (added + 1) * 1_000),
      clock: options.clock,
      onDelete: (id) => {
        this.restock((stocks) => stocks.filter((row) => row.warehouseId !== id));
      },
    });
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
      const next = ozonHour(product, random, traffic(hourOfDay), hours);
      if (next !== product) {
        this.putStocked(next);
      }
    }
  }

  add(born?: Rename): string {
    const { seed, products: initial, hostile, clock } = this.options;
    const options = { seed, count: initial, hostile, now: clock(), born };
    const product = ozonProduct(options, this.nextIndex);
    this.nextIndex += 1;
    // Nothing new comes to a warehouse that is closed.
    const stocks = product.stocks.filter((row) => !isSellers(row) || this.warehouses.find(row.warehouseId));
    this.put({ ...product, stocks });
    return product.productId;
  }

  setHidden(productId: string, hidden: boolean): void {
    this.put({ ...this.get(productId), hidden });
  }

  setArchived(productId: string, archived: boolean): void {
    this.put({ ...this.get(productId), archived, updatedAt: this.options.clock() });
  }

  rename(productId: string, names: Rename): void {
    this.put({ ...this.get(productId), ...names, updatedAt: this.options.clock() });
  }

  delete(productId: string): void {
    this.get(productId);
    this.products.delete(productId);
    this.listed = undefined;
  }

  showAll(): void {
    this.keepShare = 1;
    this.listed = undefined;
    for (const product of this.products.values()) {
      if (product.hidden) {
        this.put({ ...product, hidden: false });
      }
    }
  }

  drop(part: number): void {
    const shrink = shrinker(share(part, 'share'));
    this.restock((stocks) =>
      stocks.map((row) => {
        const present = shrink(row.present);
        return { ...row, present, reserved: Math.min(row.reserved, present) };
      }),
    );
  }

  collapse(keepShare: number): void {
    this.keepShare = share(keepShare, 'keepShare');
    this.listed = undefined;
  }

  setStock(productId: string, patch: StockPatch): void {
    const product = patchOzon(this.get(productId), patch);
    this.open(product.stocks);
    this.putStocked(product);
  }

  /** Takes every row of one scheme, or on one warehouse, from the product's `stocks`. */
  removeStock(productId: string, place: string): void {
    const product = this.get(productId);
    const stocks = product.stocks.filter((row) => row.type !== place && row.warehouseId !== place);
    this.putStocked({ ...product, stocks });
  }

  soldOut(productId: string): void {
    const product = this.get(productId);
    const stocks = product.stocks.map(({ free: _, ...row }) => ({ ...row, present: 0, reserved: 0 }));
    this.putStocked({ ...product, stocks });
  }

  setLevels(rows: readonly PlantedRow[]): void {
    const planted = plantOzon(rows, this.options.clock());
    this.products.clear();
    this.keepShare = 1;
    this.listed = undefined;
    for (const product of planted) {
      this.open(product.stocks);
      this.put(product);
    }
  }

  productIds(): string[] {
    return this.all().map((product) => product.productId);
  }

  truth(how: TruthOptions): TruthRow[] {
    return sortTruth(ozonTruth(this.all(), how));
  }

  /** Archived products are part of it: visibility ARCHIVED shows them. */
  catalogue(): CatalogueRow[] {
    return ozonCatalogue(this.all());
  }

  /** Opens seller warehouses that rows stand on and nobody has heard of. */
  private open(stocks: readonly OzonStock[]): void {
    for (const row of stocks) {
      if (isSellers(row) && this.warehouses.find(row.warehouseId) === undefined) {
        this.warehouses.add({
          id: row.warehouseId,
          name: `Склад ${row.warehouseId}`,
          sellerDelivers: row.type === 'rfbs',
        });
      }
    }
  }

  private restock(change: (stocks: readonly OzonStock[]) => readonly OzonStock[]): void {
    for (const product of this.products.values()) {
      this.putStocked({ ...product, stocks: change(product.stocks) });
    }
  }

  private get(productId: string): OzonProduct {
    const product = this.products.get(productId);
    if (product === undefined) {
      throw noProduct('Ozon', productId);
    }
    return product;
  }

  private putStocked(product: OzonProduct): void {
    this.put({ ...product, stockedAt: this.options.clock() });
  }

  private put(product: OzonProduct): void {
    this.products.set(product.productId, product);
    this.listed = undefined;
  }
}
