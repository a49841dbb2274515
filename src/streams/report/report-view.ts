import { type Locale, number, oneLine, percent, sourceName } from '../../domain/anomaly/wording.js';
import { changeOf, type ProductLine, type ShopReport } from './report.js';
import { REPORT_WORDS } from './report-words.js';

/** What a report shows, ready to be set as text or HTML. Texts are clean single lines, not yet escaped. */
export interface ReportView {
  readonly subject: string;
  readonly title: string;
  readonly period: string;
  readonly shops: readonly ShopView[];
  readonly notes: readonly string[];
}

export interface ShopView {
  readonly heading: string;
  readonly figures: readonly (readonly [name: string, value: string])[];
  readonly tables: readonly TableView[];
}

export interface TableView {
  readonly heading: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly after: string;
}

export interface ReportViewOptions {
  readonly locale: Locale;
  readonly timeZone: string;
  /** Milliseconds → date and time, and the date alone, for people. */
  readonly time: (at: number) => string;
  readonly day: (at: number) => string;
  readonly since: number;
  readonly until: number;
  /** The table of all products goes along. */
  readonly attached: boolean;
  /** Accounts that have stock in the tables, and that the settings do not name any more. */
  readonly noLongerRead?: readonly Pick<ShopReport, 'source' | 'account'>[] | undefined;
}

/** Rows of a table; the rest is counted, and in the attachment. */
const MOST_ROWS = 10;

export function reportView(shops: readonly ShopReport[], options: ReportViewOptions): ReportView {
  const { locale, day, time, since, until, timeZone, attached, noLongerRead = [] } = options;
  const words = REPORT_WORDS[locale];
  const figures = shops.map(({ source, stock }) => `${sourceName(source)} ${move(locale, stock)}`);
  const left = noLongerRead
    .map(({ source, account }) => `${sourceName(source)} ${oneLine(account, 64)}`)
    .join(', ');
  return {
    subject: words.subject(day(since), day(until), figures.join(', ') || words.nothing),
    title: words.title,
    period: words.period(time(since), time(until), timeZone),
    shops: shops.map((shop) => shopView(shop, shops, options)),
    notes: [
      ...(shops.length === 0 ? [words.noShops] : attached ? [words.csv] : []),
      ...(left === '' ? [] : [words.noLongerRead(left)]),
    ],
  };
}

function shopView(shop: ShopReport, shops: readonly ShopReport[], options: ReportViewOptions): ShopView {
  const { locale, time } = options;
  const { figures, ...words } = REPORT_WORDS[locale];
  const { runs, confirmedAt, neverInStock } = shop;
  const n = (value: number) => number(locale, value);
  const isOneOfSeveral = shops.filter(({ source }) => source === shop.source).length > 1;
  const share = percent(locale, runs.total === 0 ? 0 : runs.succeeded / runs.total);
  return {
    heading: isOneOfSeveral ? `${sourceName(shop.source)} ${oneLine(shop.account)}` : sourceName(shop.source),
    figures: [
      [figures.products, words.productsLine(n(shop.products), n(shop.inStock))],
      [figures.stock, move(locale, shop.stock)],
      [figures.sold, n(shop.sold)],
      [figures.received, n(shop.received)],
      [
        figures.runs,
        runs.total === 0 ? words.noRuns : words.runsLine(n(runs.succeeded), n(runs.total), share),
      ],
      [figures.fresh, confirmedAt === null ? words.never : time(confirmedAt)],
    ],
    tables: [
      moversTable(words.down, shop.down, locale),
      moversTable(words.up, shop.up, locale),
      stockOutTable(shop.stockOuts, neverInStock, locale),
    ],
  };
}

function moversTable(heading: string, lines: readonly ProductLine[], locale: Locale): TableView {
  const words = REPORT_WORDS[locale];
  return {
    heading: `${heading}: ${lines.length === 0 ? words.nothing : number(locale, lines.length)}`,
    columns: [words.columns.product, words.columns.change],
    rows: lines.slice(0, MOST_ROWS).map((line) => [label(line), signed(line, locale)]),
    after: rest(lines.length, locale),
  };
}

function stockOutTable(lines: readonly ProductLine[], never: number, locale: Locale): TableView {
  const words = REPORT_WORDS[locale];
  const daysOf = ({ daysOut, available }: ProductLine) =>
    available === 0 ? `${number(locale, daysOut)}, ${words.stillOut}` : number(locale, daysOut);
  const notes = [rest(lines.length, locale), never === 0 ? '' : words.neverInStock(number(locale, never))];
  return {
    heading: `${words.stockOuts}: ${lines.length === 0 ? words.nothing : number(locale, lines.length)}`,
    columns: [words.columns.product, words.columns.days],
    rows: lines.slice(0, MOST_ROWS).map((line) => [label(line), daysOf(line)]),
    after: notes.filter((note) => note !== '').join('. '),
  };
}

function rest(count: number, locale: Locale): string {
  return count <= MOST_ROWS ? '' : `… ${REPORT_WORDS[locale].more(number(locale, count - MOST_ROWS))}`;
}

function label({ article, name, productId }: ProductLine): string {
  const [short, long] = [oneLine(article, 60), oneLine(name, 80)];
  return [short || `id ${oneLine(productId)}`, long].filter((part) => part !== '').join(' ');
}

function signed(line: ProductLine, locale: Locale): string {
  const change = changeOf(line);
  const sign = change > 0 ? '+' : '';
  return `${move(locale, { before: line.before, after: line.available })} (${sign}${number(locale, change)})`;
}

function move(
  locale: Locale,
  { before, after }: { readonly before: number; readonly after: number },
): string {
  return `${number(locale, before)} → ${number(locale, after)}`;
}
