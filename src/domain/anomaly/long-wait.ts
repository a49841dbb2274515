import type { AppliedSnapshot, FailedSnapshot, Finding, JudgedSnapshot } from './finding.js';
import type { AnomalyRule } from './rule.js';
import { HOUR } from './time.js';
import { duration, feedLabel, sourceName } from './wording.js';

const LONG_WAIT = 'long-wait';

/** The code of errors.ts for "not before". */
const LIMITED = 'API_LIMITED';
/** Shorter waits are a busy minute. */
const LEAST_WAIT = HOUR;

/** The marketplace will not listen for an hour or longer. The next read that works resolves it. */
export function longWait(snapshot: JudgedSnapshot): Finding[] {
  if (snapshot.type === 'snapshot-applied') return snapshot.part === 1 ? [over(snapshot)] : [];
  if (snapshot.type !== 'snapshot-failed' || snapshot.code !== LIMITED) return [];
  const { at, notBefore } = snapshot;
  if (at === undefined || notBefore === undefined || notBefore - at < LEAST_WAIT) return [];
  return [waiting(snapshot, notBefore - at)];
}

function waiting(snapshot: FailedSnapshot, wait: number): Finding {
  const name = sourceName(snapshot.source);
  return {
    ...common(snapshot),
    state: 'raised',
    evidence: { after: Math.round(wait / HOUR), threshold: LEAST_WAIT / HOUR },
    text: {
      ru: `${name}: маркетплейс просит подождать ${duration('ru', wait)} (${feedLabel('ru', snapshot)}), до тех пор остатки не обновляются. Делать ничего не нужно; если это повторяется, запускайте синхронизацию реже и проверьте, не пользуется ли тем же ключом другая программа.`,
      en: `${name}: the marketplace asks to wait ${duration('en', wait)} (${feedLabel('en', snapshot)}), stock is not updated until then. There is nothing to do; if it comes again, synchronise less often and check whether another program uses the same key.`,
    },
  };
}

function over(snapshot: AppliedSnapshot): Finding {
  const name = sourceName(snapshot.source);
  return {
    ...common(snapshot),
    state: 'resolved',
    evidence: {},
    text: {
      ru: `${name}: маркетплейс снова отвечает (${feedLabel('ru', snapshot)})`,
      en: `${name}: the marketplace answers again (${feedLabel('en', snapshot)})`,
    },
  };
}

function common({ feed }: JudgedSnapshot) {
  return { rule: LONG_WAIT, severity: 'warning', fingerprint: `${LONG_WAIT}:${feed}` } as const;
}

export const longWaitRule: AnomalyRule = {
  name: LONG_WAIT,
  title: { ru: 'маркетплейс просит подождать', en: 'the marketplace asks to wait' },
  severities: ['warning'],
  needs: ['snapshot-failed', 'snapshot-applied'],
  settings: [],
  example: {
    ru: 'Wildberries: маркетплейс просит подождать 5 ч (выгрузка wb-warehouses), до тех пор остатки не обновляются. Делать ничего не нужно; если это повторяется, запускайте синхронизацию реже и проверьте, не пользуется ли тем же ключом другая программа.',
    en: 'Wildberries: the marketplace asks to wait 5 h (feed wb-warehouses), stock is not updated until then. There is nothing to do; if it comes again, synchronise less often and check whether another program uses the same key.',
  },
  judge: longWait,
};
