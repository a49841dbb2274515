/**
 * The control API: what tests and the demo call when the simulator runs in another process. Loopback only. Bodies
 * and answers are JSON; a call that makes no sense gets 400 `{error}`, a good one 200. `source` is `ozon` or
 * `wildberries` (`wb` will do); ids are text or numbers.
 *
 *   POST   /_sim/advance   {hours}                       let the simulated day go on
 *   POST   /_sim/add       {source}                      a new product → {productId}
 *   POST   /_sim/vanish    {source, productId}           no longer reported
 *   POST   /_sim/restore   {source, productId?}          undo vanish and collapse
 *   POST   /_sim/drop      {source, share}               the total falls by this share
 *   POST   /_sim/collapse  {source, keepShare}           answers hold only this share of the products
 *   POST   /_sim/sold-out  {source, productId}
 *   POST   /_sim/stock     {source, productId, scheme? | warehouseId?, present? …}   change one row
 *   POST   /_sim/remove    {source, productId, place}    take one scheme or warehouse of a product away
 *   POST   /_sim/archive   {productId}                   Ozon's archive
 *   POST   /_sim/levels    {source, rows: [PlantedRow]}  exactly these rows and no other
 *   POST   /_sim/mode      {ozon?: {…}, wildberries?: {…}}   switches, see modes.ts → the modes
 *   POST   /_sim/fault     FaultSpec                     plan a fault, see faults/fault.ts
 *   DELETE /_sim/fault                                   forget all planned faults
 *   GET    /_sim/truth?source=…                          {rows: [TruthRow]}
 *   GET    /_sim/products?source=…                       {productIds}
 *   GET    /_sim/requests                                {requests: [RequestLogEntry]}
 *   DELETE /_sim/requests                                empty the log
 *   GET    /_sim/state                                   seed, clock, credentials, modes, faults, figures
 */
import { isAppError } from '../../errors.js';
import type { SimulatorCredentials } from '../credentials.js';
import type { FaultSpec } from '../faults/fault.js';
import type { Faults } from '../faults/faults.js';
import { type Answer, json } from '../http/answer.js';
import type { RequestLog } from '../http/request-log.js';
import { applyModes } from '../modes.js';
import type { Source } from '../world/types.js';
import type { World } from '../world/world.js';
import { ControlInput } from './input.js';

export const CONTROL_PREFIX = '/_sim/';

interface ControlParts {
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

const ACTIONS: Readonly<Record<string, Action>> = {
  'POST advance': (input, { world }) => world.advance(input.number('hours')),
  'POST add': (input, { world }) => ({ productId: world.addProduct(input.source()) }),
  'POST vanish': (input, { world }) => world.vanish(input.source(), input.id('productId')),
  'POST restore': (input, { world }) => world.restore(input.source(), input.optionalId('productId')),
  'POST drop': (input, { world }) => world.drop(input.source(), input.number('share')),
  'POST collapse': (input, { world }) => world.collapse(input.source(), input.number('keepShare')),
  'POST sold-out': (input, { world }) => world.soldOut(input.source(), input.id('productId')),
  'POST stock': (input, { world }) => world.setStock(input.source(), input.id('productId'), input.patch()),
  'POST remove': (input, { world }) =>
    world.removeStock(input.source(), input.id('productId'), input.id('place')),
  'POST archive': (input, { world }) => world.archive(input.id('productId')),
  'POST levels': (input, { world }) => world.setLevels(input.source(), input.rows()),
  'POST mode': (input, { world }) => {
    applyModes(world.modes, input.fields);
    return world.modes;
  },
  'POST fault': (input, { faults }) => {
    // inject() checks the plan field by field.
    faults.inject(input.fields as unknown as FaultSpec);
  },
  'DELETE fault': (_, { faults }) => faults.clear(),
  'GET truth': (input, { world }) => ({ rows: world.truth(input.source()) }),
  'GET products': (input, { world }) => ({ productIds: world.productIds(input.source()) }),
  'GET requests': (_, { log }) => ({ requests: log.all() }),
  'DELETE requests': (_, { log }) => log.clear(),
  'GET state': (_, parts) => state(parts),
};

export class Control {
  constructor(private readonly parts: ControlParts) {}

  handle(method: string, url: URL, text: string): Answer {
    const name = `${method} ${url.pathname.slice(CONTROL_PREFIX.length)}`;
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (action === undefined) {
      return json(404, { error: `no such control call: ${name}`, calls: Object.keys(ACTIONS) });
    }
    try {
      return json(200, action(new ControlInput(text, url.searchParams), this.parts) ?? { ok: true });
    } catch (error) {
      if (isAppError(error) && error.code === 'USAGE') {
        return json(400, { error: error.message });
      }
      throw error;
    }
  }
}
