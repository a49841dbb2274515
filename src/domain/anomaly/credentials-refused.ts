import type { FeedFacts, Finding, JudgedSnapshot } from './finding.js';
import type { AnomalyRule } from './rule.js';
import { feedLabel, oneLine, sourceName } from './wording.js';

const CREDENTIALS_REFUSED = 'credentials-refused';

/** The code of errors.ts for a key or token that is not accepted. */
const REFUSED = 'API_CREDENTIALS';

/**
 * The marketplace refuses key or token: told at the first refusal, for no retry helps. An incident of the feed and
 * not of the account, because a key may lack the right to one method while all others work. One that says itself
 * that it is no good is never tried: no read fails then, and a look tells of it.
 */
export function credentialsRefused(snapshot: JudgedSnapshot): Finding[] {
  if (snapshot.type === 'snapshot-failed') {
    return snapshot.code === REFUSED ? [refused(snapshot, oneLine(snapshot.message, 300))] : [];
  }
  if (snapshot.type === 'source-observed') {
    const { keyRefused } = snapshot;
    return keyRefused === undefined ? [] : [unfit(snapshot, oneLine(keyRefused, 300))];
  }
  return snapshot.type === 'snapshot-applied' && snapshot.part === 1 ? [accepted(snapshot)] : [];
}

function refused(facts: FeedFacts, reason: string): Finding {
  return raised(facts, reason, {
    ru: ({ of, key }) => [`маркетплейс не принимает ${key} (${of})`, 'Ответ'],
    en: ({ of, key }) => [`the marketplace refuses the ${key} (${of})`, 'The answer'],
  });
}

function unfit(facts: FeedFacts, reason: string): Finding {
  return raised(facts, reason, {
    ru: ({ of, key }) => [`${key} не годится, остатки не читаются (${of})`, 'Причина'],
    en: ({ of, key }) => [`the ${key} is no good, stock is not read (${of})`, 'Cause'],
  });
}

/** What happened, and what the reason given is. */
type Words = (about: { readonly of: string; readonly key: string }) => readonly [string, string];

function raised(facts: FeedFacts, reason: string, words: Readonly<Record<'ru' | 'en', Words>>): Finding {
  const name = sourceName(facts.source);
  const setting = facts.source === 'ozon' ? 'OZON_API_KEY' : 'WB_API_KEY';
  const key = keyOf(facts);
  const [ru, ruReason] = words.ru({ of: feedLabel('ru', facts), key: key.ru });
  const [en, enReason] = words.en({ of: feedLabel('en', facts), key: key.en });
  return {
    ...common(facts),
    state: 'raised',
    evidence: { reason },
    text: {
      ru: `${name}: ${ru}. Создайте в личном кабинете новый с нужными правами, впишите его в ${setting} и выполните «inventory-sync check». ${ruReason}: ${reason}`,
      en: `${name}: ${en}. Create a new one with the rights it needs in the seller's account, set ${setting} and run “inventory-sync check”. ${enReason}: ${reason}`,
    },
  };
}

function keyOf({ source }: FeedFacts): { readonly ru: string; readonly en: string } {
  return source === 'ozon' ? { ru: 'ключ API', en: 'API key' } : { ru: 'токен', en: 'token' };
}

function accepted(facts: FeedFacts): Finding {
  const name = sourceName(facts.source);
  const { ru, en } = keyOf(facts);
  return {
    ...common(facts),
    state: 'resolved',
    evidence: {},
    text: {
      ru: `${name}: ${ru} снова принимается (${feedLabel('ru', facts)})`,
      en: `${name}: the ${en} is accepted again (${feedLabel('en', facts)})`,
    },
  };
}

function common({ feed }: FeedFacts) {
  const fingerprint = `${CREDENTIALS_REFUSED}:${feed}`;
  return { rule: CREDENTIALS_REFUSED, severity: 'critical', fingerprint } as const;
}

export const credentialsRefusedRule: AnomalyRule = {
  name: CREDENTIALS_REFUSED,
  title: { ru: 'ключ не принимается', en: 'credentials refused' },
  severities: ['critical'],
  needs: ['snapshot-failed', 'source-observed', 'snapshot-applied'],
  settings: [],
  example: {
    ru: 'Ozon: маркетплейс не принимает ключ API (выгрузка product-stocks). Создайте в личном кабинете новый с нужными правами, впишите его в OZON_API_KEY и выполните «inventory-sync check». Ответ: HTTP 403, Invalid Api-Key',
    en: "Ozon: the marketplace refuses the API key (feed product-stocks). Create a new one with the rights it needs in the seller's account, set OZON_API_KEY and run “inventory-sync check”. The answer: HTTP 403, Invalid Api-Key",
  },
  judge: credentialsRefused,
};
