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

/** What becomes of the list between two snapshots. */
export interface Step {
  /** Share of the rows whose quantity grows by one, evenly spread over the list. */
  readonly changedShare: number;
  /** A product that was never there stands first, so that each row moves on by one place. */
  readonly insertsFront: boolean;
}

/** The same list of products every time, and what has become of it since. */
export class Catalogue {
  private readonly quantities: Uint32Array;
  /** Products that came later. The newest stands first and, as with the marketplaces, has the greatest id. */
  private inserted = 0;

  constructor(private readonly count: number) {
    this.quantities = Uint32Array.from({ length: count }, (_, index) => ((index * 7919) % 90) + 1);
  }

  /** Answers the number of changes that lie between the list before and the list now. */
  advance({ changedShare, insertsFront }: Step): number {
    let changes = 0;
    const every = changedShare === 0 ? Infinity : Math.round(1 / changedShare);
    for (let index = 0; index < this.count; index += every) {
      this.quantities[index] = (this.quantities[index] ?? 0) + 1;
      changes += 1;
    }
    if (insertsFront) this.inserted += 1;
    return changes + (insertsFront ? 1 : 0);
  }

  get size(): number {
    return this.count + this.inserted;
  }

  /** Of all quantities. */
  get sum(): number {
    return this.quantities.reduce((sum, quantity) => sum + quantity, this.inserted);
  }

  rowAt(place: number): ReportRow {
    const index = place - this.inserted;
    return index < 0 ? rowOf(2 * this.count - index, 1) : rowOf(index, this.quantities[index] ?? 0);
  }
}

function rowOf(index: number, quantity: number): ReportRow {
  return {
    nmId: 40_000_000 + (index >> 2),
    chrtId: 90_000_000 + index,
    warehouseId: 507,
    warehouseName: 'Коледино',
    regionName: 'Центральный',
    quantity,
    inWayToClient: index % 13,
    inWayFromClient: index % 7,
  };
}
