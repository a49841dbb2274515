import type {
  AnomalySettings,
  AppliedSnapshot,
  FailedSnapshot,
  Finding,
  IncompleteSnapshot,
  JudgedSnapshot,
} from './finding.js';
import type { AnomalyRule } from './rule.js';
import { feedLabel, number, oneLine, plural, sourceName } from './wording.js';

const SNAPSHOTS_FAILING = 'snapshots-failing';

/** What another rule tells at the first occurrence need not be told once more at the third. */
const TOLD_AT_ONCE: ReadonlySet<string> = new Set(['API_CREDENTIALS', 'API_RETIRED']);

/** Several reads of a feed in a row came to no good end: one may be bad luck. The next that is applied resolves it. */
export function snapshotsFailing(snapshot: JudgedSnapshot, settings: AnomalySettings): Finding[] {
  if (snapshot.type === 'snapshot-applied') return snapshot.part === 1 ? [recovered(snapshot)] : [];
  if (snapshot.type !== 'snapshot-failed' && snapshot.type !== 'snapshot-incomplete') return [];
  if (snapshot.type === 'snapshot-failed' && TOLD_AT_ONCE.has(snapshot.code)) return [];
  const { failures } = snapshot;
  if (settings.maxFailures <= 0 || failures === undefined || failures < settings.maxFailures) return [];
  return [failing(snapshot, failures, settings.maxFailures)];
}

function failing(
  snapshot: FailedSnapshot | IncompleteSnapshot,
  failures: number,
  threshold: number,
): Finding {
  const name = sourceName(snapshot.source);
  const reason = oneLine(snapshot.type === 'snapshot-failed' ? snapshot.message : gapsOf(snapshot), 300);
  const times = plural('ru', failures, { one: 'раз', few: 'раза', many: 'раз' });
  return {
    ...common(snapshot),
    severity: 'warning',
    state: 'raised',
    evidence: { after: failures, threshold, reason },
    text: {
      ru: `${name}: чтение не удалось ${number('ru', failures)} ${times} подряд (${feedLabel('ru', snapshot)}), остатки не обновляются. Выполните «inventory-sync check»; если связь есть, сбой на стороне маркетплейса пройдёт сам. Причина: ${reason}`,
      en: `${name}: ${number('en', failures)} reads in a row have failed (${feedLabel('en', snapshot)}), stock is not updated. Run “inventory-sync check”; if the connection is fine, trouble of the marketplace passes by itself. Cause: ${reason}`,
    },
  };
}

function gapsOf({ gaps }: IncompleteSnapshot): string {
  return gaps.slice(0, 3).join('; ');
}

function recovered(snapshot: AppliedSnapshot): Finding {
  const name = sourceName(snapshot.source);
  return {
    ...common(snapshot),
    severity: 'warning',
    state: 'resolved',
    evidence: {},
    text: {
      ru: `${name}: чтение снова удаётся (${feedLabel('ru', snapshot)})`,
      en: `${name}: reads succeed again (${feedLabel('en', snapshot)})`,
    },
  };
}

function common({ feed }: JudgedSnapshot) {
  return { rule: SNAPSHOTS_FAILING, fingerprint: `${SNAPSHOTS_FAILING}:${feed}` };
}

export const snapshotsFailingRule: AnomalyRule = {
  name: SNAPSHOTS_FAILING,
  title: { ru: 'чтения не удаются', en: 'reads are failing' },
  severities: ['warning'],
  needs: ['snapshot-failed', 'snapshot-incomplete', 'snapshot-applied'],
  settings: ['FAILURES_THRESHOLD'],
  example: {
    ru: 'Ozon: чтение не удалось 3 раза подряд (выгрузка product-stocks), остатки не обновляются. Выполните «inventory-sync check»; если связь есть, сбой на стороне маркетплейса пройдёт сам. Причина: HTTP 503',
    en: 'Ozon: 3 reads in a row have failed (feed product-stocks), stock is not updated. Run “inventory-sync check”; if the connection is fine, trouble of the marketplace passes by itself. Cause: HTTP 503',
  },
  judge: snapshotsFailing,
};
