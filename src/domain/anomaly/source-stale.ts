import type { AnomalySettings, FeedFacts, Finding, JudgedSnapshot } from './finding.js';
import { type AnomalyRule, isWholeRead } from './rule.js';
import { HOUR } from './time.js';
import { duration, feedLabel, sourceName, syncCommand, type Wording } from './wording.js';

const SOURCE_STALE = 'source-stale';

/**
 * No complete read has confirmed a feed for longer than is bearable, or none ever has. The age is that of the look,
 * not of any clock here. A complete read resolves it at once, without waiting for the next look.
 */
export function sourceStale(snapshot: JudgedSnapshot, settings: AnomalySettings): Finding[] {
  if (isWholeRead(snapshot)) return [fresh(snapshot)];
  if (snapshot.type !== 'source-observed' || snapshot.lastSyncAt === undefined) return [];
  const limit = settings.maxSyncAgeHours * HOUR;
  if (snapshot.lastSyncAt === null) return [stale(snapshot, limit, null)];
  const age = snapshot.at - snapshot.lastSyncAt;
  return [age > limit ? stale(snapshot, limit, age) : fresh(snapshot)];
}

function stale(facts: FeedFacts, limit: number, age: number | null): Finding {
  const name = sourceName(facts.source);
  const [ru, en] =
    age === null
      ? ['данные ещё ни разу не прочитаны полностью', 'nothing has ever been read completely']
      : [
          `данные не обновлялись ${duration('ru', age)}, допустимо ${duration('ru', limit)}`,
          `nothing was updated for ${duration('en', age)}, ${duration('en', limit)} are allowed`,
        ];
  const command = syncCommand(facts.source);
  const after = age === null ? {} : { after: hours(age) };
  return finding(
    facts,
    'raised',
    { ...after, threshold: hours(limit) },
    {
      ru: `${name}: ${ru} (${feedLabel('ru', facts)}). Выполните «${command}» и посмотрите, что ответит; если всё в порядке, проверьте, что работает расписание.`,
      en: `${name}: ${en} (${feedLabel('en', facts)}). Run “${command}” and see what it says; if all is well, check that the schedule runs.`,
    },
  );
}

function fresh(facts: FeedFacts): Finding {
  const name = sourceName(facts.source);
  return finding(
    facts,
    'resolved',
    {},
    {
      ru: `${name}: данные снова свежие (${feedLabel('ru', facts)})`,
      en: `${name}: the data is fresh again (${feedLabel('en', facts)})`,
    },
  );
}

function finding(
  { feed }: FeedFacts,
  state: Finding['state'],
  evidence: Finding['evidence'],
  text: Wording,
): Finding {
  const fingerprint = `${SOURCE_STALE}:${feed}`;
  return { rule: SOURCE_STALE, severity: 'critical', state, fingerprint, evidence, text };
}

/** With one decimal. */
function hours(milliseconds: number): number {
  return Math.round((milliseconds / HOUR) * 10) / 10;
}

export const sourceStaleRule: AnomalyRule = {
  name: SOURCE_STALE,
  title: { ru: 'данные устарели', en: 'data is stale' },
  severities: ['critical'],
  needs: ['source-observed', 'snapshot-applied'],
  settings: ['MAX_SYNC_AGE_HOURS'],
  example: {
    ru: 'Ozon: данные не обновлялись 9 ч, допустимо 8 ч (выгрузка product-stocks). Выполните «inventory-sync sync --source=ozon» и посмотрите, что ответит; если всё в порядке, проверьте, что работает расписание.',
    en: 'Ozon: nothing was updated for 9 h, 8 h are allowed (feed product-stocks). Run “inventory-sync sync --source=ozon” and see what it says; if all is well, check that the schedule runs.',
  },
  judge: sourceStale,
};
