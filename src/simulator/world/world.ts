import { AppError } from '../../errors.js';
import { defaultModes, type Modes } from '../modes.js';
import { type Oddities, plantOddities } from './oddities.js';
import { OzonShop } from './ozon-shop.js';
import type {
  CatalogueRow,
  NewWarehouse,
  PlantedRow,
  Rename,
  SellerWarehouse,
  Shop,
  Source,
  StockPatch,
  TruthOptions,
  TruthRow,
  WarehousePatch,
} from './types.js';
import { WbShop } from './wb-shop.js';

interface WorldOptions {
  readonly seed?: number;
  /** Products on Ozon, 1,000 by default. */
  readonly ozonProducts?: number;
  /** Sizes on Wildberries (chrtId), 1,000 by default. */
  readonly wbProducts?: number;
  /** Mix in ids beyond 2^53, strange articles, int32's greatest stock, more reserved than present. */
  readonly hostile?: boolean;
  /** Begin with {@link World.plantOddities}. */
  readonly oddities?: boolean;
  readonly modes?: Modes;
  /** Unix milliseconds; the simulated clock runs from it, plus the hours advanced. */
  readonly now?: () => number;
}

const HOUR_MS = 3_600_000;
/** The first simulated hour is nine in the morning. */
const OPENING_MS = 9 * HOUR_MS;

/**
 * The seller's goods on both marketplaces. Everything that happens in it is asked for by a call and drawn from
 * the seed: the same calls in the same order give the same shop.
 */
export class World {
  readonly seed: number;
  readonly ozon: OzonShop;
  readonly wildberries: WbShop;
  readonly modes: Modes;
  private readonly now: () => number;
  private advancedMs = 0;
  private turn = 0;

  constructor(options: WorldOptions = {}) {
    this.seed = options.seed ?? 1;
    this.modes = options.modes ?? defaultModes();
    this.now = options.now ?? Date.now;
    const hostile = options.hostile ?? false;
    const clock = (): number => this.clock();
    this.ozon = new OzonShop({ seed: this.seed, products: options.ozonProducts ?? 1_000, hostile, clock });
    this.wildberries = new WbShop({
      seed: this.seed,
      sizes: options.wbProducts ?? 1_000,
      hostile,
      modes: this.modes.wildberries,
      clock,
    });
    if (options.oddities === true) {
      this.plantOddities();
    }
  }

  /** The simulated time, unix milliseconds. */
  clock(): number {
    return this.now() + this.advancedMs;
  }

  /**
   * Lets the simulated day go on: orders and reserves, dispatch, deliveries, returns, goods on their way. The
   * day always begins at nine in the morning, so that the outcome depends on the seed and the calls alone and not
   * on when the simulator was started.
   */
  advance(hours: number): void {
    if (!(hours >= 0 && hours <= 10_000)) {
      throw new AppError('USAGE', `simulator: hours must lie between 0 and 10000, got ${hours}`);
    }
    for (let left = hours; left > 0; left -= 1) {
      const part = Math.min(1, left);
      const hourOfDay = (this.advancedMs + OPENING_MS) / HOUR_MS;
      this.ozon.advance(part, hourOfDay, this.turn);
      this.wildberries.advance(part, hourOfDay, this.turn);
      this.turn += 1;
      this.advancedMs += part * HOUR_MS;
    }
  }

  /** The product is no longer reported, as if deleted; {@link restore} brings it back. */
  vanish(source: Source, productId: string): void {
    this.shop(source).setHidden(productId, true);
  }

  /** Brings back one vanished product, or everything that vanished or collapsed. */
  restore(source: Source, productId?: string): void {
    if (productId === undefined) {
      this.shop(source).showAll();
    } else {
      this.shop(source).setHidden(productId, false);
    }
  }

  /** A new product in the catalogue; returns its id (Ozon product_id, Wildberries chrtId). */
  addProduct(source: Source): string {
    return this.shop(source).add();
  }

  /** One sharp drop: the total falls by `share` (0 … 1), no row vanishes unless all does. */
  drop(source: Source, share: number): void {
    this.shop(source).drop(share);
  }

  /** From now on answers hold only the first `keepShare` (0 … 1) of the products, until {@link restore}. */
  collapse(source: Source, keepShare: number): void {
    this.shop(source).collapse(keepShare);
  }

  mergeWildberriesWarehouses(): void {
    this.modes.wildberries.warehouses = 'merged';
  }

  splitWildberriesWarehouses(): void {
    this.modes.wildberries.warehouses = 'real';
  }

  setStock(source: Source, productId: string, patch: StockPatch): void {
    this.shop(source).setStock(productId, patch);
  }

  /** Takes one scheme (Ozon) or warehouse (either) of a product from the answers; its other rows stay. */
  removeStock(source: Source, productId: string, place: string): void {
    this.shop(source).removeStock(productId, place);
  }

  /** Nothing left to sell in any scheme or warehouse. */
  soldOut(source: Source, productId: string): void {
    this.shop(source).soldOut(productId);
  }

  /** Moves an Ozon product to the archive, or back: visibility ALL leaves it out, ARCHIVED shows it. */
  archive(productId: string, archived = true): void {
    this.ozon.setArchived(productId, archived);
  }

  /** Moves the Wildberries card of a size to the trash, or back: no list and no stock shows any of its sizes. */
  trash(productId: string, trashed = true): void {
    this.wildberries.setTrashed(productId, trashed);
  }

  /** Another name or article; on Wildberries they are the card's, and so of all its sizes. */
  rename(source: Source, productId: string, names: Rename): void {
    this.shop(source).rename(productId, names);
  }

  /** Deletes a product for good. */
  deleteProduct(source: Source, productId: string): void {
    this.shop(source).delete(productId);
  }

  /** The seller opens a warehouse of his own; returns its id. */
  addWarehouse(source: Source, wanted: NewWarehouse = {}): string {
    return this.shop(source).warehouses.add(wanted);
  }

  changeWarehouse(source: Source, warehouseId: string, patch: WarehousePatch): void {
    this.shop(source).warehouses.change(warehouseId, patch);
  }

  renameWarehouse(source: Source, warehouseId: string, name: string): void {
    this.changeWarehouse(source, warehouseId, { name });
  }

  /** The warehouse is gone, and with it the rows of what lay there. */
  deleteWarehouse(source: Source, warehouseId: string): void {
    this.shop(source).warehouses.delete(warehouseId);
  }

  sellerWarehouses(source: Source): readonly SellerWarehouse[] {
    return this.shop(source).warehouses.all();
  }

  /** Adds goods such as careless sellers have, see {@link Oddities}. */
  plantOddities(): Oddities {
    return plantOddities(this);
  }

  /** Replaces the whole catalogue of one marketplace by exactly these rows. */
  setLevels(source: Source, rows: readonly PlantedRow[]): void {
    this.shop(source).setLevels(rows);
  }

  /** Ids of the products the answers can show at present. */
  productIds(source: Source): string[] {
    return this.shop(source).productIds();
  }

  /**
   * The stock as it must stand after everything was read now, sorted by product, scheme, warehouse (as text).
   * @param how by which methods; by default Ozon's scheme totals and Wildberries' own warehouses
   */
  truth(source: Source, how: TruthOptions = {}): TruthRow[] {
    return this.shop(source).truth(how);
  }

  /** The products as the catalogue methods must describe them, Ozon's archive included. */
  catalogue(source: Source): CatalogueRow[] {
    return this.shop(source).catalogue();
  }

  private shop(source: Source): Shop {
    return source === 'ozon' ? this.ozon : this.wildberries;
  }
}
