import { z } from 'zod';

/** What the checker is told. Files are NDJSON, a record or a mail a line. */
export const checkerSettings = z.strictObject({
  /** `host:port,…` */
  brokers: z.string(),
  /** Topic prefix. */
  prefix: z.string(),
  mysql: z.strictObject({
    host: z.string(),
    port: z.number(),
    user: z.string(),
    password: z.string(),
    database: z.string(),
  }),
  /** stock-changes.v1 as the live reader read it while the faults went on. */
  observed: z.string().optional(),
  /** What the mail server accepted: `{messageId, to, subject, text, headers}`. */
  mails: z.string().optional(),
  /** Message ids of mails whose answer was lost behind DATA: they may come more than once. */
  lostAnswers: z.array(z.string()).optional(),
  /** Texts that must not stand anywhere. */
  secrets: z.array(z.string().min(4)).optional(),
  /** Further files to look for secrets in, logs for one. */
  logs: z.array(z.string()).optional(),
  /** A replay has written changes of its own: the ledger must fold to what is expected, not equal it. */
  replayed: z.boolean().optional(),
  /** What the rules were set to, where that is not the default. */
  rules: z
    .strictObject({ threshold: z.number(), maxFailures: z.number(), minProducts: z.number() })
    .partial()
    .optional(),
  /** Told again with the differences. */
  seed: z.union([z.number(), z.string()]).optional(),
  schedule: z.array(z.string()).optional(),
});
export type CheckerSettings = z.infer<typeof checkerSettings>;

export interface Difference {
  /** What is broken, in one word: see the checker's README. */
  readonly kind: string;
  readonly where: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** Of a kind only the first are kept, all are counted: one fault may show in a million places. */
export class Differences {
  private static readonly KEPT = 20;
  readonly list: Difference[] = [];
  readonly counts: Record<string, number> = {};

  add(kind: string, where: string, expected: unknown, actual: unknown): void {
    const count = (this.counts[kind] ?? 0) + 1;
    this.counts[kind] = count;
    if (count <= Differences.KEPT) this.list.push({ kind, where, expected, actual });
  }
}
