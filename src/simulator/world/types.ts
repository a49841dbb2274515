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

/** One product on one warehouse, in one kind of package. The scheme rows of /v4/product/info/stocks are sums of these. */
export interface OzonStock {
  readonly type: OzonScheme;
  readonly shipmentType: ShipmentType;
  /** The seller's warehouse (fbs, rfbs), Ozon's (fbo) or a partner's (fbp). */
  readonly warehouseId: string;
  readonly present: number;
  readonly reserved: number;
  /** `free_stock`, where it is to be another figure than present less reserved. */
  readonly free?: number;
}

export interface OzonProduct {
  /** Decimal digits; may lie beyond 2^53. */
  readonly productId: string;
  readonly sku: string;
  readonly offerId: string;
  readonly name: string;
  readonly brand: string;
  readonly category: string;
  readonly barcodes: readonly string[];
  readonly archived: boolean;
  /** Left out of every answer, as if it had never been. */
  readonly hidden: boolean;
  /** Chance of an order per row and hour in daytime, 0 … 1. */
  readonly demand: number;
  readonly stocks: readonly OzonStock[];
  /** Unix milliseconds. */
  readonly createdAt: number;
  /** When name, article or archive last changed, unix milliseconds. */
  readonly updatedAt: number;
  /** When the stock last changed, unix milliseconds. */
  readonly stockedAt: number;
}

/** A warehouse of the seller's own, on either marketplace. */
export interface SellerWarehouse {
  readonly id: string;
  readonly name: string;
  /** The seller delivers: Ozon's rFBS, Wildberries' DBS. */
  readonly sellerDelivers: boolean;
  /** Ozon: `new`, `created`, `disabled`, `blocked`, `disabled_due_to_limit`, `error`. */
  readonly status: string;
  /** Wildberries: being deleted, being changed. */
  readonly isDeleting: boolean;
  readonly isProcessing: boolean;
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export type WarehousePatch = Partial<
  Pick<SellerWarehouse, 'name' | 'status' | 'isDeleting' | 'isProcessing'>
>;

/** A warehouse to open; what is left out is invented. */
export interface NewWarehouse {
  readonly id?: string;
  readonly name?: string;
  readonly sellerDelivers?: boolean;
}

/** One size on one warehouse of Wildberries. */
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

/** What the seller says lies in a warehouse of his own (FBS). Kept also at zero, until deleted. */
export interface WbAmount {
  readonly warehouseId: string;
  readonly amount: number;
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
  readonly barcodes: readonly string[];
  readonly hidden: boolean;
  readonly demand: number;
  readonly stocks: readonly WbStock[];
  readonly amounts: readonly WbAmount[];
}

/** What a card has beside its sizes. */
export interface WbCard {
  readonly nmId: string;
  readonly hasPhoto: boolean;
  /** In the trash: neither listed nor sold. */
  readonly trashed: boolean;
  /** Unix milliseconds; `updatedAt` is later at every change of any card. */
  readonly createdAt: number;
  readonly updatedAt: number;
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

/** By which methods the stock is read, as far as that changes what must stand. */
export interface TruthOptions {
  /** Ozon's FBS and rFBS: the scheme totals (null, the default), or these seller warehouses one by one. */
  readonly sellerWarehouses?: null | 'all' | readonly string[];
  /** Ozon's FBO: the scheme total (default), …/stocks-by-warehouse/fbo, or /v1/analytics/stocks. */
  readonly fbo?: 'total' | 'warehouses' | 'analytics';
  /**
   * Wildberries: with the seller's own warehouses. True: as /api/v3/stocks tells it, `report`: as the report does,
   * which leaves zeroes out. False by default.
   */
  readonly fbs?: boolean | 'report';
}

/** A product as the catalogue methods must describe it. */
export interface CatalogueRow {
  readonly productId: string;
  readonly offerId: string;
  readonly name: string;
  readonly barcodes: readonly string[];
  readonly archived: boolean;
  /** Ozon. */
  readonly sku?: string;
  /** Wildberries: `nmID` and the size in the seller's words. */
  readonly cardId?: string;
  readonly size?: string;
}

/** What a product is to be called from now on. */
export interface Rename {
  readonly name?: string;
  readonly offerId?: string;
}

/** A row to plant. Ozon without `scheme` plants a product whose `stocks` list is empty. */
export interface PlantedRow {
  readonly productId: string;
  readonly offerId?: string;
  readonly name?: string;
  /** Ozon's schemes; Wildberries: `fbw` (default) or `fbs`. */
  readonly scheme?: string;
  readonly shipmentType?: string;
  /** A seller's warehouse that nobody has heard of is opened. */
  readonly warehouseId?: string;
  readonly warehouseName?: string;
  readonly regionName?: string;
  readonly nmId?: string;
  /** Wildberries: the quantity, or the amount. */
  readonly present?: number;
  readonly reserved?: number;
  /** Ozon: `free_stock`, where it is not present less reserved. */
  readonly free?: number;
  readonly inWayToClient?: number;
  readonly inWayFromClient?: number;
}

/** Which row of a product, and what it becomes; figures left out stay as they are (0 in a new row). */
export interface StockPatch {
  /** Ozon; by default the product's first row, or `fbo`. Wildberries: `fbs` for the seller's own warehouses. */
  readonly scheme?: string;
  readonly shipmentType?: string;
  /** By default the product's first row. On Ozon the figures are then those of the whole scheme. */
  readonly warehouseId?: string;
  readonly present?: number;
  readonly reserved?: number;
  readonly free?: number;
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
  rename(productId: string, names: Rename): void;
  delete(productId: string): void;
  readonly warehouses: {
    all(): readonly SellerWarehouse[];
    add(wanted: NewWarehouse): string;
    change(id: string, patch: WarehousePatch): void;
    delete(id: string): void;
  };
  productIds(): string[];
  truth(how: TruthOptions): TruthRow[];
  catalogue(): CatalogueRow[];
}
