import { z } from 'zod';

// Only what is used is named; extra fields pass. Stock rows are read by hand in to-stock-levels.ts, the hot path.

/** The payload of a token (WB docs, authorisation). `oid` may vanish one day, WB says. */
export const tokenPayload = z.object({
  /** Seller's UUID. */
  sid: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[\w-]+$/),
  /** Unix seconds, within what a Date holds. */
  exp: z.number().positive().max(8.64e12),
  /** Bit mask of categories. */
  s: z.int().nonnegative(),
  /** 1 base, 2 test, 3 personal, 4 service. */
  acc: z.int().nullish().catch(undefined),
  /** True only for test tokens. */
  t: z.boolean().nullish().catch(undefined),
  oid: z.union([z.int(), z.string()]).nullish().catch(undefined),
});

/** The answer of /api/v1/seller-info. */
export const sellerInfo = z.object({ name: z.string().nullish(), sid: z.string().nullish() });
