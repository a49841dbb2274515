import type { AnomalySettings } from '../../src/domain/anomaly/finding.js';
import { judge } from '../../src/domain/anomaly/rules.js';
import type { Alert } from '../../src/events/alert.js';
import type { ClaimedDigest } from '../../src/ports/alert-store.js';
import type { MailMessage } from '../../src/ports/mail.js';
import { type AlertMailOptions, alertMail } from '../../src/streams/topologies/alert-mail.js';
import { applied, gone } from '../unit/domain/anomaly/snapshots.js';

export const ru: AlertMailOptions = { locale: 'ru', timeZone: 'Europe/Moscow', host: 'shop.example' };
export const en: AlertMailOptions = { ...ru, locale: 'en' };
export const SETTINGS: AnomalySettings = {
  threshold: 0.1,
  minProducts: 0,
  maxSyncAgeHours: 8,
  maxFailures: 3,
  lowStock: { ozon: 0, wildberries: 0 },
  runsOutDays: 0,
};
export const WB = { feed: 'wildberries:abc:wb-warehouses', source: 'wildberries', account: 'abc' } as const;

/** All that the rules say of a snapshot, as alerts. */
export function alerts(
  snapshot: Parameters<typeof judge>[0],
  at = '2026-11-22T11:05:00.000Z',
  settings = SETTINGS,
): Alert[] {
  const { source, account, feed } = snapshot;
  return judge(snapshot, settings).map((finding, index) => {
    const { rule, severity, state, fingerprint, product, evidence, text } = finding;
    const head = {
      id: `${index}-${fingerprint}-${at}`,
      state,
      rule,
      severity,
      fingerprint,
      source,
      account,
      feed,
    };
    return { ...head, snapshotId: 's', at, product, evidence, text };
  });
}

export const raised = (...args: Parameters<typeof alerts>) =>
  alerts(...args).filter((one) => one.state === 'raised');
export const ofRule = (rule: string, ...args: Parameters<typeof alerts>) =>
  alerts(...args).filter((one) => one.rule === rule);
export const outOf = (count: number) =>
  raised(applied({ ranOut: Array.from({ length: count }, (_, i) => gone(`${i + 1}`)) }));

export function render(of: readonly Alert[], options: AlertMailOptions = ru): MailMessage {
  return alertMail(options)(digestOf({ alerts: of }));
}

export function digestOf(given: Partial<ClaimedDigest>): ClaimedDigest {
  return {
    digestId: '01JDZ',
    recipients: 'a@shop.example',
    attempt: 1,
    createdAt: '2026-11-22T11:06:00.000Z',
    alerts: [],
    repeated: [],
    muted: [],
    ...given,
  };
}

/** With the spaces that numbers hold made plain. */
export const spaced = (text: string) => text.replaceAll('\u00a0', ' ');
