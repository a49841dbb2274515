import { z } from 'zod';
import { SOURCES } from '../domain/stock-key.js';

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A record of `alerts.v1`, keyed by fingerprint. */
export const alert = z.object({
  /** Deterministic: the same finding has the same id however often it is found. */
  id: z.string(),
  state: z.enum(['raised', 'resolved']),
  rule: z.string(),
  severity: z.enum(SEVERITIES),
  /** What the alert is about, whatever its figures: rule, feed and, where it is about one, product. */
  fingerprint: z.string(),
  source: z.enum(SOURCES),
  account: z.string(),
  feed: z.string(),
  snapshotId: z.string(),
  at: z.iso.datetime(),
  product: z
    .object({ productId: z.string(), offerId: z.string().optional(), name: z.string().optional() })
    .optional(),
  evidence: z.object({
    before: z.number().optional(),
    after: z.number().optional(),
    threshold: z.number().optional(),
    reason: z.string().optional(),
  }),
  text: z.object({ ru: z.string(), en: z.string() }),
});
export type Alert = z.infer<typeof alert>;
