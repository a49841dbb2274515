import type { FeedFacts, Finding, JudgedSnapshot } from './finding.js';
import type { AnomalyRule } from './rule.js';
import { feedLabel, oneLine, sourceName } from './wording.js';

const METHOD_RETIRED = 'method-retired';

/** The code of errors.ts that a read breaks off with where the marketplace has switched its method off. */
const RETIRED = 'API_RETIRED';

/**
 * The marketplace has switched off a method that a feed is read by. No retry helps: until a person acts the feed
 * stays as old as it is. The next read that works resolves it.
 */
export function methodRetired(snapshot: JudgedSnapshot): Finding[] {
  if (snapshot.type === 'snapshot-failed') {
    return snapshot.code === RETIRED ? [finding(snapshot, 'raised', oneLine(snapshot.message, 300))] : [];
  }
  return snapshot.type === 'snapshot-applied' ? [finding(snapshot, 'resolved')] : [];
}

function finding(facts: FeedFacts, state: Finding['state'], reason?: string): Finding {
  const { feed, source } = facts;
  const name = sourceName(source);
  const [ru, en] =
    state === 'raised'
      ? [
          `${name}: метод API отключён маркетплейсом, данные больше не обновляются (${feedLabel('ru', facts)}). Обновите inventory-sync или укажите новый путь в ${source === 'ozon' ? 'OZON_PATHS' : 'WB_PATHS'}. Ответ: ${reason}`,
          `${name}: the marketplace has switched the API method off, nothing is updated any more (${feedLabel('en', facts)}). Update inventory-sync, or set the new path in ${source === 'ozon' ? 'OZON_PATHS' : 'WB_PATHS'}. The answer: ${reason}`,
        ]
      : [
          `${name}: метод API снова отвечает (${feedLabel('ru', facts)})`,
          `${name}: the API method answers again (${feedLabel('en', facts)})`,
        ];
  return {
    rule: METHOD_RETIRED,
    severity: 'critical',
    state,
    fingerprint: `${METHOD_RETIRED}:${feed}`,
    evidence: reason === undefined ? {} : { reason },
    text: { ru, en },
  };
}

export const methodRetiredRule: AnomalyRule = {
  name: METHOD_RETIRED,
  title: { ru: 'метод API отключён', en: 'API method retired' },
  severities: ['critical'],
  needs: ['snapshot-failed', 'snapshot-applied'],
  settings: [],
  example: {
    ru: 'Ozon: метод API отключён маркетплейсом, данные больше не обновляются (выгрузка product-stocks). Обновите inventory-sync или укажите новый путь в OZON_PATHS. Ответ: /v4/product/info/stocks: HTTP 404, method was removed',
    en: 'Ozon: the marketplace has switched the API method off, nothing is updated any more (feed product-stocks). Update inventory-sync, or set the new path in OZON_PATHS. The answer: /v4/product/info/stocks: HTTP 404, method was removed',
  },
  judge: methodRetired,
};
