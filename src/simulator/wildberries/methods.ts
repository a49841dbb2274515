import { type Answer, type ApiRequest, answering, type Handler, withHeaders } from '../http/answer.js';
import type { World } from '../world/world.js';
import { type Caller, charged, enter, type MethodRules, type WbAccess } from './access.js';
import { CARDS_RULES, cardsList } from './cards.js';
import { PING_RULES, ping, pingCategory, SELLER_INFO_RULES, sellerInfo } from './general.js';
import {
  deleteStocks,
  putStocks,
  readStocks,
  STOCKS_DELETE_RULES,
  STOCKS_RULES,
  STOCKS_WRITE_RULES,
} from './seller-stocks.js';
import { SELLER_WAREHOUSES_RULES, sellerWarehouses } from './seller-warehouses.js';
import { SELLER_REPORT_RULES, sellerReport, WB_WAREHOUSES_RULES, wbWarehouses } from './wb-warehouses.js';

interface Method {
  /** `POST /api/v3/stocks/{warehouseId}`; a name in braces stands for one part of the path. */
  readonly name: string;
  readonly rules: MethodRules | ((request: ApiRequest) => MethodRules);
  readonly run: (request: ApiRequest, caller: Caller) => Answer;
}

/** Methods Wildberries has switched off, with the day they went (reports of July 2026). */
const RETIRED: ReadonlyMap<string, string> = new Map([['GET /api/v1/supplier/stocks', '20260720']]);

/** Wildberries' hosts in one. Further methods get a file of their own and a line here. */
export function wildberriesApi(world: World, access: WbAccess): Handler {
  const { errors } = access;
  const reports = '/api/analytics/v1/stocks-report';
  const stocks = '/api/v3/stocks/{warehouseId}';
  const methods: readonly Method[] = [
    { name: `POST ${reports}/wb-warehouses`, rules: WB_WAREHOUSES_RULES, run: wbWarehouses(world, errors) },
    {
      name: `POST ${reports}/seller-warehouses`,
      rules: SELLER_REPORT_RULES,
      run: sellerReport(world, errors),
    },
    { name: 'POST /content/v2/get/cards/list', rules: CARDS_RULES, run: cardsList(world, errors) },
    { name: 'GET /api/v3/warehouses', rules: SELLER_WAREHOUSES_RULES, run: () => sellerWarehouses(world) },
    { name: `POST ${stocks}`, rules: STOCKS_RULES, run: readStocks(world, errors) },
    { name: `PUT ${stocks}`, rules: STOCKS_WRITE_RULES, run: putStocks(world, errors) },
    { name: `DELETE ${stocks}`, rules: STOCKS_DELETE_RULES, run: deleteStocks(world, errors) },
    {
      name: 'GET /api/v1/seller-info',
      rules: SELLER_INFO_RULES,
      run: (_, caller) => sellerInfo(caller.claims),
    },
    { name: 'GET /ping', rules: pingRules, run: () => ping(access.now()) },
  ];
  const known = methods.map((method) => ({ ...method, pattern: patternOf(method.name) }));
  return (request) => {
    const called = `${request.method} ${request.path}`;
    return answer(
      request,
      known.find(({ pattern }) => pattern.test(called)),
      access,
    );
  };
}

/** `/ping` checks the token for the host that is asked; each host has a bucket of its own. */
function pingRules({ host }: ApiRequest): MethodRules {
  const category = pingCategory(host);
  const named = host === undefined ? PING_RULES : { ...PING_RULES, name: `ping ${host}` };
  return category === undefined ? named : { ...named, category };
}

function patternOf(name: string): RegExp {
  return new RegExp(`^${name.replace(/\{\w+\}/g, '[^/]+')}$`);
}

function answer(request: ApiRequest, method: Method | undefined, access: WbAccess): Answer {
  const retiredOn = RETIRED.get(`${request.method} ${request.path}`);
  if (retiredOn !== undefined) {
    return access.errors.retired(retiredOn, access.modes.retiredCodeIn);
  }
  const rules = typeof method?.rules === 'function' ? method.rules(request) : method?.rules;
  const elsewhere = rules?.host !== undefined && request.host !== undefined && rules.host !== request.host;
  if (method === undefined || rules === undefined || elsewhere) {
    return access.errors.pathNotFound();
  }
  return answering(() => {
    const caller = enter(request, access, rules);
    const given = answering(() => method.run(request, caller));
    return withHeaders(given, charged(given, caller, access, rules));
  });
}
