import { AppError } from '../../errors.js';
import { compareIds, idDigits } from './figures.js';
import type { NewWarehouse, SellerWarehouse, WarehousePatch } from './types.js';

interface WarehousesOptions {
  readonly marketplace: string;
  /** Those that are there from the start. */
  readonly first: readonly (Pick<SellerWarehouse, 'id' | 'name' | 'sellerDelivers'> &
    Partial<SellerWarehouse>)[];
  /** The id of the n-th warehouse added without one. */
  readonly idFor: (added: number) => string;
  /** Unix milliseconds, the simulated clock. */
  readonly clock: () => number;
  /** Told of a warehouse that is there no more: what lay in it must go too. */
  readonly onDelete: (id: string) => void;
  /** Told of a warehouse that is called otherwise now. */
  readonly onChange?: () => void;
}

const DAY_MS = 86_400_000;
/** How long the first warehouses have been there. */
const AGE_DAYS = 400;

/** The seller's own warehouses on one marketplace, by ascending id. */
export class SellerWarehouses {
  private readonly known = new Map<string, SellerWarehouse>();
  private added = 0;

  constructor(private readonly options: WarehousesOptions) {
    const at = options.clock() - AGE_DAYS * DAY_MS;
    for (const one of options.first) {
      this.put({
        status: 'created',
        isDeleting: false,
        isProcessing: false,
        createdAt: at,
        updatedAt: at,
        ...one,
      });
    }
  }

  all(): readonly SellerWarehouse[] {
    return [...this.known.values()].sort((left, right) => compareIds(left.id, right.id));
  }

  find(id: string): SellerWarehouse | undefined {
    return this.known.get(id);
  }

  add(wanted: NewWarehouse): string {
    const id = idDigits(wanted.id ?? this.options.idFor(this.added), 'warehouseId');
    if (this.known.has(id)) {
      throw new AppError('USAGE', `simulator: ${this.options.marketplace} has warehouse ${id} already`);
    }
    this.added += 1;
    const at = this.options.clock();
    this.put({
      id,
      name: wanted.name ?? `Новый склад ${this.added}`,
      sellerDelivers: wanted.sellerDelivers ?? false,
      status: 'created',
      isDeleting: false,
      isProcessing: false,
      createdAt: at,
      updatedAt: at,
    });
    return id;
  }

  change(id: string, patch: WarehousePatch): void {
    this.put({ ...this.get(id), ...patch, updatedAt: this.options.clock() });
    this.options.onChange?.();
  }

  delete(id: string): void {
    this.get(id);
    this.known.delete(id);
    this.options.onDelete(id);
  }

  private get(id: string): SellerWarehouse {
    const found = this.known.get(id);
    if (found === undefined) {
      throw new AppError('USAGE', `simulator: ${this.options.marketplace} has no seller warehouse ${id}`);
    }
    return found;
  }

  private put(warehouse: SellerWarehouse): void {
    this.known.set(warehouse.id, warehouse);
  }
}
