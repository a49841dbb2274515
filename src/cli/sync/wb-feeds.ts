import type { Locale } from '../words.js';

type Category = 'content' | 'marketplace';
/** The setting WB_FBS_STOCKS. */
type FbsStocks = 'auto' | 'marketplace' | 'report' | 'off';

/** Which feeds of Wildberries are read besides the stock report. */
export interface WbFeeds {
  readonly cards: boolean;
  /** How the stock of the seller's own warehouses is read; null: not at all. */
  readonly fbs: 'marketplace' | 'report' | null;
}

/** The marketplace method asks for sizes by id, and the ids are in the cards. */
export function fbsMethod(setting: FbsStocks, has: (category: Category) => boolean): WbFeeds['fbs'] {
  const able = has('content') && has('marketplace');
  if (setting === 'auto') return able ? 'marketplace' : 'report';
  if (setting === 'marketplace') return able ? 'marketplace' : null;
  return setting === 'report' ? 'report' : null;
}

/** What is not read for want of a category in the token, and what to do about it. */
export function leftOut({ cards, fbs }: WbFeeds, setting: FbsStocks, locale: Locale): readonly string[] {
  const words = LEFT_OUT[locale];
  return [...(cards ? [] : [words.cards]), ...(setting === 'marketplace' && fbs === null ? [words.fbs] : [])];
}

const LEFT_OUT: Readonly<Record<Locale, { readonly cards: string; readonly fbs: string }>> = {
  ru: {
    cards:
      'в токене WB нет категории «Контент», поэтому карточки не читаются: названий, артикулов и баркодов не будет. ' +
      'Создайте токен с этой категорией: «Профиль → Интеграции по API»',
    fbs:
      'остатки FBS не читаются: для WB_FBS_STOCKS=marketplace токену WB нужны категории «Контент» и «Маркетплейс». ' +
      'Создайте токен с ними («Профиль → Интеграции по API») или уберите WB_FBS_STOCKS',
  },
  en: {
    cards:
      'the WB token lacks the category Content, so cards are not read: there will be no names, articles and barcodes. ' +
      'Make a token with it («Профиль → Интеграции по API» in the seller account)',
    fbs:
      'FBS stock is not read: WB_FBS_STOCKS=marketplace needs a WB token with the categories Content and Marketplace. ' +
      'Make one («Профиль → Интеграции по API» in the seller account), or remove WB_FBS_STOCKS',
  },
};
