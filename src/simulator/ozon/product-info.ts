import { OZON_PAGE_MAX } from '../bounds.js';
import { type Answer, type ApiRequest, Refusal } from '../http/answer.js';
import { listing, listPage } from '../http/listing.js';
import { schemeRows } from '../world/ozon-truth.js';
import type { OzonProduct } from '../world/types.js';
import type { World } from '../world/world.js';
import { ozonInvalid } from './errors.js';
import { productsBy } from './product-index.js';
import { fieldsOf } from './proto.js';

const REQUEST = 'GetProductInfoListRequest';

function statuses(product: OzonProduct, updatedAt: string): object {
  return {
    is_created: true,
    moderate_status: 'approved',
    status: product.archived ? 'archived' : 'price_sent',
    status_name: product.archived ? 'В архиве' : 'Продаётся',
    status_description: '',
    status_failed: '',
    status_tooltip: '',
    status_updated_at: updatedAt,
    validation_status: 'success',
  };
}

function described(product: OzonProduct, hasStock: boolean): object {
  const createdAt = new Date(product.createdAt).toISOString();
  const updatedAt = new Date(product.updatedAt).toISOString();
  return {
    offer_id: product.offerId,
    name: product.name,
    barcodes: product.barcodes,
    is_archived: product.archived,
    is_autoarchived: false,
    is_discounted: false,
    is_kgt: false,
    is_prepayment_allowed: true,
    is_super: false,
    has_discounted_fbo_item: false,
    discounted_fbo_stocks: 0,
    description_category_id: 17_028_922,
    type_id: 91_443,
    currency_code: 'RUB',
    price: '990.00',
    old_price: '1290.00',
    min_price: '',
    vat: '0.20',
    volume_weight: 0.4,
    images: [],
    primary_image: [],
    color_image: [],
    availabilities: [],
    commissions: [],
    errors: [],
    promotions: [],
    model_info: { model_id: 42, count: 1 },
    statuses: statuses(product, updatedAt),
    visibility_details: { has_price: true, has_stock: hasStock },
    created_at: createdAt,
    updated_at: updatedAt,
  };
}

function productJson(product: OzonProduct): string {
  const rows = schemeRows(product);
  const stocks = rows.map(
    ({ type, present, reserved }) =>
      `{"present":${present},"reserved":${reserved},"sku":${product.sku},"source":"${type}"}`,
  );
  const packages = new Set(rows.map((row) => row.shipmentType)).add('SHIPMENT_TYPE_GENERAL');
  const createdAt = new Date(product.createdAt).toISOString();
  const sources = [...packages].map(
    (shipmentType) =>
      `{"sku":${product.sku},"source":"SDS","shipment_type":"${shipmentType}","quant_code":"",` +
      `"created_at":"${createdAt}"}`,
  );
  const hasStock = rows.some((row) => row.present > row.reserved);
  return (
    `{"id":${product.productId},"sku":${product.sku},${JSON.stringify(described(product, hasStock)).slice(1, -1)},` +
    `"sources":[${sources.join(',')}],"stocks":{"has_stock":${hasStock},"stocks":[${stocks.join(',')}]}}`
  );
}

/** POST /v3/product/info/list (Ozon docs): what is asked for by ids, at most 1,000, also from the archive. */
export function productInfo(world: World): (request: ApiRequest) => Answer {
  return (request) => {
    const fields = fieldsOf(request.text);
    const offers = new Set(fields.strings('offer_id'));
    const ids = new Set(fields.ids('product_id'));
    const skus = new Set(fields.ids('sku'));
    const count = offers.size + ids.size + skus.size;
    if (count === 0 || count > OZON_PAGE_MAX) {
      throw new Refusal(
        ozonInvalid(`invalid ${REQUEST}: value must contain between 1 and ${OZON_PAGE_MAX} items`),
      );
    }
    const rows = productsBy(world.ozon.all(), { ids, skus, offers }).map(productJson);
    return listing(listPage({ rows, isFirst: true, head: '{"items":[', tail: () => ']}' }));
  };
}
