import type { Finding, JudgedSnapshot, PipelineObserved } from './finding.js';
import type { AnomalyRule } from './rule.js';
import { MINUTE } from './time.js';
import { duration, number, plural, sourceName } from './wording.js';

const LAG_GROWING = 'lag-growing';

/** Age of the oldest waiting record at which something is wrong, and at which it is well again. */
const TOO_OLD = 15 * MINUTE;
const FRESH = 5 * MINUTE;

/** What was read waits to be applied: no worker runs, or it does not get on. Between the two ages nothing is said. */
export function lagGrowing(snapshot: JudgedSnapshot): Finding[] {
  if (snapshot.type !== 'pipeline-observed') return [];
  const { lag, at } = snapshot;
  const age = lag.oldestAt === null ? 0 : at - lag.oldestAt;
  if (age > TOO_OLD) return [finding(snapshot, age, 'raised')];
  return age <= FRESH ? [finding(snapshot, age, 'resolved')] : [];
}

function finding(observed: PipelineObserved, age: number, state: Finding['state']): Finding {
  const { feed, source, account, lag } = observed;
  const name = sourceName(source);
  const ru = plural('ru', lag.records, {
    one: 'запись ждёт',
    few: 'записи ждут',
    many: 'записей ждут',
  });
  const en = plural('en', lag.records, { one: 'record waits', many: 'records wait' });
  return {
    rule: LAG_GROWING,
    severity: 'warning',
    state,
    fingerprint: `${LAG_GROWING}:${feed}:${source}:${account}`,
    evidence: { after: Math.floor(Math.max(0, age) / MINUTE), threshold: TOO_OLD / MINUTE },
    text:
      state === 'raised'
        ? {
            ru: `${name}: обработка отстаёт: ${number('ru', lag.records)} ${ru} применения, самая старая ${duration('ru', age)}. Проверьте, что «inventory-sync worker» работает, и посмотрите его журнал.`,
            en: `${name}: processing lags: ${number('en', lag.records)} ${en} to be applied, the oldest for ${duration('en', age)}. Check that “inventory-sync worker” runs, and look into its log.`,
          }
        : { ru: `${name}: обработка больше не отстаёт`, en: `${name}: processing has caught up` },
  };
}

export const lagGrowingRule: AnomalyRule = {
  name: LAG_GROWING,
  title: { ru: 'обработка отстаёт', en: 'processing lags' },
  severities: ['warning'],
  needs: ['pipeline-observed'],
  settings: [],
  example: {
    ru: 'Ozon: обработка отстаёт: 120 записей ждут применения, самая старая 25 мин. Проверьте, что «inventory-sync worker» работает, и посмотрите его журнал.',
    en: 'Ozon: processing lags: 120 records wait to be applied, the oldest for 25 min. Check that “inventory-sync worker” runs, and look into its log.',
  },
  judge: lagGrowing,
};
