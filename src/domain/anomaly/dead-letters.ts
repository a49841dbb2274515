import type { Finding, JudgedSnapshot } from './finding.js';
import type { AnomalyRule } from './rule.js';
import { number, plural, sourceName } from './wording.js';

const DEAD_LETTERS = 'dead-letters';

/** Records that can never be read were put aside in the last 24 hours. A day without resolves it. */
export function deadLetters(snapshot: JudgedSnapshot): Finding[] {
  if (snapshot.type !== 'pipeline-observed') return [];
  const { feed, source, account, deadLetters: count } = snapshot;
  const name = sourceName(source);
  const few = { one: 'запись не удалось', few: 'записи не удалось', many: 'записей не удалось' };
  const many = { one: 'record', many: 'records' };
  return [
    {
      rule: DEAD_LETTERS,
      severity: 'warning',
      state: count > 0 ? 'raised' : 'resolved',
      fingerprint: `${DEAD_LETTERS}:${feed}:${source}:${account}`,
      evidence: { after: count, threshold: 0 },
      text:
        count > 0
          ? {
              ru: `${name}: ${number('ru', count)} ${plural('ru', count, few)} прочитать за последние сутки, они отложены. Какие и почему, покажет «inventory-sync dlq list»; снимки, в которых они были, остаются неполными.`,
              en: `${name}: ${number('en', count)} ${plural('en', count, many)} of the last 24 hours could not be read and were put aside. Which and why, “inventory-sync dlq list” shows; the snapshots that held them stay incomplete.`,
            }
          : {
              ru: `${name}: за последние сутки прочитаны все записи`,
              en: `${name}: all records of the last 24 hours could be read`,
            },
    },
  ];
}

export const deadLettersRule: AnomalyRule = {
  name: DEAD_LETTERS,
  title: { ru: 'есть нечитаемые записи', en: 'dead letters' },
  severities: ['warning'],
  needs: ['pipeline-observed'],
  settings: [],
  example: {
    ru: 'Ozon: 2 записи не удалось прочитать за последние сутки, они отложены. Какие и почему, покажет «inventory-sync dlq list»; снимки, в которых они были, остаются неполными.',
    en: 'Ozon: 2 records of the last 24 hours could not be read and were put aside. Which and why, “inventory-sync dlq list” shows; the snapshots that held them stay incomplete.',
  },
  judge: deadLetters,
};
