import { type Answer, type ApiRequest, Refusal } from '../http/answer.js';
import { listing, listPage } from '../http/listing.js';
import { OZON_WAREHOUSES } from '../world/ozon-places.js';
import { byWarehouse } from '../world/ozon-truth.js';
import type { OzonProduct } from '../world/types.js';
import type { World } from '../world/world.js';
import { ozonInvalid } from './errors.js';
import { productsBy } from './product-index.js';
import { fieldsOf, type MessageFields } from './proto.js';

const SKUS_MAX = 100;
const REQUEST = 'AnalyticsStocksRequest';

/** Sold a day, and how long it lasts: invented from the demand, so that they do not jump about. */
function turnover(product: OzonProduct, available: number): object {
  const ads = Math.round(product.demand * 1_000) / 100;
  const idc = Math.round((available / Math.max(ads, 0.01)) * 100) / 100;
  const grade =
    available === 0 ? 'WAITING_FOR_SUPPLY' : idc < 28 ? 'DEFICIT' : idc < 120 ? 'ACTUAL' : 'SURPLUS';
  return {
    ads,
    ads_cluster: ads,
    idc,
    idc_cluster: idc,
    days_without_sales: 0,
    days_without_sales_cluster: 0,
    turnover_grade: grade,
    turnover_grade_cluster: grade,
  };
}

function rowJson(product: OzonProduct, warehouseId: string, available: number): string {
  const place = OZON_WAREHOUSES.find(({ id }) => id === warehouseId);
  const [cluster, clusterName] = place?.cluster ?? ['154', 'Москва, МО и Дальние регионы'];
  const ids =
    `"sku":${product.sku},"warehouse_id":${warehouseId},"cluster_id":${cluster},` +
    `"macrolocal_cluster_id":${place?.macrolocal ?? '4039'}`;
  const more = {
    offer_id: product.offerId,
    name: product.name,
    warehouse_name: place?.name ?? `СКЛАД_${warehouseId}`,
    cluster_name: clusterName,
    available_stock_count: available,
    valid_stock_count: 0,
    requested_stock_count: 0,
    transit_stock_count: 0,
    return_from_customer_stock_count: 0,
    return_to_seller_stock_count: 0,
    other_stock_count: 0,
    excess_stock_count: 0,
    expiring_stock_count: 0,
    stock_defect_stock_count: 0,
    transit_defect_stock_count: 0,
    waiting_docs_stock_count: 0,
    item_tags: [],
    ...turnover(product, available),
  };
  return `{${ids},${JSON.stringify(more).slice(1)}`;
}

/** @throws Refusal as the live method does for a wrong number of skus */
function skusOf(fields: MessageFields): Set<string> {
  const skus = fields.ids('skus');
  if (skus.length < 1 || skus.length > SKUS_MAX) {
    throw new Refusal(
      ozonInvalid(`invalid ${REQUEST}.Skus: value must contain between 1 and ${SKUS_MAX} items`),
    );
  }
  return new Set(skus);
}

/** POST /v1/analytics/stocks (Ozon docs): a row per sku and Ozon warehouse, in one answer without paging. */
export function analyticsStocks(world: World): (request: ApiRequest) => Answer {
  return (request) => {
    const fields = fieldsOf(request.text);
    const skus = skusOf(fields);
    const clusters = new Set(fields.ids('cluster_ids'));
    const macrolocal = new Set(fields.ids('macrolocal_cluster_ids'));
    const warehouses = new Set(fields.ids('warehouse_ids'));
    if (clusters.size > 0 && macrolocal.size > 0) {
      throw new Refusal(ozonInvalid(`invalid ${REQUEST}: only one of cluster_ids, macrolocal_cluster_ids`));
    }
    const isWanted = (warehouseId: string): boolean => {
      const place = OZON_WAREHOUSES.find(({ id }) => id === warehouseId);
      return (
        (warehouses.size === 0 || warehouses.has(warehouseId)) &&
        (clusters.size === 0 || clusters.has(place?.cluster[0] ?? '')) &&
        (macrolocal.size === 0 || macrolocal.has(place?.macrolocal ?? ''))
      );
    };
    const rows = productsBy(world.ozon.all(), { skus })
      .filter((product) => !product.archived)
      .flatMap((product) =>
        byWarehouse(product, ['fbo'])
          .filter(({ warehouseId }) => isWanted(warehouseId))
          .map((row) => rowJson(product, row.warehouseId, Math.max(0, row.present - row.reserved))),
      );
    return listing(listPage({ rows, isFirst: true, head: '{"items":[', tail: () => ']}' }));
  };
}
