/** What the simulated shop holds. Rows and products are never changed in place: an answer under way keeps its view. */

export type Source = 'ozon' | 'wildberries';

export type OzonScheme = 'fbo' | 'fbs' | 'rfbs' | 'fbp';
export type ShipmentType = 'SHIPMENT_TYPE_GENERAL' | 'SHIPMENT_TYPE_BOX' | 'SHIPMENT_TYPE_PALLET';

export const OZON_SCHEMES: readonly string[] = ['fbo', 'fbs', 'rfbs', 'fbp'] satisfies readonly OzonScheme[];
export const SHIPMENT_TYPES: readonly string[] = [
  'SHIPMENT_TYPE_GENERAL',
  'SHIPMENT_TYPE_BOX',
  'SHIPMENT_TYPE_PALLET',
] satisfies readonly ShipmentType[];

/** Wildberries' single pretended warehouse since 2026-08-15 (WB release note 570). */
export const MERGED_WAREHOUSE = { id: '-999999', name: 'Склад WB', region: 'Склад WB' } as const;

export interface OzonStock {
  readonly type: OzonScheme;
  readonly shipmentType: ShipmentType;
  readonly present: number;
  readonly reserved: number;
  readonly warehouseIds: readonly string[];
}

export interface OzonProduct {
  /** Decimal digits; may lie beyond 2^53. */
  readonly productId: string;
  readonly sku: string;
  readonly offerId: string;
  readonly name: string;
  readonly brand: string;
  readonly category: string;
  readonly barcode: string;
  readonly archived: boolean;
  /** Left out of every answer, as if it had never been. */
  readonly hidden: boolean;
  /** Chance of an order per row and hour in daytime, 0 … 1. */
  readonly demand: number;
  readonly stocks: readonly OzonStock[];
}

/** One size on one warehouse. */
export interface WbStock {
  readonly nmId: string;
  readonly chrtId: string;
  readonly warehouseId: string;
  readonly warehouseName: string;
  readonly regionName: string;
  readonly quantity: number;
  readonly inWayToClient: number;
  readonly inWayFromClient: number;
}

/** One size of a card: what the project calls a product of Wildberries. */
export interface WbSize {
  readonly chrtId: string;
  readonly nmId: string;
  readonly vendorCode: string;
  readonly name: string;
  readonly brand: string;
  readonly category: string;
  readonly subject: string;
  readonly techSize: string;
  readonly barcode: string;
  readonly hidden: boolean;
  readonly demand: number;
  readonly stocks: readonly WbStock[];
}

/**
 * One stock level as it must stand after everything was read: shipment types of one Ozon scheme summed,
 * `warehouseId` empty for Ozon's scheme totals, `fbw` for Wildberries' warehouses.
 */
export interface TruthRow {
  readonly productId: string;
  readonly scheme: string;
  readonly warehouseId: string;
  readonly present: number;
  readonly reserved: number;
  readonly available: number;
  readonly inWayToClient: number;
  readonly inWayFromClient: number;
}

/** A row to plant. Ozon without `scheme` plants a product whose `stocks` list is empty. */
export interface PlantedRow {
  readonly productId: string;
  readonly offerId?: string;
  readonly name?: string;
  readonly scheme?: string;
  readonly shipmentType?: string;
  readonly warehouseId?: string;
  readonly warehouseName?: string;
  readonly regionName?: string;
  readonly nmId?: string;
  /** Wildberries: the quantity. */
  readonly present?: number;
  readonly reserved?: number;
  readonly inWayToClient?: number;
  readonly inWayFromClient?: number;
}

/** Which row of a product, and what it becomes; figures left out stay as they are (0 in a new row). */
export interface StockPatch {
  /** Ozon; by default the product's first row, or `fbo`. */
  readonly scheme?: string;
  readonly shipmentType?: string;
  /** Wildberries; by default the product's first row, or Коледино. */
  readonly warehouseId?: string;
  readonly present?: number;
  readonly reserved?: number;
  readonly inWayToClient?: number;
  readonly inWayFromClient?: number;
}

/** What both shops can do; {@link World} hands calls on by source. */
export interface Shop {
  advance(hours: number, hourOfDay: number, turn: number): void;
  add(): string;
  setHidden(productId: string, hidden: boolean): void;
  showAll(): void;
  drop(share: number): void;
  collapse(keepShare: number): void;
  setStock(productId: string, patch: StockPatch): void;
  removeStock(productId: string, place: string): void;
  soldOut(productId: string): void;
  setLevels(rows: readonly PlantedRow[]): void;
  productIds(): string[];
  truth(): TruthRow[];
}
