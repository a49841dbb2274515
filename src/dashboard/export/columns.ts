import { type Locale, sourceName } from '../../domain/anomaly/wording.js';
import { SCHEMES, type Scheme } from '../../domain/stock-key.js';
import type { BoardProduct } from '../board/contract.js';

/**
 * A value of a downloaded table. `id`: digits that are no number to reckon with, kept exactly; `time`: Unix
 * milliseconds.
 */
export type Cell =
  | { readonly kind: 'text' | 'id'; readonly value: string | null }
  | { readonly kind: 'number'; readonly value: number | null }
  | { readonly kind: 'time'; readonly value: number | null };

export interface Column {
  readonly title: string;
  /** Characters, for programs that show a table. */
  readonly width: number;
  readonly cell: (product: BoardProduct) => Cell;
}

interface Words {
  readonly columns: readonly string[];
  readonly schemes: Readonly<Record<Scheme, string>>;
  readonly yes: string;
  readonly no: string;
}

const WORDS: Readonly<Record<Locale, Words>> = {
  ru: {
    columns: [
      'Маркетплейс',
      'Кабинет',
      'Артикул',
      'Название',
      'ID товара',
      'SKU',
      'Размер',
      'Штрихкоды',
      'Всего, шт.',
      'В резерве, шт.',
      'Доступно, шт.',
      'В пути к клиенту, шт.',
      'В пути от клиента, шт.',
      'Хватит на дней',
      'Заканчивается',
      'Снимок задержан',
      'В архиве',
      'Изменён',
      'Подтверждён',
    ],
    schemes: {
      fbo: 'Доступно FBO, шт.',
      fbs: 'Доступно FBS, шт.',
      rfbs: 'Доступно rFBS, шт.',
      fbp: 'Доступно FBP, шт.',
      fbw: 'Доступно FBW, шт.',
    },
    yes: 'да',
    no: 'нет',
  },
  en: {
    columns: [
      'Marketplace',
      'Account',
      'Article',
      'Name',
      'Product ID',
      'SKU',
      'Size',
      'Barcodes',
      'Present',
      'Reserved',
      'Available',
      'On the way to buyers',
      'On the way back',
      'Days of stock',
      'Low',
      'Held back',
      'Archived',
      'Changed',
      'Confirmed',
    ],
    schemes: {
      fbo: 'Available FBO',
      fbs: 'Available FBS',
      rfbs: 'Available rFBS',
      fbp: 'Available FBP',
      fbw: 'Available FBW',
    },
    yes: 'yes',
    no: 'no',
  },
};

/** Of the columns before and after those of the schemes. */
const WIDTHS = [14, 14, 20, 48, 16, 16, 10, 20, 12, 14, 14, 22, 22, 16, 14, 16, 12, 18, 18];

/** What a download of products shows, in the order of its columns. */
export function productColumns(locale: Locale): readonly Column[] {
  const { columns, schemes, yes, no } = WORDS[locale];
  const said = (value: boolean) => text(value ? yes : no);
  const cells: ((product: BoardProduct) => Cell)[] = [
    ({ source }) => text(sourceName(source)),
    ({ account }) => id(account),
    ({ offerId }) => text(offerId),
    ({ name }) => text(name),
    ({ productId }) => id(productId),
    ({ sku }) => id(sku),
    ({ size }) => text(size),
    ({ barcodes }) => id(barcodes.length === 0 ? null : barcodes.join(', ')),
    ({ present }) => number(present),
    ({ reserved }) => number(reserved),
    ({ available }) => number(available),
    ({ inWayToClient }) => number(inWayToClient),
    ({ inWayFromClient }) => number(inWayFromClient),
    ({ daysOfStock }) => number(daysOfStock === null ? null : Math.round(daysOfStock * 10) / 10),
    ({ low }) => said(low),
    ({ held }) => said(held),
    ({ archived }) => said(archived),
    ({ changedAt }) => ({ kind: 'time', value: changedAt }),
    ({ confirmedAt }) => ({ kind: 'time', value: confirmedAt }),
  ];
  const all = cells.map((cell, index) => ({ title: columns[index] ?? '', width: WIDTHS[index] ?? 12, cell }));
  const perScheme = SCHEMES.map((scheme) => ({
    title: schemes[scheme],
    width: 18,
    cell: (product: BoardProduct) => number(product.schemes[scheme] ?? null),
  }));
  const afterTotals = columns.length - 6;
  return [...all.slice(0, afterTotals), ...perScheme, ...all.slice(afterTotals)];
}

function text(value: string | null): Cell {
  return { kind: 'text', value };
}

function id(value: string | null): Cell {
  return { kind: 'id', value };
}

function number(value: number | null): Cell {
  return { kind: 'number', value };
}
