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
 *   POST   /_sim/archive   {productId, archived?}        Ozon's archive; false brings back
 *   POST   /_sim/trash     {productId, trashed?}         the trash of Wildberries' cards; false brings back
 *   POST   /_sim/rename    {source, productId, name?, offerId?}
 *   POST   /_sim/delete    {source, productId}           for good
 *   POST   /_sim/warehouse-add     {source, warehouseId?, name?, sellerDelivers?} → {warehouseId}
 *   POST   /_sim/warehouse-change  {source, warehouseId, name?, status?, isDeleting?, isProcessing?}
 *   POST   /_sim/warehouse-delete  {source, warehouseId} what lies in it goes with it
 *   GET    /_sim/warehouses?source=…                     {warehouses: [SellerWarehouse]}
 *   POST   /_sim/oddities                                goods of careless sellers → which they are
 *   POST   /_sim/levels    {source, rows: [PlantedRow]}  exactly these rows and no other
 *   POST   /_sim/mode      {ozon?: {…}, wildberries?: {…}}   switches, see modes.ts → the modes
 *   POST   /_sim/fault     FaultSpec                     plan a fault, see faults/fault.ts
 *   DELETE /_sim/fault                                   forget all planned faults
 *   GET    /_sim/truth?source=…                          {rows: [TruthRow]}; how it is read: see TruthOptions:
 *          &sellerWarehouses=all|id,id  &fbo=total|warehouses|analytics  &fbs=true|report
 *   GET    /_sim/catalogue?source=…                      {rows: [CatalogueRow]}
 *   GET    /_sim/products?source=…                       {productIds}
 *   GET    /_sim/requests                                {requests: [RequestLogEntry]}
 *   DELETE /_sim/requests                                empty the log
 *   GET    /_sim/state                                   seed, clock, credentials, modes, faults, figures
 */
import { isAppError } from '../../errors.js';
import { type Answer, json } from '../http/answer.js';
import { ACTIONS, type ControlParts } from './actions.js';
import { ControlInput } from './input.js';

export const CONTROL_PREFIX = '/_sim/';

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
