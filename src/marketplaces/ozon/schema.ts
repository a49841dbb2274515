import { z } from 'zod';
import { idOf } from '../../domain/json.js';

// Ozon adds and retires fields between releases: only what is used is named, and what may be missing is optional.
// Rows are not described here but in to-….ts, by hand: that is the hot path, and its errors name product, field and
// value.

/** A total, as a number or as digits (int64 in protobuf's JSON). Anything else is as good as none. */
const total = z
  .union([
    z.int().nonnegative(),
    z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number),
  ])
  .nullish()
  .catch(undefined);

/** `total` is switched off from 2026-11-23; `total_items` came on 2026-09-24 (Ozon changelog). */
const totals = { total, total_items: total };

/** The answer of /v4/product/info/stocks without its items. */
export const stocksPage = z.object({ cursor: z.string().nullish(), ...totals });

/** The answer of /v3/product/list without its items: unlike the others it wraps all in `result`. */
export const productsPage = z.object({ result: z.object({ last_id: z.string().nullish(), ...totals }) });

/** The answers of the methods with `has_next`, without their rows. */
export const cursorPage = z.object({ cursor: z.string().nullish(), has_next: z.boolean().nullish() });

const warehouseId = z.union([z.number(), z.string()]).transform((value, context) => {
  const id = idOf(value);
  if (id !== null && /^[1-9]/.test(id)) return id;
  context.addIssue({ code: 'custom', message: 'a positive whole number wanted' });
  return z.NEVER;
});

/** The answer of /v2/warehouse/list. `is_rfbs` decides over keys: without it nothing can be read. */
export const warehousesPage = cursorPage.extend({
  warehouses: z.array(
    z.object({
      warehouse_id: warehouseId,
      name: z.string().nullish().catch(undefined),
      status: z.string().nullish().catch(undefined),
      is_rfbs: z.boolean(),
    }),
  ),
});

/** The answer of /v1/roles. */
export const roles = z.object({
  /** Since 2026-02-20. */
  expires_at: z.string().nullish(),
  roles: z.array(z.object({ name: z.string().nullish(), methods: z.array(z.string()).nullish() })).nullish(),
});
