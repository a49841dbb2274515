import { RULES } from '../../domain/anomaly/rules.js';
import { type Alert, SEVERITIES } from '../../events/alert.js';
import type { ClaimedDigest } from '../../ports/alert-store.js';

const ONE_OFF = new Set(RULES.filter(({ oneOff }) => oneOff === true).map(({ name }) => name));

/**
 * What of a digest is still news when it is told: not what was raised and is over by now, and no end after which it
 * began anew. What only happened is never undone: that a total moves no further does not bring the stock back.
 */
export function currentAlerts(alerts: readonly Alert[]): Alert[] {
  const last = { raised: new Map<string, number>(), resolved: new Map<string, number>() };
  for (const { fingerprint, state, at } of alerts) {
    const time = Date.parse(at);
    last[state].set(fingerprint, Math.max(time, last[state].get(fingerprint) ?? time));
  }
  return alerts.filter(({ rule, fingerprint, state, at }) => {
    if (state === 'raised' && ONE_OFF.has(rule)) return true;
    const opposite = last[state === 'raised' ? 'resolved' : 'raised'].get(fingerprint);
    return opposite === undefined || opposite <= Date.parse(at);
  });
}

/** What is told once more, without what is over by now. */
export function stillOpen({ alerts, repeated }: Pick<ClaimedDigest, 'alerts' | 'repeated'>): Alert[] {
  const over = new Set(
    alerts.filter(({ state }) => state === 'resolved').map(({ fingerprint }) => fingerprint),
  );
  return repeated.filter(({ fingerprint }) => !over.has(fingerprint));
}

/** Rank of the worst that was raised, −1 where nothing was. */
export function worstSeverity(alerts: readonly Alert[]): number {
  const ranks = alerts.map(({ state, severity }) => (state === 'raised' ? SEVERITIES.indexOf(severity) : -1));
  return ranks.reduce((worst, rank) => Math.max(worst, rank), -1);
}

/** In the order of first appearance. */
export function groupBy<K>(alerts: readonly Alert[], keyOf: (alert: Alert) => K): Map<K, Alert[]> {
  const groups = new Map<K, Alert[]>();
  for (const alert of alerts) {
    const group = groups.get(keyOf(alert));
    if (group === undefined) groups.set(keyOf(alert), [alert]);
    else group.push(alert);
  }
  return groups;
}
