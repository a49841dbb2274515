/** A row as Wildberries' warehouse report spells it. */
export interface ReportRow {
  readonly nmId: number;
  readonly chrtId: number;
  readonly warehouseId: number;
  readonly warehouseName: string;
  readonly regionName: string;
  readonly quantity: number;
  readonly inWayToClient: number;
  readonly inWayFromClient: number;
}

/** The same catalogue every time; `bumps` says by how much each changed row's quantity has grown. */
export function generateRows(count: number, bumps: ReadonlyMap<number, number>): ReportRow[] {
  return Array.from({ length: count }, (_, index) => ({
    nmId: 40_000_000 + (index >> 2),
    chrtId: 90_000_000 + index,
    warehouseId: 507,
    warehouseName: 'Коледино',
    regionName: 'Центральный',
    quantity: ((index * 7919) % 90) + 1 + (bumps.get(index) ?? 0),
    inWayToClient: index % 13,
    inWayFromClient: index % 7,
  }));
}
