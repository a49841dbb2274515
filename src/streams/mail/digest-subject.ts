import { TOTAL_MOVED } from '../../domain/anomaly/total-moved.js';
import { type Locale, oneLine, signedPercent, sourceName } from '../../domain/anomaly/wording.js';
import type { Alert } from '../../events/alert.js';
import { groupBy, settledAlerts, worstSeverity } from './digest-alerts.js';
import { ruleCount } from './mail-words.js';

/** Phones show some 40 characters, mail programs a line; what goes beyond only fills headers. */
const SUBJECT_LENGTH = 150;
const STOCK: Readonly<Record<Locale, string>> = { ru: 'остаток', en: 'stock' };

/**
 * All of the digest in one line, the worst first: «Ozon: 3 товара закончились; Wildberries: остаток −42,0 %».
 * What was raised and is resolved by now is no news for a subject, unless there is no other.
 */
export function digestSubject(alerts: readonly Alert[], locale: Locale): string {
  const settled = settledAlerts(alerts);
  const standing = alerts.filter((alert) => alert.state === 'raised' && !settled.has(alert));
  const told = standing.length > 0 ? standing : alerts.filter((alert) => alert.state === 'resolved');
  const phrases = [...groupBy(told, (alert) => alert.source)].map(([source, ofSource]) => {
    const rules = [...groupBy(ofSource, (alert) => alert.rule)].sort(
      ([, a], [, b]) => worstSeverity(b) - worstSeverity(a),
    );
    const parts = rules.map(([rule, ofRule]) => phrase(rule, ofRule, locale));
    return { rank: worstSeverity(ofSource), text: `${sourceName(source)}: ${parts.join(', ')}` };
  });
  const text = phrases
    .sort((a, b) => b.rank - a.rank)
    .map((one) => one.text)
    .join('; ');
  return oneLine(text, SUBJECT_LENGTH);
}

function phrase(rule: string, alerts: readonly Alert[], locale: Locale): string {
  const [only] = alerts;
  const { before, after } = only?.evidence ?? {};
  if (
    rule === TOTAL_MOVED &&
    alerts.length === 1 &&
    only?.state === 'raised' &&
    before &&
    after !== undefined
  ) {
    return `${STOCK[locale]} ${signedPercent(locale, (after - before) / before)}`;
  }
  return ruleCount(locale, rule, only?.state ?? 'raised', alerts.length);
}
