import type { CatalogueRow, TruthOptions, TruthRow, WbSize } from './types.js';
import type { WbReports } from './wb-report.js';

function level(productId: string, scheme: string, warehouseId: string, quantity: number): TruthRow {
  return {
    productId,
    scheme,
    warehouseId,
    present: quantity,
    reserved: 0,
    available: quantity,
    inWayToClient: 0,
    inWayFromClient: 0,
  };
}

/** What reading must come to: Wildberries' warehouses as reported, and the seller's own if they are read. */
export function wbTruth(reports: WbReports, sizes: readonly WbSize[], how: TruthOptions): TruthRow[] {
  const rows = reports.marketplace.map((row) => ({
    ...level(row.chrtId, 'fbw', row.warehouseId, row.quantity),
    inWayToClient: row.inWayToClient,
    inWayFromClient: row.inWayFromClient,
  }));
  if (how.fbs === 'report') {
    return [...rows, ...reports.seller.map((row) => level(row.chrtId, 'fbs', row.warehouseId, row.quantity))];
  }
  return how.fbs === true ? [...rows, ...sizes.flatMap(ownLevels)] : rows;
}

function ownLevels({ chrtId, amounts }: WbSize): TruthRow[] {
  return amounts.map(({ warehouseId, amount }) => level(chrtId, 'fbs', warehouseId, amount));
}

export function wbCatalogue(sizes: readonly WbSize[]): CatalogueRow[] {
  return sizes.map((size) => ({
    productId: size.chrtId,
    offerId: size.vendorCode,
    name: size.name,
    cardId: size.nmId,
    size: size.techSize,
    barcodes: size.barcodes,
    archived: false,
  }));
}
