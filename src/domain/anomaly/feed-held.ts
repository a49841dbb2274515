import { isCatalogue, parseFeed } from '../feed.js';
import type { AppliedSnapshot, FeedFacts, Finding, HeldSnapshot, JudgedSnapshot } from './finding.js';
import type { AnomalyRule } from './rule.js';
import { feedLabel, number, plural, sourceName, syncCommand, type Wording } from './wording.js';

export const FEED_HELD = 'feed-held';

/** The shrink guard held a snapshot back: a person should look. The next snapshot that is applied resolves it. */
export function feedHeld(snapshot: JudgedSnapshot): Finding[] {
  if (snapshot.type === 'snapshot-held') return [held(snapshot)];
  // A read of only what is new is no proof that the whole is sound again.
  return snapshot.type === 'snapshot-applied' && snapshot.partial !== true ? [released(snapshot)] : [];
}

function held(snapshot: HeldSnapshot): Finding {
  const { feed, source, rowsBefore: before, rowsSeen: after, reason } = snapshot;
  const command = `${syncCommand(source)} --full-resync --accept-absences`;
  const what = whatWouldVanish(snapshot);
  const thing = saysStock(snapshot) ? STOCK : CATALOGUE;
  return {
    rule: FEED_HELD,
    severity: 'critical',
    state: 'raised',
    fingerprint: `${FEED_HELD}:${feed}`,
    evidence: { before, after, reason },
    text: {
      ru: `${sourceName(source)}: ${thing.held.ru}: ${what.ru} (${feedLabel('ru', snapshot)}); ${thing.meanwhile.ru}. Если товаров и правда больше нет, выполните «${command}». Если это сбой маркетплейса, ничего не делайте: верный снимок применится сам, а такой же будет принят, когда придёт целиком трижды с промежутком не меньше часа (сейчас ${snapshot.confirmations} из 3).`,
      en: `${sourceName(source)}: ${thing.held.en}: ${what.en} (${feedLabel('en', snapshot)}); ${thing.meanwhile.en}. If the products are really gone, run “${command}”. If the marketplace is at fault, do nothing: a sound snapshot is applied by itself, and an equal one is accepted once it has come complete three times, an hour or more apart (now ${snapshot.confirmations} of 3).`,
    },
  };
}

const STOCK = {
  held: { ru: 'снимок остатков придержан', en: 'a stock snapshot is held back' },
  meanwhile: { ru: 'пока остаётся в силе прежний остаток', en: 'the last known stock stays for now' },
  released: { ru: 'снимки остатков снова применяются', en: 'stock snapshots are applied again' },
} as const;
const CATALOGUE = {
  held: { ru: 'каталог товаров придержан', en: 'the catalogue of products is held back' },
  meanwhile: { ru: 'пока остаётся в силе прежний каталог', en: 'the last known catalogue stays for now' },
  released: { ru: 'каталог товаров снова применяется', en: 'the catalogue of products is applied again' },
} as const;

function saysStock({ feed }: FeedFacts): boolean {
  const parts = parseFeed(feed);
  return parts === null || !isCatalogue(parts);
}

function whatWouldVanish(snapshot: HeldSnapshot): Wording {
  const { rowsBefore, rowsSeen, inStockBefore, inStockVanishing } = snapshot;
  const [ru, en] = saysStock(snapshot)
    ? ['товаров с остатком', 'products with stock']
    : ['товаров', 'products'];
  if (rowsSeen === 0) {
    return {
      ru: `пришёл пустой ответ, а было ${number('ru', rowsBefore)} ${plural('ru', rowsBefore, { one: 'строка', few: 'строки', many: 'строк' })}`,
      en: `the answer is empty, ${number('en', rowsBefore)} ${plural('en', rowsBefore, { one: 'row was', many: 'rows were' })} known`,
    };
  }
  return {
    ru: `из ответа ${plural('ru', inStockVanishing, { one: 'пропал бы', many: 'пропали бы' })} ${number('ru', inStockVanishing)} из ${number('ru', inStockBefore)} ${ru}`,
    en: `${number('en', inStockVanishing)} of ${number('en', inStockBefore)} ${en} would vanish`,
  };
}

function released(snapshot: AppliedSnapshot): Finding {
  const { feed, source } = snapshot;
  const { released: what } = saysStock(snapshot) ? STOCK : CATALOGUE;
  const ru = `${sourceName(source)}: ${what.ru} (${feedLabel('ru', snapshot)})`;
  const en = `${sourceName(source)}: ${what.en} (${feedLabel('en', snapshot)})`;
  const base = { rule: FEED_HELD, severity: 'critical', fingerprint: `${FEED_HELD}:${feed}` } as const;
  return { ...base, state: 'resolved', evidence: {}, text: { ru, en } };
}

export const feedHeldRule: AnomalyRule = {
  name: FEED_HELD,
  title: { ru: 'снимок придержан', en: 'snapshot held back' },
  severities: ['critical'],
  needs: ['snapshot-held', 'snapshot-applied'],
  settings: ['ABSENCE_LIMIT', 'ABSENCE_MIN'],
  example: {
    ru: 'Ozon: снимок остатков придержан: из ответа пропали бы 40 из 50 товаров с остатком (выгрузка product-stocks); пока остаётся в силе прежний остаток. Если товаров и правда больше нет, выполните «inventory-sync sync --source=ozon --full-resync --accept-absences». Если это сбой маркетплейса, ничего не делайте: верный снимок применится сам, а такой же будет принят, когда придёт целиком трижды с промежутком не меньше часа (сейчас 1 из 3).',
    en: 'Ozon: a stock snapshot is held back: 40 of 50 products with stock would vanish (feed product-stocks); the last known stock stays for now. If the products are really gone, run “inventory-sync sync --source=ozon --full-resync --accept-absences”. If the marketplace is at fault, do nothing: a sound snapshot is applied by itself, and an equal one is accepted once it has come complete three times, an hour or more apart (now 1 of 3).',
  },
  judge: feedHeld,
};
