import { type Answer, type ApiRequest, answering, type Handler, withHeaders } from '../http/answer.js';
import type { World } from '../world/world.js';
import { type Caller, enter, type MethodRules, type WbAccess } from './access.js';
import { PING_RULES, ping, SELLER_INFO_RULES, sellerInfo } from './general.js';
import { WB_WAREHOUSES_RULES, wbWarehouses } from './wb-warehouses.js';

interface Method {
  readonly rules: MethodRules;
  readonly run: (request: ApiRequest, caller: Caller) => Answer;
}

/** Methods Wildberries has switched off, with the day they went (reports of July 2026). */
const RETIRED: ReadonlyMap<string, string> = new Map([['GET /api/v1/supplier/stocks', '20260720']]);

/** Wildberries' hosts in one. Further methods get a file of their own and a line here. */
export function wildberriesApi(world: World, access: WbAccess): Handler {
  const report = wbWarehouses(world, access.errors);
  const methods = new Map<string, Method>([
    ['POST /api/analytics/v1/stocks-report/wb-warehouses', { rules: WB_WAREHOUSES_RULES, run: report }],
    ['GET /api/v1/seller-info', { rules: SELLER_INFO_RULES, run: (_, caller) => sellerInfo(caller.claims) }],
    ['GET /ping', { rules: PING_RULES, run: () => ping(access.now()) }],
  ]);
  return (request) => answer(request, methods, access);
}

function answer(request: ApiRequest, methods: ReadonlyMap<string, Method>, access: WbAccess): Answer {
  const name = `${request.method} ${request.path}`;
  const retiredOn = RETIRED.get(name);
  if (retiredOn !== undefined) {
    return access.errors.retired(retiredOn, access.modes.retiredCodeIn);
  }
  const method = methods.get(name);
  if (method === undefined) {
    return access.errors.pathNotFound();
  }
  return answering(() => {
    const caller = enter(request, access, method.rules);
    return withHeaders(
      answering(() => method.run(request, caller)),
      caller.headers,
    );
  });
}
