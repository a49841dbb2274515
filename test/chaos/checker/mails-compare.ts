import { readFileSync } from 'node:fs';
import { alert as alertSchema } from '../../../src/events/alert.js';
import type { Tables } from './database.js';
import type { Differences } from './settings.js';

interface Mail {
  readonly messageId: string;
  readonly text?: string;
}

/** Alerts beyond this many in a digest may be counted instead of shown. */
const SHOWN_FOR_SURE = 50;

/**
 * Each alert that was delivered by mail stands in exactly one accepted mail. A mail is known by its Message-ID, which
 * is the digest's id: a second one is a second telling, unless its answer was lost on purpose.
 */
export async function compareMails(
  tables: Tables,
  file: string,
  lostAnswers: readonly string[],
  alertIds: ReadonlySet<string>,
  differences: Differences,
): Promise<{ mails: number; deliveries: number }> {
  const mails = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Mail);
  const byDigest = new Map<string, Mail[]>();
  for (const mail of mails) {
    const digest = bare(mail.messageId).split('@')[0] ?? '';
    byDigest.set(digest, [...(byDigest.get(digest) ?? []), mail]);
  }
  const lost = new Set(lostAnswers.map(bare));
  for (const copies of byDigest.values()) {
    const id = bare(copies[0]?.messageId ?? '');
    if (copies.length > 1 && !lost.has(id)) differences.add('mail-twice', id, 1, copies.length);
  }
  const deliveries = await tables.rows(
    "SELECT alert_id, status, digest_id, payload, kind FROM alert_deliveries WHERE channel = 'mail'",
  );
  const digests = new Map(
    (await tables.rows("SELECT digest_id, status FROM digests WHERE channel = 'mail'")).map(
      ([id, status]) => [String(id), String(status)],
    ),
  );
  const sizes = new Map<string, number>();
  for (const [, , digest] of deliveries) sizes.set(String(digest), (sizes.get(String(digest)) ?? 0) + 1);
  const over = overBy(
    deliveries.map(([id, , digest, payload]) => [String(id), String(digest), String(payload)]),
  );
  const delivered = new Set<string>();
  for (const [alertId, status, digest, payload, kind] of deliveries) {
    const where = `${alertId} (digest ${digest})`;
    if (kind === 'news') delivered.add(String(alertId));
    if (status === 'sent') {
      const copies = byDigest.get(String(digest)) ?? [];
      if (copies.length === 0) differences.add('mail-missing', where, 1, 0);
      else if (
        (sizes.get(String(digest)) ?? 0) <= SHOWN_FOR_SURE &&
        !over.has(String(alertId)) &&
        !mentions(copies[0], String(payload))
      ) {
        differences.add('mail-without-its-alert', where, String(payload).slice(0, 200), copies[0]?.text);
      }
      if (digests.get(String(digest)) !== 'sent') {
        differences.add('digest-not-marked-sent', where, 'sent', digests.get(String(digest)) ?? null);
      }
    }
  }
  for (const digest of byDigest.keys()) {
    const status = digests.get(digest);
    if (status !== undefined && status !== 'sent') {
      differences.add('mail-accepted-but-not-marked-sent', digest, 'sent', status);
    }
  }
  if (deliveries.length > 0) {
    for (const id of alertIds) {
      if (!delivered.has(id)) differences.add('alert-without-delivery', id, 1, 0);
    }
  }
  return { mails: mails.length, deliveries: deliveries.length };
}

/** Alerts of which a digest holds a later word of the opposite: what was raised and is over by then is no news. */
function overBy(deliveries: readonly (readonly [string, string, string])[]): ReadonlySet<string> {
  const newest = new Map<string, number>();
  const read = deliveries.flatMap(([id, digest, payload]) => {
    const { data } = alertSchema.safeParse(JSON.parse(payload));
    return data === undefined ? [] : [{ id, digest, alert: data, at: Date.parse(data.at) }];
  });
  const name = (digest: string, fingerprint: string, state: string) => `${digest} ${state} ${fingerprint}`;
  for (const { digest, alert, at } of read) {
    const of = name(digest, alert.fingerprint, alert.state);
    newest.set(of, Math.max(at, newest.get(of) ?? at));
  }
  return new Set(
    read.flatMap(({ id, digest, alert, at }) => {
      const opposite = alert.state === 'raised' ? 'resolved' : 'raised';
      const later = newest.get(name(digest, alert.fingerprint, opposite));
      return later !== undefined && later > at ? [id] : [];
    }),
  );
}

/** Product alerts are shown by article or number, all others by their text, in either language. */
function mentions(mail: Mail | undefined, payload: string): boolean {
  const { data } = alertSchema.safeParse(JSON.parse(payload));
  if (data === undefined || mail?.text === undefined) return false;
  const text = squeezed(mail.text);
  const { product } = data;
  const words =
    product === undefined
      ? [data.text.ru.slice(0, 80), data.text.en.slice(0, 80)]
      : [product.offerId || product.productId];
  return words.some((word) => text.includes(squeezed(word).slice(0, 60)));
}

const squeezed = (text: string): string => text.replace(/\s+/gu, ' ').trim();

const bare = (id: string): string => id.replace(/^<|>$/g, '');
