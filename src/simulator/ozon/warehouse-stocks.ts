import { OZON_PAGE_MAX } from '../bounds.js';
import { type Answer, type ApiRequest, Refusal } from '../http/answer.js';
import { byWarehouse } from '../world/ozon-truth.js';
import type { OzonProduct } from '../world/types.js';
import type { World } from '../world/world.js';
import { ozonInvalid, ozonProblem } from './errors.js';
import { readLimit } from './product-filter.js';
import { productsBy } from './product-index.js';
import { fieldsOf, type MessageFields } from './proto.js';
import { type PlacedRow, rowPage, sortRows } from './row-paging.js';

const SELLER = ['fbs', 'rfbs'] as const;
const WAREHOUSE_REQUEST = 'ProductInfoWarehouseStocksRequest';
const FBS_REQUEST = 'GetProductInfoStocksByWarehouseFbsRequestV2';
const FBO_REQUEST = 'GetProductInfoStocksByWarehouseFboRequest';

function idsJson({ sku, productId, offerId }: OzonProduct): string {
  return `"sku":${sku},"product_id":${productId},"offer_id":${JSON.stringify(offerId)}`;
}

/** What lies in the seller's warehouses; what is in the archive is not for sale and not told of. */
function sellerRows(
  products: readonly OzonProduct[],
  more: (product: OzonProduct, warehouseId: string) => string,
): PlacedRow[] {
  return products
    .filter((product) => !product.archived)
    .flatMap((product) =>
      byWarehouse(product, SELLER).map(({ warehouseId, present, reserved, free }) => ({
        productId: product.productId,
        warehouseId,
        json: () =>
          `{${idsJson(product)},"warehouse_id":${warehouseId},"present":${present},"reserved":${reserved},` +
          `"free_stock":${free}${more(product, warehouseId)}}`,
      })),
    );
}

type RowsByWarehouse = ReadonlyMap<string, readonly PlacedRow[]>;

/** By the list of products, which is another one after every change: a walk of many pages sorts only once. */
const byPlace = new WeakMap<readonly OzonProduct[], RowsByWarehouse>();

function rowsByWarehouse(products: readonly OzonProduct[]): RowsByWarehouse {
  const known = byPlace.get(products);
  if (known !== undefined) {
    return known;
  }
  const rows = new Map<string, PlacedRow[]>();
  const time = ({ stockedAt }: OzonProduct): string => new Date(stockedAt).toISOString();
  for (const row of sellerRows(products, (product) => `,"updated_at":"${time(product)}"`)) {
    const others = rows.get(row.warehouseId);
    if (others === undefined) {
      rows.set(row.warehouseId, [row]);
    } else {
      others.push(row);
    }
  }
  byPlace.set(products, rows);
  return rows;
}

/** POST /v1/product/info/warehouse/stocks (Ozon docs): all that lies in one warehouse of the seller's. */
export function warehouseStocks(world: World): (request: ApiRequest) => Answer {
  return (request) => {
    const fields = fieldsOf(request.text);
    const warehouseId = fields.id('warehouse_id');
    if (warehouseId === '0') {
      throw new Refusal(
        ozonInvalid(`invalid ${WAREHOUSE_REQUEST}.WarehouseId: value must be greater than 0`),
      );
    }
    const limit = readLimit(fields, WAREHOUSE_REQUEST);
    const known = world.sellerWarehouses('ozon').some(({ id }) => id === warehouseId);
    if (!known && world.modes.ozon.unknownWarehouse === 'not-found') {
      throw new Refusal(ozonProblem(404, 5, 'warehouse not found'));
    }
    // Products are listed by id, and each is once in a warehouse: the rows are sorted.
    const here = rowsByWarehouse(world.ozon.all()).get(warehouseId) ?? [];
    return rowPage('stocks', here, fields.string('cursor'), limit);
  };
}

/** Products by one of two lists of ids. @throws Refusal where neither is given, or both, or too many */
function asked(
  world: World,
  fields: MessageFields,
  request: string,
  names: { readonly skus: string; readonly offers: string },
): OzonProduct[] {
  const skus = new Set(fields.ids(names.skus));
  const offers = new Set(fields.strings(names.offers));
  const count = skus.size + offers.size;
  if (count === 0 || (skus.size > 0 && offers.size > 0)) {
    throw new Refusal(
      ozonInvalid(`invalid ${request}: exactly one of ${names.skus} and ${names.offers} is required`),
    );
  }
  if (count > OZON_PAGE_MAX) {
    throw new Refusal(
      ozonInvalid(`invalid ${request}: value must contain no more than ${OZON_PAGE_MAX} item(s)`),
    );
  }
  return productsBy(world.ozon.all(), { skus, offers });
}

/** POST /v2/product/info/stocks-by-warehouse/fbs (Ozon docs): the seller's warehouses, for given products. */
export function stocksByWarehouseFbs(world: World): (request: ApiRequest) => Answer {
  return (request) => {
    const fields = fieldsOf(request.text);
    const limit = readLimit(fields, FBS_REQUEST);
    const products = asked(world, fields, FBS_REQUEST, { skus: 'sku', offers: 'offer_id' });
    const names = new Map(world.sellerWarehouses('ozon').map(({ id, name }) => [id, name]));
    const rows = sellerRows(
      products,
      (_, warehouseId) => `,"warehouse_name":${JSON.stringify(names.get(warehouseId) ?? '')}`,
    );
    return rowPage('products', sortRows(rows), fields.string('cursor'), limit);
  };
}

/**
 * POST /v1/product/info/stocks-by-warehouse/fbo (Ozon docs, beta since 2026-07-02): Ozon's warehouses, for given
 * products. The greatest `limit` is not documented; 1,000 as with its sibling.
 */
export function stocksByWarehouseFbo(world: World): (request: ApiRequest) => Answer {
  return (request) => {
    const fields = fieldsOf(request.text);
    const limit = readLimit(fields, FBO_REQUEST);
    const products = asked(world, fields, FBO_REQUEST, { skus: 'skus', offers: 'offer_ids' });
    const rows = products
      .filter((product) => !product.archived)
      .flatMap((product) =>
        byWarehouse(product, ['fbo']).map(({ warehouseId, present, reserved }) => ({
          productId: product.productId,
          warehouseId,
          json: () =>
            `{${idsJson(product)},"warehouse_id":${warehouseId},"present":${present},"reserved":${reserved}}`,
        })),
      );
    return rowPage('products', sortRows(rows), fields.string('cursor'), limit);
  };
}
