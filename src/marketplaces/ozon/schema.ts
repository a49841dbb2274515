import { z } from 'zod';

// Ozon adds and retires fields between releases: only what is used is named, and what may be missing is optional.
// Rows are not described here but in to-stock-levels.ts, by hand: that is the hot path, and its errors name
// product, field and value.

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

/** The answer of /v4/product/info/stocks without its items. */
export const stocksPage = z.object({
  cursor: z.string().nullish(),
  /** Switched off from 2026-11-23; `total_items` came on 2026-09-24 (Ozon changelog). */
  total,
  total_items: total,
});

/** The answer of /v1/roles. */
export const roles = z.object({
  /** Since 2026-02-20. */
  expires_at: z.string().nullish(),
  roles: z.array(z.object({ name: z.string().nullish(), methods: z.array(z.string()).nullish() })).nullish(),
});
