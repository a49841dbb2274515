import type { WildberriesModes } from '../modes.js';
import { MERGED_WAREHOUSE, type SellerWarehouse, type WbSize, type WbStock } from './types.js';

/** Where a seller's warehouse ships from, as the report names it. */
const SELLER_REGION = 'Центральный';

/** One size in one warehouse of the seller's, as the report has it. */
export interface WbOwnStock {
  readonly nmId: string;
  readonly chrtId: string;
  readonly warehouseId: string;
  readonly warehouseName: string;
  readonly regionName: string;
  readonly quantity: number;
}

export interface WbReports {
  /** Wildberries' warehouses. */
  readonly marketplace: readonly WbStock[];
  /** The seller's. */
  readonly seller: readonly WbOwnStock[];
}

type FindWarehouse = (id: string) => SellerWarehouse | undefined;

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

type Shape = Pick<WildberriesModes, 'warehouses' | 'zeroRows'>;

/** Rows of the report on Wildberries' warehouses, one size on one warehouse each. */
function marketplaceRows(sizes: readonly WbSize[], modes: Shape): WbStock[] {
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

/** Rows of the report on the seller's warehouses. */
function sellerRows(sizes: readonly WbSize[], modes: Shape, find: FindWarehouse): WbOwnStock[] {
  return sizes.flatMap(({ nmId, chrtId, amounts }) =>
    amounts
      .filter(({ amount }) => modes.zeroRows || amount > 0)
      .map(({ warehouseId, amount }) => ({
        nmId,
        chrtId,
        warehouseId,
        warehouseName: find(warehouseId)?.name ?? '',
        regionName: SELLER_REGION,
        quantity: amount,
      })),
  );
}

/** Both stock reports: live, or as they stood when last renewed. */
export class Reports {
  private live: { readonly shape: string; readonly reports: WbReports } | undefined;
  private published: { readonly slot: string; readonly reports: WbReports } | undefined;

  constructor(
    private readonly modes: WildberriesModes,
    private readonly clock: () => number,
  ) {}

  /** The stock has changed. */
  forget(): void {
    this.live = undefined;
  }

  current(sizes: () => readonly WbSize[], find: FindWarehouse): WbReports {
    const { refreshMinutes } = this.modes;
    if (refreshMinutes === 0) {
      return this.fresh(sizes, find);
    }
    const slot = `${refreshMinutes} ${Math.floor(this.clock() / (refreshMinutes * 60_000))}`;
    if (this.published?.slot !== slot) {
      this.published = { slot, reports: this.fresh(sizes, find) };
    }
    return this.published.reports;
  }

  private fresh(sizes: () => readonly WbSize[], find: FindWarehouse): WbReports {
    const { warehouses, zeroRows } = this.modes;
    const shape = `${warehouses} ${zeroRows}`;
    if (this.live?.shape !== shape) {
      const listed = sizes();
      const reports = {
        marketplace: marketplaceRows(listed, this.modes),
        seller: sellerRows(listed, this.modes, find),
      };
      this.live = { shape, reports };
    }
    return this.live.reports;
  }
}
