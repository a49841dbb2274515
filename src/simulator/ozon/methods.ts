import { type Answer, type ApiRequest, answering, type Handler, withHeaders } from '../http/answer.js';
import type { World } from '../world/world.js';
import { enter, type OzonAccess } from './access.js';
import { analyticsStocks } from './analytics-stocks.js';
import { ozonProblem } from './errors.js';
import { productInfo } from './product-info.js';
import { productList } from './product-list.js';
import { productStocks } from './product-stocks.js';
import { roles } from './roles.js';
import { sellerInfo } from './seller-info.js';
import { warehouseList } from './warehouse-list.js';
import { stocksByWarehouseFbo, stocksByWarehouseFbs, warehouseStocks } from './warehouse-stocks.js';

/** Methods Ozon has switched off: a known caller gets 400 with code 9 (Ozon changelog; answers seen live). */
const RETIRED: ReadonlySet<string> = new Set([
  '/v2/product/info/stocks',
  '/v3/product/info/stocks',
  '/v2/product/list',
  '/v1/product/info/stocks-by-warehouse/fbs',
  '/v1/warehouse/list',
  '/v1/analytics/manage/stocks',
  '/v1/product/import/stocks',
]);

/** Ozon's Seller API. Further methods get a file of their own and a line here. */
export function ozonApi(world: World, access: OzonAccess): Handler {
  const methods = new Map<string, Handler>([
    ['/v4/product/info/stocks', productStocks(world)],
    ['/v3/product/list', productList(world)],
    ['/v3/product/info/list', productInfo(world)],
    ['/v2/warehouse/list', warehouseList(world)],
    ['/v1/product/info/warehouse/stocks', warehouseStocks(world)],
    ['/v2/product/info/stocks-by-warehouse/fbs', stocksByWarehouseFbs(world)],
    ['/v1/product/info/stocks-by-warehouse/fbo', stocksByWarehouseFbo(world)],
    ['/v1/analytics/stocks', analyticsStocks(world)],
    ['/v1/seller/info', sellerInfo],
    ['/v1/roles', roles(access)],
  ]);
  return (request) => answer(request, methods, access);
}

function answer(request: ApiRequest, methods: ReadonlyMap<string, Handler>, access: OzonAccess): Answer {
  const method = methods.get(request.path);
  const retired = RETIRED.has(request.path);
  if (request.method !== 'POST' || (method === undefined && !retired)) {
    return ozonProblem(404, 5, 'Not Found');
  }
  return answering(() => {
    if (method === undefined) {
      enter({ ...request, path: '/v1/roles' }, access);
      return ozonProblem(400, 9, 'obsolete method cannot be used');
    }
    const gate = enter(request, access);
    return withHeaders(
      answering(() => method(request)),
      gate.headers,
    );
  });
}
