/**
 * Answers of Wildberries' APIs as their documents describe them (dev.wildberries.ru/openapi, October 2026). The
 * reports mark their fields as required, the others hardly any; required here is what the examples always have.
 * A field that is not in the documents is an error.
 */
import { z } from 'zod';
import { count64, int64 } from './json.js';

/** RFC3339 with up to nine digits after the point, as Go writes it. */
const goTime = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{0,8}[1-9])?Z$/);

const ownRow = {
  nmId: int64,
  chrtId: int64,
  warehouseId: int64,
  warehouseName: z.string(),
  regionName: z.string(),
  quantity: count64,
};

function report(row: z.ZodType): z.ZodType {
  return z.strictObject({ data: z.strictObject({ items: z.array(row) }) });
}

const photo = z.strictObject({
  big: z.string(),
  c246x328: z.string(),
  c516x688: z.string(),
  square: z.string(),
  tm: z.string(),
});

const card = z.strictObject({
  nmID: int64,
  imtID: int64,
  nmUUID: z.uuid(),
  subjectID: z.int(),
  subjectName: z.string(),
  vendorCode: z.string(),
  brand: z.string(),
  title: z.string(),
  description: z.string(),
  needKiz: z.boolean(),
  kizMarked: z.boolean(),
  photos: z.array(photo).optional(),
  video: z.string().optional(),
  wholesale: z.strictObject({ enabled: z.boolean(), quantum: z.int() }),
  dimensions: z.strictObject({
    length: z.int(),
    width: z.int(),
    height: z.int(),
    weightBrutto: z.number(),
    isValid: z.boolean(),
  }),
  characteristics: z.array(z.strictObject({ id: z.int(), name: z.string(), value: z.unknown() })),
  sizes: z
    .array(
      z.strictObject({
        chrtID: int64,
        techSize: z.string(),
        wbSize: z.string(),
        skus: z.array(z.string()),
      }),
    )
    .min(1),
  tags: z.array(z.strictObject({ id: z.int(), name: z.string(), color: z.string() })),
  createdAt: goTime,
  updatedAt: goTime,
});

const cards = z.strictObject({
  cards: z.array(card),
  cursor: z.strictObject({
    updatedAt: z.union([goTime, z.literal('')]).optional(),
    nmID: int64.optional(),
    total: z.int().nonnegative().max(100),
  }),
});

const warehouse = z.strictObject({
  id: int64,
  name: z.string(),
  officeId: int64,
  cargoType: z.literal([1, 2, 3]),
  deliveryType: z.literal([1, 2, 3, 5, 6]),
  isDeleting: z.boolean(),
  isProcessing: z.boolean(),
});

/** By HTTP method and path: what a good answer with a body is. */
export const WB_ANSWERS: Readonly<Record<string, z.ZodType>> = {
  'POST /api/analytics/v1/stocks-report/wb-warehouses': report(
    z.strictObject({ ...ownRow, inWayToClient: count64, inWayFromClient: count64 }),
  ),
  'POST /api/analytics/v1/stocks-report/seller-warehouses': report(z.strictObject(ownRow)),
  'POST /content/v2/get/cards/list': cards,
  'GET /api/v3/warehouses': z.array(warehouse),
  'POST /api/v3/stocks': z.strictObject({
    stocks: z.array(z.strictObject({ chrtId: int64, amount: z.int().nonnegative().max(100_000) })),
  }),
  'GET /ping': z.strictObject({
    TS: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+03:00$/),
    Status: z.literal('OK'),
  }),
  'GET /api/v1/seller-info': z.strictObject({
    name: z.string(),
    sid: z.uuid(),
    tin: z.string(),
    tradeMark: z.string(),
  }),
};

const gateway = {
  title: z.string(),
  detail: z.string(),
  requestId: z.string(),
  origin: z.string(),
  status: z.int(),
  statusText: z.string(),
  timestamp: goTime,
};

/** The shapes of an error, by whose it is. */
export const WB_ERRORS = {
  gateway: z.strictObject({ ...gateway, code: z.string() }),
  /** As recorded in October 2026 from wb-warehouses. */
  gatewayWithoutCode: z.strictObject(gateway),
  payment: z.strictObject({ title: z.string(), detail: z.string() }),
  analytics: z.strictObject({
    title: z.string(),
    detail: z.string(),
    requestId: z.string(),
    origin: z.string(),
  }),
  content: z.strictObject({
    data: z.null(),
    error: z.literal(true),
    errorText: z.string(),
    additionalErrors: z.union([z.record(z.string(), z.unknown()), z.string(), z.null()]),
  }),
  marketplace: z.strictObject({ code: z.string(), message: z.string(), data: z.unknown().optional() }),
  conflict: z
    .array(
      z.strictObject({
        code: z.string(),
        message: z.string(),
        data: z.array(z.strictObject({ sku: z.string(), chrtId: z.int(), amount: z.int() })),
      }),
    )
    .min(1),
} as const;

export type WbErrorShape = keyof typeof WB_ERRORS;
