import { TOTAL_MOVED } from '../../domain/anomaly/total-moved.js';
import { type Locale, number, oneLine, signedPercent, sourceName } from '../../domain/anomaly/wording.js';
import type { Alert } from '../../events/alert.js';
import type { ClaimedDigest } from '../../ports/alert-store.js';
import { currentAlerts, groupBy, stillOpen, worstSeverity } from './digest-alerts.js';
import { MAIL_WORDS } from './mail-words.js';
import { ruleCount, ruleKey, STOCK } from './rule-words.js';

/** Phones show some 40 characters, mail programs a line; what goes beyond only fills headers. */
const SUBJECT_LENGTH = 150;
/** Of one marketplace; further ones are counted, so that the next marketplace has its say. */
const MOST_PHRASES = 3;

/**
 * All of the digest in one line, the worst first: «Ozon: 3 товара закончились; Wildberries: остаток −42,0 %».
 * What was raised and is resolved by now is no news for a subject, and what is repeated is none, unless there is no
 * other.
 */
export function digestSubject(digest: Pick<ClaimedDigest, 'alerts' | 'repeated'>, locale: Locale): string {
  const current = currentAlerts(digest.alerts);
  const repeated = stillOpen(digest);
  const standing = current.filter(({ state }) => state === 'raised');
  if (standing.length > 0) return oneLine(bySource(standing, locale), SUBJECT_LENGTH);
  if (repeated.length > 0)
    return oneLine(MAIL_WORDS[locale].stillOpen(bySource(repeated, locale)), SUBJECT_LENGTH);
  return oneLine(bySource(current, locale), SUBJECT_LENGTH);
}

function bySource(told: readonly Alert[], locale: Locale): string {
  const phrases = [...groupBy(told, (alert) => alert.source)].map(([source, ofSource]) => {
    const rules = [...groupBy(ofSource, ruleKey)].sort(
      ([, a], [, b]) => worstSeverity(b) - worstSeverity(a) || b.length - a.length,
    );
    const parts = rules.slice(0, MOST_PHRASES).map(([rule, ofRule]) => phrase(rule, ofRule, locale));
    const more = rules.slice(MOST_PHRASES).reduce((sum, [, { length }]) => sum + length, 0);
    const rest = more === 0 ? '' : ` ${MAIL_WORDS[locale].more(number(locale, more))}`;
    return { rank: worstSeverity(ofSource), text: `${sourceName(source)}: ${parts.join(', ')}${rest}` };
  });
  return phrases
    .sort((a, b) => b.rank - a.rank)
    .map((one) => one.text)
    .join('; ');
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
