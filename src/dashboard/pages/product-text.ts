import { oneLine } from '../../domain/anomaly/wording.js';
import type { BoardProduct } from '../board/contract.js';
import type { WarehouseStock } from '../data/warehouses.js';
import { type Html, html } from '../web/html.js';
import type { Format } from '../words/format.js';
import { DASHBOARD_WORDS } from '../words/words.js';
import { state } from './parts.js';

const LONGEST_NAME = 160;

/** A foreign text in a list: one line without what hides or turns letters around. */
export function listedText(text: string): string {
  return oneLine(text, LONGEST_NAME);
}

export function productLink({
  source,
  account,
  productId,
}: Pick<BoardProduct, 'source' | 'account' | 'productId'>): string {
  return `/product/${source}/${encodeURIComponent(account)}/${encodeURIComponent(productId)}`;
}

/** «FBO 12 · FBS 3». */
export function schemesText({ schemes }: BoardProduct, format: Format): string {
  const parts = Object.entries(schemes).map(
    ([name, pieces]) => `${name.toUpperCase()} ${format.number(pieces)}`,
  );
  return parts.join(' · ');
}

/** To be opened: «117986: 12 · 507: 3», with the scheme where there are several. */
export function warehousesText(
  { source, account, productId }: BoardProduct,
  stocks: readonly WarehouseStock[],
  format: Format,
): Html | null {
  if (stocks.length === 0) return null;
  const words = DASHBOARD_WORDS[format.locale].products;
  const hasSchemes = new Set(stocks.map(({ scheme }) => scheme)).size > 1;
  const parts = stocks.map(({ scheme, warehouseId, available }) => {
    const place = hasSchemes ? `${scheme.toUpperCase()} ${warehouseId}` : warehouseId;
    return `${listedText(place)}: ${format.number(available)}`;
  });
  return html`<details id="places-${source}-${account}-${productId}"><summary title="${words.warehousesHelp}">${words.warehouses(format.number(stocks.length))}</summary>${parts.join(' · ')}</details>`;
}

/** What there is to know of it at one look. */
export function marks(product: BoardProduct, format: Format): readonly Html[] {
  const words = DASHBOARD_WORDS[format.locale].products;
  const found: Html[] = [];
  if (product.held) found.push(state('bad', words.held));
  if (product.available === 0 && !product.archived) found.push(state('bad', words.out));
  else if (product.low) found.push(state('warn', words.low));
  if (product.archived) found.push(state('idle', words.archived));
  return found.map((mark) => html`${mark} `);
}
