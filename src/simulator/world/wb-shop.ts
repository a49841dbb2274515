import { wbCard } from '../catalogue/wb-goods.js';
import type { WildberriesModes } from '../modes.js';
import { randomFor } from '../random.js';
import { noProduct, share, shrinker, sortTruth } from './figures.js';
import { SellerWarehouses } from './seller-warehouses.js';
import { traffic } from './traffic.js';
import type {
  CatalogueRow,
  PlantedRow,
  Rename,
  Shop,
  StockPatch,
  TruthOptions,
  TruthRow,
  WbCard,
  WbSize,
} from './types.js';
import { WbCards } from './wb-cards.js';
import { wbHour } from './wb-hour.js';
import { amountsAfter, WB_SELLER_WAREHOUSES } from './wb-places.js';
import { patchWildberries, plantWildberries } from './wb-planting.js';
import { Reports, type WbReports } from './wb-report.js';
import { wbCatalogue, wbTruth } from './wb-truth.js';

interface WbShopOptions {
  readonly seed: number;
  readonly sizes: number;
  readonly hostile: boolean;
  readonly modes: WildberriesModes;
  /** The simulated clock, unix milliseconds. */
  readonly clock: () => number;
}

const FIRST_ADDED_WAREHOUSE = 1_300_000;

/** The seller's shop on Wildberries: sizes of cards, in Wildberries' warehouses (FBW) and in the seller's (FBS). */
export class WbShop implements Shop {
  private readonly sizes = new Map<string, WbSize>();
  private readonly cards: WbCards;
  readonly warehouses: SellerWarehouses;
  private readonly reported: Reports;
  private shown: readonly WbSize[] | undefined;
  private keepShare = 1;
  private nextCard = 0;
  private nextSize = 0;

  constructor(private readonly options: WbShopOptions) {
    const { clock, modes } = options;
    this.cards = new WbCards(clock);
    this.warehouses = new SellerWarehouses({
      marketplace: 'Wildberries',
      first: WB_SELLER_WAREHOUSES,
      idFor: (added) => String(FIRST_ADDED_WAREHOUSE + added + 1),
      clock,
      onChange: () => this.changed(),
      onDelete: (id) => {
        this.each((size) => ({ ...size, amounts: size.amounts.filter((row) => row.warehouseId !== id) }));
      },
    });
    this.reported = new Reports(modes, clock);
    while (this.sizes.size < options.sizes) {
      this.addCard(options.sizes - this.sizes.size, true);
    }
  }

  /** Sizes an answer may show, in the order they came to the shop. */
  all(): readonly WbSize[] {
    if (this.shown === undefined) {
      const shown = [...this.sizes.values()].filter(
        (size) => !size.hidden && !this.cards.isTrashed(size.nmId),
      );
      this.shown = shown.slice(0, Math.floor(shown.length * this.keepShare + 1e-9));
    }
    return this.shown;
  }

  size(chrtId: string): WbSize | undefined {
    return this.sizes.get(chrtId);
  }

  card(nmId: string): WbCard | undefined {
    return this.cards.find(nmId);
  }

  /** The reports as asked for now: live, or as they stood when last renewed (`refreshMinutes`). */
  reports(): WbReports {
    return this.reported.current(
      () => this.all(),
      (id) => this.warehouses.find(id),
    );
  }

  advance(hours: number, hourOfDay: number, turn: number): void {
    const random = randomFor(this.options.seed, 'wildberries-hour', turn);
    const own = randomFor(this.options.seed, 'wildberries-own-hour', turn);
    const busy = traffic(hourOfDay);
    this.each((before) => {
      const size = wbHour(before, random, busy, hours);
      const amounts = amountsAfter(size.amounts, own, size.demand * busy * hours, hours);
      return amounts === size.amounts ? size : { ...size, amounts };
    });
  }

  /** A new card with one size. */
  add(born?: Rename): string {
    return this.addCard(1, false, born);
  }

  setHidden(productId: string, hidden: boolean): void {
    const size = this.get(productId);
    this.cards.touch(size.nmId);
    this.put({ ...size, hidden });
  }

  /** Puts the card of a size into the trash, or takes it out. */
  setTrashed(productId: string, trashed: boolean): void {
    this.cards.touch(this.get(productId).nmId, { trashed });
    this.changed();
  }

  /** Renames the whole card, every size of it. */
  rename(productId: string, names: Rename): void {
    const { nmId } = this.get(productId);
    this.cards.touch(nmId);
    for (const size of this.sizes.values()) {
      if (size.nmId === nmId) {
        const { name = size.name, offerId = size.vendorCode } = names;
        this.put({ ...size, name, vendorCode: offerId });
      }
    }
  }

  delete(productId: string): void {
    this.cards.touch(this.get(productId).nmId);
    this.sizes.delete(productId);
    this.changed();
  }

  showAll(): void {
    this.keepShare = 1;
    this.changed();
    for (const size of this.sizes.values()) {
      if (size.hidden) {
        this.setHidden(size.chrtId, false);
      }
    }
  }

  drop(part: number): void {
    const shrink = shrinker(share(part, 'share'));
    const shrinkOwn = shrinker(part);
    this.each((size) => ({
      ...size,
      stocks: size.stocks.map((row) => ({ ...row, quantity: shrink(row.quantity) })),
      amounts: size.amounts.map((row) => ({ ...row, amount: shrinkOwn(row.amount) })),
    }));
  }

  collapse(keepShare: number): void {
    this.keepShare = share(keepShare, 'keepShare');
    this.changed();
  }

  setStock(productId: string, patch: StockPatch): void {
    const size = patchWildberries(this.get(productId), patch);
    this.open(size);
    this.put(size);
  }

  /** Takes the size from one warehouse. */
  removeStock(productId: string, warehouseId: string): void {
    const size = this.get(productId);
    const stocks = size.stocks.filter((row) => row.warehouseId !== warehouseId);
    this.put({ ...size, stocks, amounts: size.amounts.filter((row) => row.warehouseId !== warehouseId) });
  }

  /** Nothing left to sell; what is on the way stays so. Rows without any figure leave the report. */
  soldOut(productId: string): void {
    const size = this.get(productId);
    const amounts = size.amounts.map((row) => ({ ...row, amount: 0 }));
    this.put({ ...size, stocks: size.stocks.map((row) => ({ ...row, quantity: 0 })), amounts });
  }

  setLevels(rows: readonly PlantedRow[]): void {
    const planted = plantWildberries(rows);
    this.sizes.clear();
    this.cards.clear();
    this.keepShare = 1;
    this.changed();
    for (const size of planted) {
      if (this.cards.find(size.nmId) === undefined) {
        this.cards.add(size.nmId);
      }
      this.open(size);
      this.put(size);
    }
  }

  productIds(): string[] {
    return this.all().map((size) => size.chrtId);
  }

  truth(how: TruthOptions): TruthRow[] {
    return sortTruth(wbTruth(this.reports(), this.all(), how));
  }

  catalogue(): CatalogueRow[] {
    return wbCatalogue(this.all());
  }

  /** Opens seller warehouses that nobody has heard of. */
  private open(size: WbSize): void {
    for (const { warehouseId: id } of size.amounts) {
      if (this.warehouses.find(id) === undefined) {
        this.warehouses.add({ id, name: `Склад ${id}` });
      }
    }
  }

  private addCard(most: number, isOld: boolean, born?: Rename): string {
    const { seed, sizes: initial, hostile } = this.options;
    const sizes = wbCard({ seed, count: initial, hostile, born }, this.nextCard, this.nextSize, most);
    const nmId = sizes[0]?.nmId ?? '';
    if (isOld) {
      this.cards.addOld(nmId, this.nextCard);
    } else {
      this.cards.add(nmId);
    }
    this.nextCard += 1;
    this.nextSize += sizes.length;
    for (const size of sizes) {
      // Nothing new comes to a warehouse that is closed.
      this.put({ ...size, amounts: size.amounts.filter((row) => this.warehouses.find(row.warehouseId)) });
    }
    return sizes[0]?.chrtId ?? '';
  }

  private each(change: (size: WbSize) => WbSize): void {
    for (const size of this.sizes.values()) {
      this.put(change(size));
    }
  }

  private get(productId: string): WbSize {
    const size = this.sizes.get(productId);
    if (size === undefined) {
      throw noProduct('Wildberries', productId);
    }
    return size;
  }

  private put(size: WbSize): void {
    this.sizes.set(size.chrtId, size);
    this.changed();
  }

  private changed(): void {
    this.shown = undefined;
    this.reported.forget();
  }
}
