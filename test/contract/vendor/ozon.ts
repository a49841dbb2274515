/**
 * Answers of Ozon's Seller API as its documents describe them (docs.ozon.ru/api/seller, October 2026). The documents
 * mark hardly any field as required; required here is what their own examples always have and a reader must rely on.
 * A field that is not in the documents is an error.
 */
import { z } from 'zod';
import { count32, count64, int64, time } from './json.js';

const shipmentType = z.enum(['SHIPMENT_TYPE_GENERAL', 'SHIPMENT_TYPE_BOX', 'SHIPMENT_TYPE_PALLET']);
const totals = { total: count32.optional(), total_items: count64.optional() };

const roles = z.strictObject({
  expires_at: time,
  roles: z.array(z.strictObject({ name: z.string().min(1), methods: z.array(z.string().regex(/^\/v\d\//)) })),
});

const productStocks = z.strictObject({
  items: z.array(
    z.strictObject({
      product_id: int64,
      offer_id: z.string(),
      stocks: z.array(
        z.strictObject({
          type: z.enum(['fbo', 'fbs', 'rfbs', 'fbp']),
          present: count32,
          reserved: count32,
          sku: int64,
          shipment_type: shipmentType,
          warehouse_ids: z.array(int64).optional(),
        }),
      ),
    }),
  ),
  cursor: z.string(),
  ...totals,
});

const productList = z.strictObject({
  result: z.strictObject({
    items: z.array(
      z.strictObject({
        product_id: int64,
        offer_id: z.string(),
        sku: int64,
        archived: z.boolean(),
        has_fbo_stocks: z.boolean(),
        has_fbs_stocks: z.boolean(),
        is_discounted: z.boolean(),
        quants: z.array(z.strictObject({ quant_code: z.string(), quant_size: int64 })),
      }),
    ),
    last_id: z.string(),
    ...totals,
  }),
});

const productInfoItem = z.strictObject({
  id: int64,
  offer_id: z.string(),
  sku: int64,
  name: z.string(),
  barcodes: z.array(z.string()),
  is_archived: z.boolean(),
  is_autoarchived: z.boolean(),
  is_discounted: z.boolean(),
  is_kgt: z.boolean(),
  is_prepayment_allowed: z.boolean(),
  is_super: z.boolean(),
  has_discounted_fbo_item: z.boolean(),
  discounted_fbo_stocks: count32,
  description_category_id: int64,
  type_id: int64,
  currency_code: z.string(),
  price: z.string(),
  old_price: z.string(),
  min_price: z.string(),
  vat: z.string(),
  volume_weight: z.number(),
  images: z.array(z.string()),
  primary_image: z.array(z.string()),
  color_image: z.array(z.string()),
  availabilities: z.array(z.never()),
  commissions: z.array(z.never()),
  errors: z.array(z.never()),
  promotions: z.array(z.never()),
  model_info: z.strictObject({ model_id: int64, count: int64 }),
  statuses: z.strictObject({
    is_created: z.boolean(),
    moderate_status: z.string(),
    status: z.string(),
    status_name: z.string(),
    status_description: z.string(),
    status_failed: z.string(),
    status_tooltip: z.string(),
    status_updated_at: time,
    validation_status: z.string(),
  }),
  visibility_details: z.strictObject({ has_price: z.boolean(), has_stock: z.boolean() }),
  sources: z
    .array(
      z.strictObject({
        sku: int64,
        source: z.enum(['SDS', 'FBO', 'FBS']),
        shipment_type: shipmentType,
        quant_code: z.string(),
        created_at: time,
      }),
    )
    .min(1),
  stocks: z.strictObject({
    has_stock: z.boolean(),
    stocks: z.array(z.strictObject({ present: count32, reserved: count32, sku: int64, source: z.string() })),
  }),
  created_at: time,
  updated_at: time,
});

const paged = { cursor: z.string(), has_next: z.boolean() };
const placed = { sku: int64, product_id: int64, offer_id: z.string(), warehouse_id: int64 };

const warehouseStocks = z.strictObject({
  stocks: z.array(
    z.strictObject({ ...placed, present: count64, reserved: count64, free_stock: count64, updated_at: time }),
  ),
  ...paged,
});

const stocksByWarehouseFbs = z.strictObject({
  products: z.array(
    z.strictObject({
      ...placed,
      warehouse_name: z.string(),
      present: count64,
      reserved: count64,
      free_stock: count64,
    }),
  ),
  ...paged,
});

const stocksByWarehouseFbo = z.strictObject({
  products: z.array(z.strictObject({ ...placed, present: count64, reserved: count64 })),
  ...paged,
});

const day = z.enum(['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY']);

const warehouse = z.strictObject({
  warehouse_id: int64,
  name: z.string(),
  status: z.enum(['new', 'created', 'disabled', 'blocked', 'disabled_due_to_limit', 'error']),
  warehouse_type: z.string(),
  is_rfbs: z.boolean(),
  is_express: z.boolean(),
  is_kgt: z.boolean(),
  is_comfort: z.boolean(),
  is_auto_assembly: z.boolean(),
  is_waybill_enabled: z.boolean(),
  has_entrusted_acceptance: z.boolean(),
  has_postings_limit: z.boolean(),
  with_item_list: z.boolean(),
  postings_limit: z.int32(),
  min_postings_limit: z.int32(),
  carriage_label_type: z.enum(['UNSPECIFIED', 'BIG', 'SMALL']),
  address_info: z.strictObject({
    address: z.string(),
    latitude: z.number(),
    longitude: z.number(),
    utc: z.string(),
  }),
  phone: z.string(),
  courier_phones: z.array(z.string()),
  courier_comment: z.string(),
  first_mile: z.strictObject({
    type: z.enum(['UNSPECIFIED', 'PICK_UP', 'DROP_OFF']),
    dropoff_point_id: z.string(),
    timeslot_id: int64,
    timeslot_from: z.string(),
    timeslot_to: z.string(),
    first_mile_is_changing: z.boolean(),
  }),
  cut_in_time: int64,
  sla_cut_in: int64,
  timetable: z.strictObject({
    timetable_from: time,
    timetable_to: time,
    working_hours: z.array(z.strictObject({ time_from: time, time_to: time })),
  }),
  working_days: z.array(day),
  pause_at: time.nullable(),
  created_at: time,
  updated_at: time,
});

const grade = z.enum(['TURNOVER_GRADE_NONE', 'DEFICIT', 'ACTUAL', 'SURPLUS', 'WAITING_FOR_SUPPLY']);

const analyticsItem = z.strictObject({
  sku: int64,
  offer_id: z.string(),
  name: z.string(),
  warehouse_id: int64,
  warehouse_name: z.string(),
  cluster_id: int64,
  cluster_name: z.string(),
  macrolocal_cluster_id: int64,
  available_stock_count: count32,
  valid_stock_count: count32,
  requested_stock_count: count32,
  transit_stock_count: count32,
  return_from_customer_stock_count: count32,
  return_to_seller_stock_count: count32,
  other_stock_count: count32,
  excess_stock_count: count32,
  expiring_stock_count: count32,
  stock_defect_stock_count: count32,
  transit_defect_stock_count: count32,
  waiting_docs_stock_count: count32,
  item_tags: z.array(z.string()),
  ads: z.number(),
  ads_cluster: z.number(),
  idc: z.number(),
  idc_cluster: z.number(),
  days_without_sales: count32,
  days_without_sales_cluster: count32,
  turnover_grade: grade,
  turnover_grade_cluster: grade,
});

const sellerInfo = z.strictObject({
  company: z.strictObject({
    country: z.string(),
    currency: z.enum(['RUB', 'EUR', 'USD', 'CNY', 'BYN', 'KZT', 'KGS']),
    inn: z.string(),
    legal_name: z.string(),
    name: z.string(),
    ogrn: z.string(),
    ownership_form: z.string(),
    tax_system: z.enum(['UNKNOWN', 'UNSPECIFIED', 'OSNO', 'USN', 'NPD', 'AUSN', 'PSN']),
  }),
  ratings: z.array(z.never()),
  subscription: z.strictObject({ is_premium: z.boolean(), type: z.string() }),
});

/** By path: what a good answer is. */
export const OZON_ANSWERS: Readonly<Record<string, z.ZodType>> = {
  '/v1/roles': roles,
  '/v1/seller/info': sellerInfo,
  '/v3/product/list': productList,
  '/v3/product/info/list': z.strictObject({ items: z.array(productInfoItem) }),
  '/v4/product/info/stocks': productStocks,
  '/v2/warehouse/list': z.strictObject({ warehouses: z.array(warehouse), ...paged }),
  '/v1/product/info/warehouse/stocks': warehouseStocks,
  '/v2/product/info/stocks-by-warehouse/fbs': stocksByWarehouseFbs,
  '/v1/product/info/stocks-by-warehouse/fbo': stocksByWarehouseFbo,
  '/v1/analytics/stocks': z.strictObject({ items: z.array(analyticsItem) }),
};

/** A gRPC status as JSON; `details` is often missing. */
export const ozonError = z.strictObject({
  code: z.int32(),
  message: z.string().min(1),
  details: z.array(z.strictObject({ typeUrl: z.string(), value: z.base64() })).optional(),
});

/** As it was before 2022. */
export const ozonOldError = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string(), data: z.array(z.unknown()) }),
});
