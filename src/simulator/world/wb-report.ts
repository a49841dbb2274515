import type { WildberriesModes } from '../modes.js';
import { MERGED_WAREHOUSE, type WbSize, type WbStock } from './types.js';

function isZero(row: WbStock): boolean {
  return row.quantity === 0 && row.inWayToClient === 0 && row.inWayFromClient === 0;
}

function merge(rows: readonly WbStock[]): WbStock[] {
  const [first] = rows;
  if (first === undefined) {
    return [];
  }
  const sum = (figure: (row: WbStock) => number): number =>
    rows.reduce((total, row) => total + figure(row), 0);
  return [
    {
      nmId: first.nmId,
      chrtId: first.chrtId,
      warehouseId: MERGED_WAREHOUSE.id,
      warehouseName: MERGED_WAREHOUSE.name,
      regionName: MERGED_WAREHOUSE.region,
      quantity: sum((row) => row.quantity),
      inWayToClient: sum((row) => row.inWayToClient),
      inWayFromClient: sum((row) => row.inWayFromClient),
    },
  ];
}

/** The rows the stock report would hold for these sizes, one size on one warehouse each. */
export function wbReport(
  sizes: Iterable<WbSize>,
  modes: Pick<WildberriesModes, 'warehouses' | 'zeroRows'>,
): WbStock[] {
  const report: WbStock[] = [];
  for (const size of sizes) {
    for (const row of modes.warehouses === 'merged' ? merge(size.stocks) : size.stocks) {
      if (modes.zeroRows || !isZero(row)) {
        report.push(row);
      }
    }
  }
  return report;
}
