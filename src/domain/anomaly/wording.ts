import { parseFeed } from '../feed.js';
import type { Source } from '../stock-key.js';
import type { FeedFacts, Movement } from './finding.js';

export const LOCALES = ['ru', 'en'] as const;
export type Locale = (typeof LOCALES)[number];

/** Texts of a rule, one per language. */
export type Wording = Readonly<Record<Locale, string>>;

const SOURCE_NAMES: Readonly<Record<Source, string>> = { ozon: 'Ozon', wildberries: 'Wildberries' };
/** Longest article or name that is shown, in characters as a reader counts them. */
const LABEL_LENGTH = 120;
/** UTF-16 code units per letter, on the average: an emoji of a family of four has eleven. */
const MOST_UNITS = 12;

// Making an Intl object costs far more than using it, and a bad day has ten thousand findings.
const segmenter = new Intl.Segmenter();
const tools = {
  ru: toolsOf('ru'),
  en: toolsOf('en'),
} as const;

function toolsOf(locale: Locale) {
  const oneDecimal = { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 } as const;
  return {
    number: new Intl.NumberFormat(locale),
    percent: new Intl.NumberFormat(locale, oneDecimal),
    signed: new Intl.NumberFormat(locale, { ...oneDecimal, signDisplay: 'exceptZero' }),
    plural: new Intl.PluralRules(locale),
  };
}

export function sourceName(source: Source): string {
  return SOURCE_NAMES[source];
}

export function number(locale: Locale, value: number): string {
  return tools[locale].number.format(value).replace('-', '−');
}

/** A share of 0 to 1 and beyond as percent with one decimal. */
export function percent(locale: Locale, share: number): string {
  return tools[locale].percent.format(share);
}

/** With its sign, a true minus and not a hyphen. */
export function signedPercent(locale: Locale, share: number): string {
  return tools[locale].signed.format(share).replace('-', '−');
}

/** Word forms by grammatical number. Russian needs all three, English `one` and `many`. */
export interface Forms {
  readonly one: string;
  readonly few?: string;
  readonly many: string;
}

/** The form that goes with the count, without the count. */
export function plural(locale: Locale, count: number, forms: Forms): string {
  const category = tools[locale].plural.select(count);
  if (category === 'one') return forms.one;
  return category === 'few' ? (forms.few ?? forms.many) : forms.many;
}

export function pieces(locale: Locale, count: number): string {
  if (locale === 'ru') return `${number('ru', count)} шт.`;
  return `${number('en', count)} ${plural('en', count, { one: 'unit', many: 'units' })}`;
}

const DAYS = {
  ru: { one: 'день', few: 'дня', many: 'дней' },
  en: { one: 'day', many: 'days' },
} as const;

/** A span of time in its largest fitting unit, rounded down: minutes, from an hour on hours, from two days on days. */
export function duration(locale: Locale, milliseconds: number): string {
  const minutes = Math.floor(Math.max(0, milliseconds) / 60_000);
  if (minutes < 60) return `${minutes} ${locale === 'ru' ? 'мин' : 'min'}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} ${locale === 'ru' ? 'ч' : 'h'}`;
  return days(locale, Math.floor(hours / 24));
}

export function days(locale: Locale, count: number): string {
  return `${number(locale, count)} ${plural(locale, count, DAYS[locale])}`;
}

/** What reads a source anew. */
export function syncCommand(source: Source): string {
  return `inventory-sync sync --source=${source === 'ozon' ? 'ozon' : 'wb'}`;
}

/**
 * A foreign text made fit for one line: control characters, line breaks, invisible characters and those that turn
 * the direction of writing become spaces, halves of characters become U+FFFD, and what is too long is cut.
 */
export function oneLine(text: string, maxLength = LABEL_LENGTH): string {
  const clean = text
    .replace(/[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]+/gu, ' ')
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/\s+/gu, (space) => (space === '\u00a0' || space === '\u202f' ? space : ' '))
    .trim();
  return clean.length <= maxLength ? clean : cut(clean, maxLength);
}

/** By letters as a reader counts them; a letter may be many code points, but not without end. */
function cut(text: string, maxLength: number): string {
  let room = '';
  let length = 0;
  let letters = 0;
  for (const { segment } of segmenter.segment(text)) {
    letters += 1;
    length += segment.length;
    if (letters > maxLength || length > maxLength * MOST_UNITS) return `${room}…`;
    if (letters < maxLength) room += segment;
  }
  return text;
}

/** Article and name where known, else the product's id. */
export function productLabel(
  locale: Locale,
  product: Pick<Movement, 'productId' | 'offerId' | 'name'>,
): string {
  const article = oneLine(product.offerId ?? '');
  const name = oneLine(product.name ?? '');
  const quoted = locale === 'ru' ? `«${name}»` : `“${name}”`;
  if (article !== '') {
    const label = locale === 'ru' ? `арт. ${article}` : `SKU ${article}`;
    return name === '' ? label : `${label} ${quoted}`;
  }
  const id = oneLine(product.productId);
  return name === '' ? `id ${id}` : `${quoted} (id ${id})`;
}

/** The feed without what its source already says. */
export function feedLabel(locale: Locale, facts: FeedFacts): string {
  const feed = parseFeed(facts.feed);
  const name = oneLine(feed?.endpoint ?? facts.feed);
  const warehouse = feed?.warehouse === undefined ? '' : oneLine(feed.warehouse);
  if (locale === 'ru') return `выгрузка ${name}${warehouse && `, склад ${warehouse}`}`;
  return `feed ${name}${warehouse && `, warehouse ${warehouse}`}`;
}
