import type { Finding, JudgedSnapshot, SourceObserved } from './finding.js';
import type { AnomalyRule } from './rule.js';
import { DAY } from './time.js';
import { duration, sourceName, type Wording } from './wording.js';

const KEY_EXPIRING = 'key-expiring';

/** Days left at which it is told, each step an incident of its own so that each is told once; the widest first. */
const STEPS = [
  { days: 14, severity: 'info' },
  { days: 7, severity: 'warning' },
  { days: 1, severity: 'critical' },
] as const;
type Step = (typeof STEPS)[number];

/**
 * Ozon's keys live 3 months (for keys since September 2026), Wildberries' tokens 180 days, and no reminder comes.
 * Only the narrowest step that is reached is raised; a key that lives longer than a step resolves that step.
 */
export function keyExpiring(snapshot: JudgedSnapshot): Finding[] {
  if (snapshot.type !== 'source-observed' || snapshot.keyExpiresAt === undefined) return [];
  const left = snapshot.keyExpiresAt - snapshot.at;
  const reached = STEPS.findLast(({ days }) => left <= days * DAY);
  const renewed = STEPS.filter(({ days }) => left > days * DAY);
  return [
    ...(reached === undefined ? [] : [finding(snapshot, reached, left, 'raised')]),
    ...renewed.map((step) => finding(snapshot, step, left, 'resolved')),
  ];
}

function finding(observed: SourceObserved, step: Step, left: number, state: Finding['state']): Finding {
  return {
    rule: KEY_EXPIRING,
    severity: step.severity,
    state,
    fingerprint: `${KEY_EXPIRING}:${observed.source}:${observed.account}:${step.days}`,
    evidence: { after: Math.floor(Math.max(0, left) / DAY), threshold: step.days },
    text: state === 'raised' ? expiring(observed, left) : renewal(observed, left),
  };
}

function expiring({ source }: SourceObserved, left: number): Wording {
  const name = sourceName(source);
  const [ru, en, setting] =
    source === 'ozon' ? ['ключ API', 'API key', 'OZON_API_KEY'] : ['токен', 'token', 'WB_API_KEY'];
  const [when, whenEn] =
    left <= 0
      ? ['срок действия истёк', 'has expired']
      : [`осталось ${duration('ru', left)}`, `expires in ${duration('en', left)}`];
  return {
    ru: `${name}: ${ru}: ${when}. Создайте в личном кабинете новый и впишите его в ${setting}.`,
    en: `${name}: the ${en} ${whenEn}. Create a new one in the seller's account and set ${setting}.`,
  };
}

function renewal({ source }: SourceObserved, left: number): Wording {
  const [ru, en] = source === 'ozon' ? ['ключ API', 'API key'] : ['токен', 'token'];
  return {
    ru: `${sourceName(source)}: ${ru} обновлён, действует ещё ${duration('ru', left)}`,
    en: `${sourceName(source)}: the ${en} was renewed, it is good for ${duration('en', left)}`,
  };
}

export const keyExpiringRule: AnomalyRule = {
  name: KEY_EXPIRING,
  title: { ru: 'ключ истекает', en: 'key expires' },
  severities: ['info', 'warning', 'critical'],
  needs: ['source-observed'],
  settings: [],
  example: {
    ru: 'Ozon: ключ API: осталось 7 дней. Создайте в личном кабинете новый и впишите его в OZON_API_KEY.',
    en: "Ozon: the API key expires in 7 days. Create a new one in the seller's account and set OZON_API_KEY.",
  },
  judge: keyExpiring,
};
