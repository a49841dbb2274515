import type { AppliedSnapshot, Finding, HeldSnapshot, JudgedSnapshot } from './finding.js';
import { feedLabel, number, plural, sourceName, type Wording } from './wording.js';

export const FEED_HELD = 'feed-held';

/** The shrink guard held a snapshot back: a person should look. The next snapshot that is applied resolves it. */
export function feedHeld(snapshot: JudgedSnapshot): Finding[] {
  if (snapshot.type === 'snapshot-held') return [held(snapshot)];
  // A read of only what is new is no proof that the whole is sound again.
  return snapshot.type === 'snapshot-applied' && snapshot.partial !== true ? [released(snapshot)] : [];
}

function held(snapshot: HeldSnapshot): Finding {
  const { feed, source, rowsBefore: before, rowsSeen: after, reason } = snapshot;
  const command = `inventory-sync sync --source=${source === 'ozon' ? 'ozon' : 'wb'} --full-resync --accept-absences`;
  const what = whatWouldVanish(snapshot);
  return {
    rule: FEED_HELD,
    severity: 'critical',
    state: 'raised',
    fingerprint: `${FEED_HELD}:${feed}`,
    evidence: { before, after, reason },
    text: {
      ru: `${sourceName(source)}: снимок остатков придержан: ${what.ru} (${feedLabel('ru', snapshot)}); пока остаётся в силе прежний остаток. Если товаров и правда больше нет, выполните «${command}». Если это сбой маркетплейса, ничего не делайте: верный снимок применится сам, а такой же будет принят, когда придёт целиком трижды с промежутком не меньше часа (сейчас ${snapshot.confirmations} из 3).`,
      en: `${sourceName(source)}: a stock snapshot is held back: ${what.en} (${feedLabel('en', snapshot)}); the last known stock stays for now. If the products are really gone, run “${command}”. If the marketplace is at fault, do nothing: a sound snapshot is applied by itself, and an equal one is accepted once it has come complete three times, an hour or more apart (now ${snapshot.confirmations} of 3).`,
    },
  };
}

function whatWouldVanish(snapshot: HeldSnapshot): Wording {
  const { rowsBefore, rowsSeen, inStockBefore, inStockVanishing } = snapshot;
  if (rowsSeen === 0) {
    return {
      ru: `пришёл пустой ответ, а было ${number('ru', rowsBefore)} ${plural('ru', rowsBefore, { one: 'строка', few: 'строки', many: 'строк' })}`,
      en: `the answer is empty, ${number('en', rowsBefore)} ${plural('en', rowsBefore, { one: 'row was', many: 'rows were' })} known`,
    };
  }
  return {
    ru: `из ответа ${plural('ru', inStockVanishing, { one: 'пропал бы', many: 'пропали бы' })} ${number('ru', inStockVanishing)} из ${number('ru', inStockBefore)} товаров с остатком`,
    en: `${number('en', inStockVanishing)} of ${number('en', inStockBefore)} products with stock would vanish`,
  };
}

function released(snapshot: AppliedSnapshot): Finding {
  const { feed, source } = snapshot;
  const ru = `${sourceName(source)}: снимки остатков снова применяются (${feedLabel('ru', snapshot)})`;
  const en = `${sourceName(source)}: stock snapshots are applied again (${feedLabel('en', snapshot)})`;
  const base = { rule: FEED_HELD, severity: 'critical', fingerprint: `${FEED_HELD}:${feed}` } as const;
  return { ...base, state: 'resolved', evidence: {}, text: { ru, en } };
}
