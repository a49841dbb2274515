import { wbCard } from '../catalogue/wb-goods.js';
import type { WildberriesModes } from '../modes.js';
import { randomFor } from '../random.js';
import { noProduct, share, shrinker, sortTruth } from './figures.js';
import { traffic } from './traffic.js';
import type { PlantedRow, Shop, StockPatch, TruthRow, WbSize, WbStock } from './types.js';
import { wbHour } from './wb-hour.js';
import { patchWildberries, plantWildberries } from './wb-planting.js';
import { wbReport } from './wb-report.js';

interface WbShopOptions {
  readonly seed: number;
  readonly sizes: number;
  readonly hostile: boolean;
  readonly modes: WildberriesModes;
  /** The simulated clock, unix milliseconds. */
  readonly clock: () => number;
}

/** The seller's shop on Wildberries: sizes of cards, lying in Wildberries' own warehouses. */
export class WbShop implements Shop {
  private readonly sizes = new Map<string, WbSize>();
  private keepShare = 1;
  private nextCard = 0;
  private nextSize = 0;
  private live: { readonly shape: string; readonly rows: readonly WbStock[] } | undefined;
  private published: { readonly slot: string; readonly rows: readonly WbStock[] } | undefined;

  constructor(private readonly options: WbShopOptions) {
    while (this.sizes.size < options.sizes) {
      this.addCard(options.sizes - this.sizes.size);
    }
  }

  /** Sizes an answer may show, in the order they came to the shop. */
  all(): readonly WbSize[] {
    const shown = [...this.sizes.values()].filter((size) => !size.hidden);
    return shown.slice(0, Math.floor(shown.length * this.keepShare + 1e-9));
  }

  /** The report as asked for now: live, or as it stood when last renewed (`refreshMinutes`). */
  report(): readonly WbStock[] {
    const { modes, clock } = this.options;
    if (modes.refreshMinutes === 0) {
      return this.liveReport();
    }
    const slot = `${modes.refreshMinutes} ${Math.floor(clock() / (modes.refreshMinutes * 60_000))}`;
    if (this.published?.slot !== slot) {
      this.published = { slot, rows: this.liveReport() };
    }
    return this.published.rows;
  }

  advance(hours: number, hourOfDay: number, turn: number): void {
    const random = randomFor(this.options.seed, 'wildberries-hour', turn);
    for (const size of this.sizes.values()) {
      this.put(wbHour(size, random, traffic(hourOfDay), hours));
    }
  }

  /** A new card with one size. */
  add(): string {
    return this.addCard(1);
  }

  setHidden(productId: string, hidden: boolean): void {
    this.put({ ...this.get(productId), hidden });
  }

  showAll(): void {
    this.keepShare = 1;
    for (const size of this.sizes.values()) {
      this.put(size.hidden ? { ...size, hidden: false } : size);
    }
  }

  drop(part: number): void {
    const shrink = shrinker(share(part, 'share'));
    for (const size of this.sizes.values()) {
      this.put({ ...size, stocks: size.stocks.map((row) => ({ ...row, quantity: shrink(row.quantity) })) });
    }
  }

  collapse(keepShare: number): void {
    this.keepShare = share(keepShare, 'keepShare');
    this.live = undefined;
  }

  setStock(productId: string, patch: StockPatch): void {
    this.put(patchWildberries(this.get(productId), patch));
  }

  /** Takes the size from one warehouse. */
  removeStock(productId: string, warehouseId: string): void {
    const size = this.get(productId);
    this.put({ ...size, stocks: size.stocks.filter((row) => row.warehouseId !== warehouseId) });
  }

  /** Nothing left to sell; what is on the way stays so. Rows without any figure leave the report. */
  soldOut(productId: string): void {
    const size = this.get(productId);
    this.put({ ...size, stocks: size.stocks.map((row) => ({ ...row, quantity: 0 })) });
  }

  setLevels(rows: readonly PlantedRow[]): void {
    const planted = plantWildberries(rows);
    this.sizes.clear();
    this.keepShare = 1;
    this.live = undefined;
    for (const size of planted) {
      this.put(size);
    }
  }

  productIds(): string[] {
    return this.all().map((size) => size.chrtId);
  }

  truth(): TruthRow[] {
    return sortTruth(
      this.report().map((row) => ({
        productId: row.chrtId,
        scheme: 'fbw',
        warehouseId: row.warehouseId,
        present: row.quantity,
        reserved: 0,
        available: row.quantity,
        inWayToClient: row.inWayToClient,
        inWayFromClient: row.inWayFromClient,
      })),
    );
  }

  private liveReport(): readonly WbStock[] {
    const { warehouses, zeroRows } = this.options.modes;
    const shape = `${warehouses} ${zeroRows}`;
    if (this.live?.shape !== shape) {
      this.live = { shape, rows: wbReport(this.all(), { warehouses, zeroRows }) };
    }
    return this.live.rows;
  }

  private addCard(most: number): string {
    const { seed, sizes: initial, hostile } = this.options;
    const sizes = wbCard({ seed, count: initial, hostile }, this.nextCard, this.nextSize, most);
    this.nextCard += 1;
    this.nextSize += sizes.length;
    for (const size of sizes) {
      this.put(size);
    }
    return sizes[0]?.chrtId ?? '';
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
    this.live = undefined;
  }
}
