import { sourceName } from '../../domain/anomaly/wording.js';
import type { ArticlePair, BoardProduct } from '../board/contract.js';
import { type Html, html } from '../web/html.js';
import type { Format } from '../words/format.js';
import { DASHBOARD_WORDS } from '../words/words.js';
import { table } from './parts.js';
import { listedText, productLink } from './product-text.js';

/** The same article on both marketplaces, side by side. */
export function articleTable(pairs: readonly ArticlePair[], format: Format): Html {
  const words = DASHBOARD_WORDS[format.locale].products;
  const columns = [
    { label: words.columns.article },
    { label: words.columns.name },
    { label: sourceName('ozon'), isNumber: true },
    { label: `${sourceName('ozon')}: ${words.columns.reserved.toLowerCase()}`, isNumber: true },
    { label: sourceName('wildberries'), isNumber: true },
    { label: `${sourceName('wildberries')}: ${words.columns.inWay.toLowerCase()}`, isNumber: true },
    { label: words.both, isNumber: true },
  ];
  return table(
    words.views.articles,
    columns,
    pairs.map((pair) => row(pair, format)),
  );
}

function row({ article, ozon, wildberries }: ArticlePair, format: Format): Html {
  const words = DASHBOARD_WORDS[format.locale].products;
  const name = [...ozon, ...wildberries].find((one) => one.name !== null)?.name ?? '';
  const available = sum(ozon, 'available') + sum(wildberries, 'available');
  const inWay = sum(wildberries, 'inWayToClient') + sum(wildberries, 'inWayFromClient');
  return html`<tr><th scope="row">${listedText(article)}</th><td class="name wide">${listedText(name)}</td>
${stock(ozon, sourceName('ozon'), format)}${figure(ozon, sum(ozon, 'reserved'), `Ozon, ${words.columns.reserved}`, format)}
${stock(wildberries, sourceName('wildberries'), format)}${figure(wildberries, inWay, `WB, ${words.columns.inWay}`, format)}
${format.cell(available, words.both)}</tr>`;
}

/** A link to each product: an article may stand on several, Wildberries counts sizes. */
function stock(products: readonly BoardProduct[], label: string, format: Format): Html {
  const words = DASHBOARD_WORDS[format.locale].products;
  if (products.length === 0)
    return html`<td class="n soft small" data-label="${label}">${words.notThere}</td>`;
  const links = products.map((product, index) => {
    const size = product.size === null ? '' : `${listedText(product.size)}: `;
    return html`${index > 0 && html`<br>`}<span class="soft small">${size}</span><a href="${productLink(product)}">${format.number(product.available)}</a>`;
  });
  return html`<td class="n" data-label="${label}">${links}</td>`;
}

function figure(products: readonly BoardProduct[], value: number, label: string, format: Format): Html {
  return products.length === 0
    ? html`<td class="n soft" data-label="${label}">—</td>`
    : format.cell(value, label);
}

function sum(
  products: readonly BoardProduct[],
  what: 'available' | 'reserved' | 'inWayToClient' | 'inWayFromClient',
): number {
  return products.reduce((total, product) => total + product[what], 0);
}
