import { z } from 'zod';
import { SCHEMES, SOURCES } from '../../domain/stock-key.js';
import { SEVERITIES } from '../../events/alert.js';
import { stockChange } from '../../events/stock-change.js';
import { problem } from './problem.js';

/** What the read API answers. The OpenAPI document is made of these, and a test holds every answer to it. */

const pieces = z.int();
const time = z.iso.datetime().meta({ description: 'UTC' });
const source = z.enum(SOURCES);
const next = z
  .string()
  .nullable()
  .meta({ description: 'Send it as `cursor` for what follows; null: there is nothing more.' });

const figures = {
  present: pieces,
  reserved: pieces,
  available: pieces,
  inWayToClient: pieces,
  inWayFromClient: pieces,
};

const level = z.object({
  source,
  account: z.string(),
  productId: z.string(),
  scheme: z.enum(SCHEMES),
  warehouseId: z
    .string()
    .meta({ description: 'Empty where the marketplace gives only a total for the scheme.' }),
  offerId: z.string().nullable(),
  ...figures,
  closed: z.boolean().meta({ description: 'No longer reported; all figures are zero.' }),
  seq: z.int().positive().meta({ description: 'That of the newest change of this key.' }),
  observedAt: time,
});

const product = z.object({
  source,
  account: z.string(),
  productId: z.string(),
  offerId: z.string().nullable(),
  name: z.string().nullable(),
  sku: z.string().nullable(),
  size: z.string().nullable(),
  barcodes: z.array(z.string()),
  archived: z.boolean(),
  ...figures,
  schemes: z
    .partialRecord(z.enum(SCHEMES), pieces)
    .meta({ description: 'Pieces available by scheme, those with a live row.' }),
  changedAt: time.nullable(),
  confirmedAt: time.nullable().meta({
    description: 'When complete snapshots last confirmed it; null: a feed of it was never read whole.',
  }),
});

const snapshot = z.object({
  snapshotId: z.string(),
  source,
  account: z.string(),
  feed: z.string(),
  status: z.enum(['open', 'applied', 'held', 'incomplete', 'failed', 'abandoned']),
  reason: z.string().nullable(),
  pages: z.int(),
  rows: z.int(),
  created: z.int(),
  updated: z.int(),
  closed: z.int(),
  invalid: z.int(),
  startedAt: time,
  endedAt: time.nullable(),
});

const alert = z.object({
  fingerprint: z.string(),
  state: z.enum(['open', 'resolved']),
  rule: z.string(),
  severity: z.enum(SEVERITIES),
  source,
  account: z.string(),
  feed: z.string(),
  product: z
    .object({ productId: z.string(), offerId: z.string().optional(), name: z.string().optional() })
    .nullable(),
  evidence: z.object({
    before: z.number().optional(),
    after: z.number().optional(),
    threshold: z.number().optional(),
    reason: z.string().optional(),
  }),
  text: z.object({ ru: z.string(), en: z.string() }),
  raisedAt: time.nullable(),
  resolvedAt: time.nullable(),
  mutedUntil: time.nullable(),
  acknowledgedAt: time.nullable(),
});

const feedHealth = z.object({
  feed: z.string(),
  source,
  account: z.string(),
  status: z.enum(['fresh', 'stale', 'held', 'never']).meta({
    description: 'held: the newest complete snapshot is held back; never: no complete one yet.',
  }),
  completeAt: time.nullable(),
  heldSnapshots: z.int(),
  failures: z.int().meta({ description: 'Reads in a row that came to no good end.' }),
});

export const ANSWERS = {
  Levels: z.object({ levels: z.array(level), next }),
  Changes: z.object({
    changes: z.array(stockChange),
    more: z.boolean().meta({ description: 'There is more already; else ask again later.' }),
    next: z.string().meta({ description: 'Send it as `cursor` for what follows; always there.' }),
  }),
  Snapshots: z.object({ snapshots: z.array(snapshot), next }),
  Alerts: z.object({ alerts: z.array(alert), next }),
  Products: z.object({ products: z.array(product), next }),
  Health: z.object({
    status: z.enum(['ok', 'degraded']).meta({ description: 'ok: every feed is fresh.' }),
    maxAgeHours: z.number(),
    feeds: z.array(feedHealth),
  }),
  Problem: problem,
} as const;

export type AnswerName = keyof typeof ANSWERS;
export type Answer<N extends AnswerName> = z.infer<(typeof ANSWERS)[N]>;

/** Unix milliseconds as answers spell times. */
export function isoOf(at: number): string {
  return new Date(at).toISOString();
}

export function isoOrNull(at: number | null): string | null {
  return at === null ? null : isoOf(at);
}
