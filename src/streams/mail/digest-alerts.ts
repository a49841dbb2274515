import { TOTAL_MOVED } from '../../domain/anomaly/total-moved.js';
import { type Alert, SEVERITIES } from '../../events/alert.js';

/**
 * Raised alerts that a later alert of the same digest has undone. A total that moved is never among them: that it
 * moves no further does not bring the stock back.
 */
export function settledAlerts(alerts: readonly Alert[]): ReadonlySet<Alert> {
  const lastResolved = new Map<string, number>();
  const times = alerts.map((alert) => Date.parse(alert.at));
  alerts.forEach((alert, index) => {
    if (alert.state !== 'resolved') return;
    const at = times[index] ?? 0;
    lastResolved.set(alert.fingerprint, Math.max(at, lastResolved.get(alert.fingerprint) ?? at));
  });
  return new Set(
    alerts.filter((alert, index) => {
      const at = lastResolved.get(alert.fingerprint);
      return (
        alert.state === 'raised' && alert.rule !== TOTAL_MOVED && at !== undefined && at > (times[index] ?? 0)
      );
    }),
  );
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
