import type { Config } from '../../../config/schema.js';
import { feedName } from '../../cli/sync/sync-words.js';
import { sourceName, syncCommand } from '../../domain/anomaly/wording.js';
import type { Source } from '../../domain/stock-key.js';
import type { Board, BoardProduct } from '../board/contract.js';
import type { KeyStanding } from '../data/keys.js';
import type { NowFeed, NowReader, NowSource, OpenAlerts } from '../data/now.js';
import { type Html, html } from '../web/html.js';
import type { Page, View } from '../web/view.js';
import { type Format, formatOf } from '../words/format.js';
import { DASHBOARD_WORDS } from '../words/words.js';
import { lastError, runLine } from './now-runs.js';
import { card, note, state, table } from './parts.js';

const HOUR_MS = 3_600_000;
const KEY_SOON_MS = 7 * 24 * HOUR_MS;

export interface NowDeps {
  readonly reader: NowReader;
  readonly board: Board;
  readonly config: Pick<Config, 'alerts' | 'sync' | 'timeZone'>;
  readonly nextRun: (source: Source, now: number) => number | null;
  readonly key: (source: Source, account: string) => Promise<KeyStanding>;
  readonly now: () => number;
}

/** What the board says in sum. */
interface BoardSums {
  readonly bySource: ReadonlyMap<Source, Sums>;
  readonly reservedByFeed: ReadonlyMap<number, number>;
}

/** Sums of the products of a source. */
interface Sums {
  products: number;
  inStock: number;
  available: number;
  reserved: number;
  inWay: number;
}

export function nowPage(deps: NowDeps) {
  const sums = boardSums(deps.board);
  return async (view: View): Promise<Page> => {
    const format = formatOf(view.locale, deps.config.timeZone);
    const words = DASHBOARD_WORDS[view.locale];
    const [sources, alerts] = await Promise.all([deps.reader.sources(), deps.reader.alerts()]);
    const shown = await Promise.all(sources.map((source) => sourceCard(source, deps, format, sums())));
    const content =
      sources.length === 0
        ? html`<section class="card"><p class="empty">${words.now.nothing} ${words.now.nothingRemedy}</p></section>`
        : html`${shown}`;
    return {
      title: words.now.title,
      fixed: html`<div class="head"><h1>${words.now.title}</h1><p>${words.product}</p></div>`,
      parts: [
        { id: 'tiles', html: tiles(sources, alerts, deps, format, sums().bySource) },
        { id: 'sources', html: content },
      ],
    };
  };
}

/** One pass over all products per version of the board. */
function boardSums(board: Board): () => BoardSums {
  let version = -1;
  let sums: BoardSums = { bySource: new Map(), reservedByFeed: new Map() };
  return () => {
    if (version === board.version) return sums;
    version = board.version;
    const bySource = new Map<Source, Sums>();
    for (const product of board.all({})) add(bySource, product);
    sums = { bySource, reservedByFeed: board.reservedByFeed() };
    return sums;
  };
}

function add(sums: Map<Source, Sums>, product: BoardProduct): void {
  const sum = sums.get(product.source) ?? { products: 0, inStock: 0, available: 0, reserved: 0, inWay: 0 };
  sum.products += 1;
  if (product.available > 0) sum.inStock += 1;
  sum.available += product.available;
  sum.reserved += product.reserved;
  sum.inWay += product.inWayToClient + product.inWayFromClient;
  sums.set(product.source, sum);
}

function tiles(
  sources: readonly NowSource[],
  alerts: OpenAlerts,
  { now, board }: NowDeps,
  format: Format,
  sums: ReadonlyMap<Source, Sums>,
): Html {
  const words = DASHBOARD_WORDS[format.locale];
  const names = words.now.tiles;
  const total = (what: keyof Sums) => [...sums.values()].reduce((sum, one) => sum + one[what], 0);
  const stock = sources.flatMap(({ feeds }) => feeds).filter((feed) => !feed.isCatalogue);
  const times = stock.flatMap(({ completeAt }) => completeAt ?? []);
  const oldest = times.length < stock.length || times.length === 0 ? null : Math.min(...times);
  const tile = (name: string, value: string, beside?: string) =>
    html`<div><dt>${name}</dt><dd>${value}${beside !== undefined && html` <small>${beside}</small>`}</dd></div>`;
  const figure = (what: keyof Sums) => (board.loadedAt === null ? '…' : format.number(total(what)));
  return html`<dl class="tiles">${[
    tile(names.products, figure('products'), words.now.inStock(figure('inStock'))),
    tile(names.available, figure('available')),
    tile(names.reserved, figure('reserved'), words.now.inWay(figure('inWay'))),
    tile(
      names.oldest,
      oldest === null ? '—' : format.span(now() - oldest),
      oldest === null ? words.never : format.time(oldest),
    ),
    tile(
      names.alerts,
      format.number(alerts.all),
      alerts.critical > 0 ? words.now.alertsCritical(format.number(alerts.critical)) : undefined,
    ),
  ]}</dl>`;
}

async function sourceCard(
  source: NowSource,
  deps: NowDeps,
  format: Format,
  { bySource, reservedByFeed }: BoardSums,
): Promise<Html> {
  const words = DASHBOARD_WORDS[format.locale];
  const accounts = [...new Set(source.feeds.map(({ account }) => account))];
  const keys = await Promise.all(accounts.map((account) => deps.key(source.source, account)));
  const now = deps.now();
  const next = deps.nextRun(source.source, now);
  const sum = bySource.get(source.source);
  const fact = (name: string, value: string | Html) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  const facts = [
    sum !== undefined && fact(words.now.available, format.number(sum.available)),
    sum !== undefined && fact(words.item.figures.reserved, format.number(sum.reserved)),
    fact(
      words.now.next,
      next === null
        ? words.now.noSchedule
        : html`${format.moment(next)} <span class="soft">${words.inTime(format.span(next - now))}, ${words.now.byTimetable}</span>`,
    ),
    keys.map((key) => fact(words.now.key[source.source], keyText(key, now, format))),
    source.last !== null && fact(words.now.lastRun, runLine(source.last, source.lastGood, now, format)),
  ];
  const heading = { id: `source-${source.source}`, title: sourceName(source.source) };
  const of = accounts.map(words.now.account).join(', ');
  return card(
    { ...heading, more: of, beside: worstState(source.feeds, deps, format) },
    html`<dl class="facts">${facts}</dl>${lastError(source, format)}${feedNotes(source.feeds, deps, format)}${
      source.feeds.length > 0 && feedTable(source, deps, format, reservedByFeed)
    }`,
  );
}

function keyText(key: KeyStanding, now: number, format: Format): Html {
  const words = DASHBOARD_WORDS[format.locale].now;
  if (key === 'unset') return state('warn', words.keyUnset);
  if (key.expiresAt === null) return html`<span class="soft">${words.keyUnknown}</span>`;
  const left = key.expiresAt - now;
  if (left <= 0) return state('bad', words.keyOver);
  return state(left <= KEY_SOON_MS ? 'warn' : 'good', words.keyLeft(format.span(left)));
}

function feedTable(
  { source, feeds }: NowSource,
  deps: NowDeps,
  format: Format,
  reserved: ReadonlyMap<number, number>,
): Html {
  const words = DASHBOARD_WORDS[format.locale].now;
  const columns = [
    { label: words.feed },
    { label: words.state },
    { label: words.complete },
    { label: words.age },
    { label: words.products, isNumber: true },
    { label: words.available, isNumber: true },
    { label: words.reserved, isNumber: true },
  ];
  return table(
    sourceName(source),
    columns,
    feeds.map((feed) => feedRow(feed, deps, format, reserved.get(feed.feedId) ?? 0)),
  );
}

function feedRow(feed: NowFeed, deps: NowDeps, format: Format, reserved: number): Html {
  const words = DASHBOARD_WORDS[format.locale];
  const now = deps.now();
  const place = feed.warehouse === null ? '' : ` · ${feed.warehouse}`;
  const age = feed.completeAt === null ? null : format.span(now - feed.completeAt);
  const limit = words.now.limit(format.span(ageLimit(feed, deps.config)));
  return html`<tr><th scope="row">${feedName(feed.endpoint, format.locale)}${place}</th>
<td>${feedState(feed, deps, format)}</td>
<td class="nowrap" data-label="${words.now.complete}">${feed.completeAt === null ? words.never : format.moment(feed.completeAt)}</td>
<td class="nowrap" data-label="${words.now.age}">${age ?? '—'} <span class="soft small">${limit}</span></td>
${feedFigures(feed, deps.board.loadedAt === null ? null : reserved, format)}</tr>`;
}

/** @param reserved null: not known yet */
function feedFigures(feed: NowFeed, reserved: number | null, format: Format): readonly Html[] {
  const { now: words } = DASHBOARD_WORDS[format.locale];
  const none = html`<td class="n soft">—</td>`;
  if (feed.isCatalogue) return [none, none, none];
  return [
    format.cell(feed.products, words.products),
    format.cell(feed.available, words.available),
    reserved === null ? none : format.cell(reserved, words.reserved),
  ];
}

function feedState(feed: NowFeed, deps: NowDeps, format: Format): Html {
  const words = DASHBOARD_WORDS[format.locale].now;
  if (feed.open !== null) {
    const { rows, of } = feed.open;
    const shown = words.rows(rows, format.number(rows));
    const bar =
      of > 0 &&
      html` <progress max="${of}" value="${Math.min(rows, of)}" aria-label="${words.running}"></progress>`;
    return html`${state('busy', words.states.running)}${bar} <span class="soft small">${shown}</span>`;
  }
  const [kind, name] = verdict(feed, deps);
  return state(kind, words.states[name]);
}

type Verdict = readonly ['good' | 'warn' | 'bad', 'fresh' | 'stale' | 'never' | 'held' | 'failing'];

function verdict(feed: NowFeed, { config, now }: Pick<NowDeps, 'config' | 'now'>): Verdict {
  if (feed.held > 0) return ['bad', 'held'];
  if (feed.failures >= config.alerts.failuresThreshold) return ['bad', 'failing'];
  if (feed.completeAt === null) return ['warn', 'never'];
  return now() - feed.completeAt > ageLimit(feed, config) ? ['bad', 'stale'] : ['good', 'fresh'];
}

/** As the health check has it: catalogues are not read whole at every run. */
function ageLimit({ isCatalogue }: NowFeed, { alerts, sync }: NowDeps['config']): number {
  return (alerts.maxSyncAgeHours + (isCatalogue ? sync.catalogueHours : 0)) * HOUR_MS;
}

function worstState(feeds: readonly NowFeed[], deps: NowDeps, format: Format): Html {
  const words = DASHBOARD_WORDS[format.locale].now;
  if (feeds.length === 0) return state('warn', words.states.never);
  const order = ['bad', 'warn', 'good'];
  const [worst] = feeds
    .map((feed) => verdict(feed, deps))
    .sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  return worst === undefined ? html`` : state(worst[0], words.states[worst[1]]);
}

/** What is wrong with each feed, and what to do about it. */
function feedNotes(feeds: readonly NowFeed[], deps: NowDeps, format: Format): readonly Html[] {
  const words = DASHBOARD_WORDS[format.locale];
  const label = words.remedy;
  return feeds.flatMap((feed) => {
    const command = syncCommand(feed.source);
    const told = (what: string, text: string) =>
      note('bad', html`<b>${feedName(feed.endpoint, format.locale)}:</b> ${what}`, { label, text });
    switch (verdict(feed, deps)[1]) {
      case 'held':
        return [told(words.now.heldWhat(format.number(feed.held)), words.now.heldRemedy(command))];
      case 'failing':
        return [told(words.now.failingWhat(format.number(feed.failures)), words.now.remedyElse(command))];
      case 'stale':
        return [told(words.now.states.stale, words.now.staleRemedy(command))];
      default:
        return [];
    }
  });
}
