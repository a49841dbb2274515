import type { Config } from '../../../config/schema.js';
import { sourceName } from '../../domain/anomaly/wording.js';
import type { Source } from '../../domain/stock-key.js';
import type { Board, BoardProduct } from '../board/contract.js';
import type { ChangePlace, KnownProduct, ProductPlace, ProductReader } from '../data/product.js';
import { type Html, html, NOTHING } from '../web/html.js';
import { type Page, type View, withQuery } from '../web/view.js';
import { type Format, formatOf } from '../words/format.js';
import { DASHBOARD_WORDS } from '../words/words.js';
import { card, chips, table } from './parts.js';
import { changesCard } from './product-changes.js';
import { historyChart } from './product-chart.js';
import { listedText, marks } from './product-text.js';

const DAY_MS = 86_400_000;
const SPANS = { day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS, quarter: 90 * DAY_MS } as const;
type SpanName = keyof typeof SPANS | 'all';
const CHANGES = 50;

export interface ProductDeps {
  readonly reader: ProductReader;
  readonly board: Board;
  readonly config: Pick<Config, 'timeZone' | 'retention'>;
  readonly now: () => number;
}

/** Null where nobody knows the product. */
export function productPage(deps: ProductDeps) {
  return async (view: View, source: Source, account: string, productId: string): Promise<Page | null> => {
    const known = await deps.reader.known(source, account, productId);
    if (known === null) return null;
    const product = deps.board.find(source, account, productId);
    const format = formatOf(view.locale, deps.config.timeZone);
    const title = listedText(product?.offerId ?? productId);
    const places = await deps.reader.places(known, productId);
    const before = placeOf(view.query.get('before'));
    const changes = await deps.reader.changes(known, productId, CHANGES + 1, before);
    return {
      title,
      fixed: html`${head(view, source, account, productId, product, format)}`,
      parts: [
        { id: 'figures', html: figures(places, product, format, deps.now()) },
        { id: 'history', html: await history(view, deps, known, productId, places, format) },
        { id: 'places', html: placesCard(places, format) },
        { id: 'changes', html: changesCard(view, changes, CHANGES, format) },
        { id: 'threshold', html: thresholdCard(view, known) },
      ],
    };
  };
}

function head(
  view: View,
  source: Source,
  account: string,
  productId: string,
  product: BoardProduct | null,
  format: Format,
): Html {
  const words = DASHBOARD_WORDS[view.locale];
  const { ids } = words.item;
  const known = [
    sourceName(source),
    words.now.account(account),
    `${ids.product} ${productId}`,
    ...(product?.sku == null ? [] : [`${ids.sku} ${product.sku}`]),
    ...(product?.size == null ? [] : [words.products.size(listedText(product.size))]),
    ...(product?.barcodes ?? []).slice(0, 3).map((code) => `${ids.barcode} ${listedText(code)}`),
  ];
  return html`<div class="head"><h1>${listedText(product?.offerId ?? productId)}</h1>${
    product?.name != null && html`<p>${listedText(product.name)}</p>`
  } ${product !== null && marks(product, format)}</div><p class="soft small">${known.join(' · ')}</p><br>`;
}

function figures(
  places: readonly ProductPlace[],
  product: BoardProduct | null,
  format: Format,
  now: number,
): Html {
  const words = DASHBOARD_WORDS[format.locale];
  const names = words.item.figures;
  const sum = (what: 'available' | 'reserved' | 'present' | 'inWayToClient' | 'inWayFromClient') =>
    places.reduce((total, place) => total + place[what], 0);
  const tile = (name: string, value: string, beside?: string) =>
    html`<div><dt>${name}</dt><dd>${value}${beside !== undefined && html` <small>${beside}</small>`}</dd></div>`;
  const [to, from] = [sum('inWayToClient'), sum('inWayFromClient')];
  const way = `${format.number(to)} ${words.products.toClient}, ${format.number(from)} ${words.products.fromClient}`;
  const days = product?.daysOfStock ?? null;
  const confirmed = product?.confirmedAt ?? null;
  return html`<dl class="tiles">${[
    tile(names.available, format.number(sum('available'))),
    tile(names.reserved, format.number(sum('reserved'))),
    tile(names.present, format.number(sum('present'))),
    tile(names.inWay, format.number(to + from), to + from > 0 ? way : undefined),
    tile(names.days, days === null ? '—' : format.days(Math.floor(days))),
    tile(
      names.confirmed,
      confirmed === null ? '—' : words.ago(format.span(now - confirmed)),
      confirmed === null ? undefined : format.time(confirmed),
    ),
  ]}</dl>`;
}

async function history(
  view: View,
  { reader, config, now }: ProductDeps,
  known: KnownProduct,
  productId: string,
  places: readonly ProductPlace[],
  format: Format,
): Promise<Html> {
  const words = DASHBOARD_WORDS[view.locale].item;
  const chosen = spanOf(view.query.get('span'));
  const length = chosen === 'all' ? config.retention.ledgerDays * DAY_MS : SPANS[chosen];
  // Whole minutes: a chart that moves by seconds would be sent anew each time for nothing.
  const to = Math.ceil(now() / 60_000) * 60_000;
  const sum = (what: 'available' | 'reserved') => places.reduce((total, place) => total + place[what], 0);
  const present = { available: sum('available'), reserved: sum('reserved') };
  const span = { from: to - length, to };
  const [points, marked] = await Promise.all([
    reader.history(known, productId, present, span),
    reader.failures(known, span.from),
  ]);
  const names = ['day', 'week', 'month', 'quarter', 'all'] as const;
  const choices = names.map((name) => ({
    href: withQuery(view, { span: name === 'month' ? undefined : name }),
    text: words.spans[name],
    isChosen: name === chosen,
  }));
  return card(
    { id: 'history-title', title: words.history, more: chips(words.spanLabel, choices) },
    historyChart(points, marked, { format, isLong: length > 3 * DAY_MS, span, isAll: chosen === 'all' }),
  );
}

function spanOf(text: string | null): SpanName {
  return text === 'day' || text === 'week' || text === 'quarter' || text === 'all' ? text : 'month';
}

function placesCard(places: readonly ProductPlace[], format: Format): Html {
  const words = DASHBOARD_WORDS[format.locale];
  const { item, products } = words;
  if (places.length === 0)
    return card({ id: 'places-title', title: item.places }, html`<p class="empty">${item.noPlaces}</p>`);
  const columns = [
    { label: item.scheme },
    { label: item.place },
    { label: products.columns.available, isNumber: true },
    { label: products.columns.reserved, isNumber: true },
    { label: products.columns.present, isNumber: true },
    { label: item.toClient, isNumber: true },
    { label: item.fromClient, isNumber: true },
    { label: item.observed, isNumber: true },
  ];
  const rows = places.map(
    (place) => html`<tr><th scope="row">${place.scheme.toUpperCase()}</th>
<td class="wide">${place.warehouseId === '' ? html`<span class="soft">${item.total}</span>` : place.warehouseId}</td>
${format.cell(place.available, products.columns.available)}${format.cell(place.reserved, products.columns.reserved)}${format.cell(place.present, products.columns.present)}
${format.cell(place.inWayToClient, item.toClient)}${format.cell(place.inWayFromClient, item.fromClient)}
<td class="n small soft" data-label="${item.observed}">${format.moment(place.observedAt)}</td></tr>`,
  );
  return card({ id: 'places-title', title: item.places }, table(item.places, columns, rows));
}

function thresholdCard(view: View, known: KnownProduct): Html {
  const words = DASHBOARD_WORDS[view.locale].item;
  if (!view.mayAct) return NOTHING;
  return card(
    { id: 'threshold-title', title: words.threshold },
    html`<div class="inside"><form class="line" method="post" action="/do/threshold-of">
<input type="hidden" name="to" value="${withQuery(view, {})}"><input type="hidden" name="product" value="${view.path}">
<label>${words.threshold}<input type="number" name="pieces" min="0" step="1" value="${known.lowStock ?? ''}" aria-describedby="threshold-help"></label>
<button>${words.save}</button></form><p class="soft small" id="threshold-help">${words.thresholdHelp}</p></div>`,
  );
}

/** «moment.offset.index»; what is none begins at the newest. */
function placeOf(text: string | null): ChangePlace | undefined {
  const [, at, offset, index] = /^(\d{1,13})\.(\d{1,15})\.(\d{1,9})$/.exec(text ?? '') ?? [];
  if (at === undefined || offset === undefined || index === undefined) return undefined;
  return { at: Number(at), offset: Number(offset), index: Number(index) };
}
