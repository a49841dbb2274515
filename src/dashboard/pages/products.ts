import type { Config } from '../../../config/schema.js';
import { sourceName } from '../../domain/anomaly/wording.js';
import { SOURCES, type Source } from '../../domain/stock-key.js';
import { AppError, isAppError } from '../../errors.js';
import { within } from '../../ops/deadline.js';
import {
  BOARD_FILTERS,
  BOARD_SORTS,
  type Board,
  type BoardFilter,
  type BoardProduct,
  type BoardQuery,
  type BoardSort,
} from '../board/contract.js';
import type { WarehouseReader, WarehouseStock, WarehousesOf } from '../data/warehouses.js';
import { type Html, html } from '../web/html.js';
import { type Page, type View, withQuery } from '../web/view.js';
import { type Format, formatOf } from '../words/format.js';
import { DASHBOARD_WORDS } from '../words/words.js';
import { articleTable } from './articles.js';
import { type Column, chips, table } from './parts.js';
import { listedText, marks, productLink, schemesText, warehousesText } from './product-text.js';

const PAGE_SIZE = 50;
const LONGEST_SEARCH = 200;
const WAREHOUSES_MS = 1_000;

export interface ProductsDeps {
  readonly board: Board;
  readonly warehouses: WarehouseReader;
  readonly config: Pick<Config, 'timeZone'>;
}

/** What a list of products asks for, out of an address; what makes no sense in it is left out. */
export function boardQueryOf(query: URLSearchParams): BoardQuery {
  const text = (query.get('q') ?? '').trim().slice(0, LONGEST_SEARCH);
  const filters = query
    .getAll('only')
    .filter((name): name is BoardFilter => BOARD_FILTERS.some((one) => one === name));
  const sort = BOARD_SORTS.find((one) => one === query.get('sort'));
  return {
    text: text === '' ? undefined : text,
    source: SOURCES.find((one) => one === query.get('source')),
    filters,
    sort,
    descending: query.get('down') === '1',
  };
}

/** Whether the list of that address shows articles, the marketplaces side by side. */
export function isSideBySide(query: URLSearchParams): boolean {
  return query.get('view') === 'articles';
}

export function productsPage(deps: ProductsDeps) {
  return async (view: View): Promise<Page> => {
    const words = DASHBOARD_WORDS[view.locale];
    const format = formatOf(view.locale, deps.config.timeZone);
    const isPaired = isSideBySide(view.query);
    return {
      title: words.products.title,
      fixed: html`<div class="head"><h1>${words.products.title}</h1></div>${controls(view, isPaired)}`,
      parts: [{ id: 'products', html: await results(deps, view, format, isPaired) }],
    };
  };
}

function controls(view: View, isPaired: boolean): Html {
  const words = DASHBOARD_WORDS[view.locale].products;
  const { query } = view;
  const asked = boardQueryOf(query);
  const kept = [...query].filter(([name]) => !['q', 'from'].includes(name));
  const first = { from: undefined };
  const source = (value: Source | undefined, text: string) => ({
    href: withQuery(view, { ...first, source: value }),
    text,
    isChosen: asked.source === value,
  });
  const filter = (name: BoardFilter) => ({
    href: toggled(view, name),
    text: words.filters[name],
    isChosen: asked.filters?.includes(name) === true,
  });
  const kind = (value: string | undefined, text: string, isChosen: boolean) => ({
    href: withQuery(view, { ...first, view: value }),
    text,
    isChosen,
  });
  return html`<div class="bar">
<form class="line" role="search" action="/products">${kept.map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}
<label>${words.search}<input type="search" name="q" value="${asked.text ?? ''}" maxlength="${LONGEST_SEARCH}" autocomplete="off" spellcheck="false"></label>
<button class="main">${words.find}</button></form>
<div class="acts">${chips(words.source, [source(undefined, words.allSources), ...SOURCES.map((one) => source(one, sourceName(one)))])}
${chips(words.viewLabel, [kind(undefined, words.views.list, !isPaired), kind('articles', words.views.articles, isPaired)])}</div>
${chips(words.filtersLabel, BOARD_FILTERS.map(filter))}
</div>`;
}

function toggled({ path, query }: View, name: BoardFilter): string {
  const next = new URLSearchParams(query);
  const chosen = next.getAll('only');
  next.delete('only');
  next.delete('from');
  for (const one of chosen) if (one !== name) next.append('only', one);
  if (!chosen.includes(name)) next.append('only', name);
  return withQuery({ path, query: next }, {});
}

async function results(deps: ProductsDeps, view: View, format: Format, isPaired: boolean): Promise<Html> {
  const { board } = deps;
  const words = DASHBOARD_WORDS[view.locale];
  if (board.loadedAt === null)
    return html`<section class="card"><p class="empty">${words.loading}</p></section>`;
  const query = boardQueryOf(view.query);
  const from = offsetOf(view.query);
  const { total, shown, content } = isPaired
    ? pairs(board, format, query, from)
    : await list(deps, view, format, query, from);
  const count = format.number(total);
  const found = isPaired ? words.products.foundArticles(total, count) : words.products.found(total, count);
  const isEmpty =
    total === 0 &&
    Object.values(query).every((one) => one === undefined || one === false || String(one) === '');
  return html`<section class="card" aria-labelledby="found"><header><h2 id="found">${found}</h2><div class="more">${downloads(view)}</div></header>${
    total === 0
      ? html`<p class="empty">${isEmpty ? words.products.empty : words.products.nothing}</p>`
      : content
  }${total > 0 && pager(view, format, { from, shown, total })}</section>`;
}

async function list(
  { board, warehouses }: ProductsDeps,
  view: View,
  format: Format,
  query: BoardQuery,
  from: number,
) {
  const words = DASHBOARD_WORDS[view.locale].products;
  const { total, products } = board.page(query, from, PAGE_SIZE);
  const stocks = await soon(warehouses(products));
  const columns: Column[] = [
    sortable(view, query, 'article', words.columns.article, false),
    sortable(view, query, 'name', words.columns.name, false),
    { label: words.columns.source },
    { label: words.columns.schemes },
    sortable(view, query, 'available', words.columns.available, true),
    sortable(view, query, 'reserved', words.columns.reserved, true),
    { label: words.columns.inWay, isNumber: true },
    sortable(view, query, 'days', words.columns.days, true),
    sortable(view, query, 'changed', words.columns.changed, true),
  ];
  const rows = products.map((product) => row(product, stocks(product), format));
  return { total, shown: products.length, content: table(words.title, columns, rows) };
}

/** The list itself needs no database: where that is away or slow, warehouses are left out. */
async function soon(asked: Promise<WarehousesOf>): Promise<WarehousesOf> {
  try {
    return await within(WAREHOUSES_MS, asked, () => new AppError('TIMED_OUT', 'warehouses took too long'));
  } catch (error) {
    if (isAppError(error)) return () => [];
    throw error;
  }
}

function row(product: BoardProduct, stocks: readonly WarehouseStock[], format: Format): Html {
  const words = DASHBOARD_WORDS[format.locale].products;
  const { columns } = words;
  const days = product.daysOfStock;
  return html`<tr><th scope="row"><a href="${productLink(product)}">${listedText(product.offerId ?? product.productId)}</a></th>
<td class="name wide">${listedText(product.name ?? '')} ${product.size !== null && html`<span class="soft small">${words.size(listedText(product.size))}</span> `}${marks(product, format)}</td>
<td>${sourceName(product.source)}</td>
<td class="small wide">${schemesText(product, format)}${warehousesText(product, stocks, format)}</td>
${format.cell(product.available, columns.available)}${format.cell(product.reserved, columns.reserved)}
${format.cell(product.inWayToClient + product.inWayFromClient, columns.inWay)}
<td class="n${days === null && ' zero'}" data-label="${columns.days}">${days === null ? '—' : words.days(format.number(Math.floor(days)))}</td>
<td class="n small soft" data-label="${columns.changed}">${product.changedAt === null ? '—' : format.moment(product.changedAt)}</td></tr>`;
}

function sortable(view: View, query: BoardQuery, sort: BoardSort, text: string, isNumber: boolean): Column {
  const words = DASHBOARD_WORDS[view.locale].products;
  const isSorted = (query.sort ?? 'article') === sort;
  const isDown = isSorted && query.descending === true;
  // Figures are mostly wanted from the largest on.
  const down = isSorted ? !isDown : isNumber && sort !== 'days';
  const href = withQuery(view, { sort, down: down ? '1' : undefined, from: undefined });
  const arrow = isSorted ? (isDown ? ' ↓' : ' ↑') : '';
  return {
    label: html`<a href="${href}" aria-label="${words.sortBy(text)}"${isSorted && html` data-sorted="1"`}>${text}${arrow}</a>`,
    isNumber,
    sorted: isSorted ? (isDown ? 'descending' : 'ascending') : undefined,
  };
}

function pairs(board: Board, format: Format, query: BoardQuery, from: number) {
  const { total, pairs: found } = board.articles(query, from, PAGE_SIZE);
  return { total, shown: found.length, content: articleTable(found, format) };
}

function downloads(view: View): Html {
  const words = DASHBOARD_WORDS[view.locale].products;
  const to = (path: string) => withQuery({ path, query: view.query }, { from: undefined });
  return html`${words.download}: <a href="${to('/products.csv')}" download>CSV</a> · <a href="${to('/products.xlsx')}" download>XLSX</a>`;
}

interface Window {
  readonly from: number;
  readonly shown: number;
  readonly total: number;
}

function pager(view: View, format: Format, { from, shown, total }: Window): Html {
  const words = DASHBOARD_WORDS[view.locale].products;
  const to = (offset: number) => withQuery(view, { from: offset > 0 ? String(offset) : undefined });
  const place = words.shown(format.number(from + 1), format.number(from + shown), format.number(total));
  return html`<nav class="pages" aria-label="${words.next}"><span>${place}</span><span class="right">${
    from > 0 && html`<a rel="prev" href="${to(Math.max(0, from - PAGE_SIZE))}">← ${words.previous}</a>`
  }${from + shown < total && html`<a rel="next" href="${to(from + PAGE_SIZE)}">${words.next} →</a>`}</span></nav>`;
}

function offsetOf(query: URLSearchParams): number {
  const text = query.get('from') ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}
