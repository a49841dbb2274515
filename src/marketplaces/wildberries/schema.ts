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

/** The answer of /ping. */
export const pong = z.object({ Status: z.literal('OK') });

/** What stands beside the cards in an answer of /content/v2/get/cards/list; ids as parseExactJson leaves them. */
export const cardsCursor = z.object({
  cursor: z.object({
    /** Empty or missing on an empty page. */
    updatedAt: z.string().max(100).nullish(),
    nmID: z.union([z.int(), z.string().regex(/^\d{1,19}$/)]).nullish(),
    /** How many cards this answer holds. */
    total: z.int().nonnegative(),
  }),
});

/** The answer of /api/v3/warehouses. */
export const sellerWarehouses = z.array(
  z.object({
    id: z.union([z.int().positive(), z.string().regex(/^[1-9]\d{0,18}$/)]),
    isDeleting: z.boolean().nullish(),
  }),
);
