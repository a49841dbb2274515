import type { AnomalySettings, AppliedSnapshot, Finding, JudgedSnapshot } from './finding.js';
import type { AnomalyRule } from './rule.js';
import { feedLabel, percent, pieces, sourceName, type Wording } from './wording.js';

export const TOTAL_MOVED = 'total-moved';

/** Beyond this share a shop has an emergency, not a busy hour. */
const CRITICAL_SHARE = 0.5;

/**
 * The feed's total moved by more than the threshold in one snapshot; exactly the threshold is no alert. Each
 * breach is told anew, for each is another loss. The next snapshot within the threshold resolves it.
 *
 * From zero there is no share to judge: stock that appears where none was is a delivery, and of the products
 * concerned `ran-out` tells that they are back. So it raises nothing and resolves what was open; zero that stays
 * zero is no recovery and says nothing at all.
 */
export function totalMoved(snapshot: JudgedSnapshot, settings: AnomalySettings): Finding[] {
  if (snapshot.type !== 'snapshot-applied' || snapshot.first || snapshot.part !== 1) return [];
  // Settings that cover less, or a deleted warehouse, move the total without a single piece having moved.
  if (snapshot.partial === true || (snapshot.rescoped ?? 0) > 0) return [];
  const { before, after } = snapshot.available;
  if (before === 0) return after === 0 ? [] : [settled(snapshot, settings)];
  // Divided, not multiplied: the quotient of whole numbers is rounded as the decimal setting was, so that
  // a movement of just 10 % equals 0.1.
  const share = Math.abs(after - before) / before;
  return [share > settings.threshold ? breach(snapshot, settings, share) : settled(snapshot, settings)];
}

function breach(snapshot: AppliedSnapshot, settings: AnomalySettings, share: number): Finding {
  const { before, after } = snapshot.available;
  const fell = after < before;
  return {
    ...common(snapshot, settings),
    severity: share > CRITICAL_SHARE ? 'critical' : 'warning',
    state: 'raised',
    evenIfOpen: true,
    text: {
      ru: `${sourceName(snapshot.source)}: остаток ${fell ? 'упал' : 'вырос'} на ${percent('ru', share)}: ${figures(snapshot).ru}`,
      en: `${sourceName(snapshot.source)}: stock ${fell ? 'fell' : 'rose'} by ${percent('en', share)}: ${figures(snapshot).en}`,
    },
  };
}

function settled(snapshot: AppliedSnapshot, settings: AnomalySettings): Finding {
  const ru = `${sourceName(snapshot.source)}: остаток больше не меняется резко: ${figures(snapshot).ru}`;
  const en = `${sourceName(snapshot.source)}: stock is steady again: ${figures(snapshot).en}`;
  return { ...common(snapshot, settings), severity: 'warning', state: 'resolved', text: { ru, en } };
}

function common(snapshot: AppliedSnapshot, settings: AnomalySettings) {
  const evidence = { ...snapshot.available, threshold: settings.threshold };
  return { rule: TOTAL_MOVED, fingerprint: `${TOTAL_MOVED}:${snapshot.feed}`, evidence };
}

function figures(snapshot: AppliedSnapshot): Wording {
  const { before, after } = snapshot.available;
  return {
    ru: `было ${pieces('ru', before)}, стало ${pieces('ru', after)} (${feedLabel('ru', snapshot)})`,
    en: `${pieces('en', before)} before, ${pieces('en', after)} now (${feedLabel('en', snapshot)})`,
  };
}

export const totalMovedRule: AnomalyRule = {
  name: TOTAL_MOVED,
  title: { ru: 'резкое изменение остатка', en: 'stock moved sharply' },
  severities: ['warning', 'critical'],
  needs: ['snapshot-applied'],
  settings: ['ANOMALY_THRESHOLD'],
  oneOff: true,
  example: {
    ru: 'Ozon: остаток упал на 42,0\u00a0%: было 12\u00a0400 шт., стало 7\u00a0192 шт. (выгрузка product-stocks)',
    en: 'Ozon: stock fell by 42.0%: 12,400 units before, 7,192 units now (feed product-stocks)',
  },
  judge: totalMoved,
};
