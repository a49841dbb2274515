import { z } from 'zod';
import { SOURCES } from '../../domain/stock-key.js';
import { SEVERITIES } from '../../events/alert.js';
import { idDigits, LONGEST_CURSOR } from './cursor.js';

/** What may be asked; an unknown parameter is refused, for it was meant to do something. */

const MOST_LISTED = 1_000;

const limit = z.coerce
  .number()
  .int()
  .min(1)
  .max(MOST_LISTED)
  .default(200)
  .meta({ description: 'How many at most.' });
const cursor = z
  .string()
  .min(1)
  .max(LONGEST_CURSOR)
  .optional()
  .meta({ description: '`next` of the answer before, as it is.' });
const source = z.enum(SOURCES).optional();
const account = z.string().min(1).max(64).optional();
const product = idDigits.optional().meta({ description: 'Ozon: product_id. Wildberries: chrtId.' });
const article = z.string().min(1).max(512).optional().meta({ description: 'To the letter.' });

export const levelsQuery = z.strictObject({
  source,
  account,
  product,
  article,
  closed: z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: 'Rows that are no longer reported, too.' }),
  limit,
  cursor,
});
export type LevelsQuery = z.infer<typeof levelsQuery>;

export const changesQuery = z.strictObject({
  start: z.enum(['oldest', 'newest']).default('oldest').meta({
    description: 'Where to begin without a cursor: with the oldest change that is kept, or from now on.',
  }),
  limit,
  cursor,
});
export type ChangesQuery = z.infer<typeof changesQuery>;

export const snapshotsQuery = z.strictObject({
  source,
  account,
  feed: z.string().min(1).max(190).optional(),
  status: z.enum(['open', 'applied', 'held', 'incomplete', 'failed', 'abandoned']).optional(),
  limit,
  cursor,
});
export type SnapshotsQuery = z.infer<typeof snapshotsQuery>;

export const alertsQuery = z.strictObject({
  state: z.enum(['open', 'resolved', 'all']).default('open'),
  severity: z.enum(SEVERITIES).optional(),
  limit,
  cursor,
});
export type AlertsQuery = z.infer<typeof alertsQuery>;

export const productsQuery = z.strictObject({ source, account, product, article, limit, cursor });
export type ProductsQuery = z.infer<typeof productsQuery>;

export const noQuery = z.strictObject({});
