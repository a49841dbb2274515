import type { SimulatorCredentials } from '../credentials.js';
import type { FaultSpec } from '../faults/fault.js';
import type { Faults } from '../faults/faults.js';
import type { RequestLog } from '../http/request-log.js';
import { applyModes } from '../modes.js';
import type { Source } from '../world/types.js';
import type { World } from '../world/world.js';
import type { ControlInput } from './input.js';

export interface ControlParts {
  readonly world: World;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly credentials: SimulatorCredentials;
}

type Action = (input: ControlInput, parts: ControlParts) => unknown;

/** Totals of what the answers would say now. */
function figures(world: World, source: Source): { products: number; rows: number; available: number } {
  const rows = world.truth(source);
  return {
    products: world.productIds(source).length,
    rows: rows.length,
    available: rows.reduce((sum, row) => sum + row.available, 0),
  };
}

function state({ world, faults, credentials, log }: ControlParts): unknown {
  return {
    seed: world.seed,
    clock: new Date(world.clock()).toISOString(),
    credentials,
    modes: world.modes,
    faults: faults.list(),
    requests: log.all().length,
    ozon: figures(world, 'ozon'),
    wildberries: figures(world, 'wildberries'),
  };
}

const STOCK: Readonly<Record<string, Action>> = {
  'POST advance': (input, { world }) => world.advance(input.number('hours')),
  'POST drop': (input, { world }) => world.drop(input.source(), input.number('share')),
  'POST collapse': (input, { world }) => world.collapse(input.source(), input.number('keepShare')),
  'POST sold-out': (input, { world }) => world.soldOut(input.source(), input.id('productId')),
  'POST stock': (input, { world }) => world.setStock(input.source(), input.id('productId'), input.patch()),
  'POST remove': (input, { world }) =>
    world.removeStock(input.source(), input.id('productId'), input.id('place')),
  'POST levels': (input, { world }) => world.setLevels(input.source(), input.rows()),
  'GET truth': (input, { world }) => ({ rows: world.truth(input.source(), input.truthOptions()) }),
};

const CATALOGUE: Readonly<Record<string, Action>> = {
  'POST add': (input, { world }) => ({ productId: world.addProduct(input.source()) }),
  'POST vanish': (input, { world }) => world.vanish(input.source(), input.id('productId')),
  'POST restore': (input, { world }) => world.restore(input.source(), input.optionalId('productId')),
  'POST archive': (input, { world }) => world.archive(input.id('productId'), input.flag('archived') ?? true),
  'POST trash': (input, { world }) => world.trash(input.id('productId'), input.flag('trashed') ?? true),
  'POST rename': (input, { world }) =>
    world.rename(input.source(), input.id('productId'), input.texts(['name', 'offerId'])),
  'POST delete': (input, { world }) => world.deleteProduct(input.source(), input.id('productId')),
  'POST oddities': (_, { world }) => world.plantOddities(),
  'GET products': (input, { world }) => ({ productIds: world.productIds(input.source()) }),
  'GET catalogue': (input, { world }) => ({ rows: world.catalogue(input.source()) }),
};

const WAREHOUSES: Readonly<Record<string, Action>> = {
  'POST warehouse-add': (input, { world }) => ({
    warehouseId: world.addWarehouse(input.source(), {
      ...input.texts(['name']),
      ...input.flags(['sellerDelivers']),
      ...(input.optionalId('warehouseId') === undefined ? {} : { id: input.id('warehouseId') }),
    }),
  }),
  'POST warehouse-change': (input, { world }) =>
    world.changeWarehouse(input.source(), input.id('warehouseId'), {
      ...input.texts(['name', 'status']),
      ...input.flags(['isDeleting', 'isProcessing']),
    }),
  'POST warehouse-delete': (input, { world }) =>
    world.deleteWarehouse(input.source(), input.id('warehouseId')),
  'GET warehouses': (input, { world }) => ({ warehouses: world.sellerWarehouses(input.source()) }),
};

const SIMULATOR: Readonly<Record<string, Action>> = {
  'POST mode': (input, { world }) => {
    applyModes(world.modes, input.fields);
    return world.modes;
  },
  'POST fault': (input, { faults }) => {
    // inject() checks the plan field by field.
    faults.inject(input.fields as unknown as FaultSpec);
  },
  'DELETE fault': (_, { faults }) => faults.clear(),
  'GET requests': (_, { log }) => ({ requests: log.all() }),
  'DELETE requests': (_, { log }) => log.clear(),
  'GET state': (_, parts) => state(parts),
};

/** What the control API can be asked, by HTTP method and name. */
export const ACTIONS: Readonly<Record<string, Action>> = {
  ...STOCK,
  ...CATALOGUE,
  ...WAREHOUSES,
  ...SIMULATOR,
};
