import { stringify } from 'csv-stringify/sync';
import { type Locale, oneLine, sourceName } from '../../domain/anomaly/wording.js';
import { changeOf, type ProductLine, type ShopReport } from '../../streams/report/report.js';
import { REPORT_WORDS } from '../../streams/report/report-words.js';

/** More would make the mail too large for many mailboxes; those in which least happened are left out. */
const MOST_LINES = 20_000;

export interface ReportCsv {
  readonly content: Uint8Array;
  readonly shown: number;
  readonly all: number;
}

/** All products as a table that Excel opens in Russian: semicolons, decimal commas, UTF-8 with a byte order mark. */
export function reportCsv(shops: readonly ShopReport[], locale: Locale): ReportCsv {
  const room = Math.floor(MOST_LINES / Math.max(1, shops.length));
  const rows = shops.flatMap((shop) => shop.lines.slice(0, room).map((line) => cells(shop, line)));
  const all = shops.reduce((sum, { lines }) => sum + lines.length, 0);
  const text = stringify([REPORT_WORDS[locale].csvColumns, ...rows], {
    delimiter: ';',
    bom: true,
    record_delimiter: 'windows',
  });
  return { content: Buffer.from(text, 'utf8'), shown: rows.length, all };
}

function cells({ source, account }: ShopReport, line: ProductLine): string[] {
  const texts = [sourceName(source), account, line.article, line.name, line.productId];
  const figures = [line.before, line.available, changeOf(line), line.sold, line.received].map(String);
  return [...texts.map(harmless), ...figures, String(line.daysOut).replace('.', ',')];
}

/**
 * A text that no spreadsheet takes for a formula: those begin with = + - @, also behind spaces, tabs and line breaks.
 * Names come from marketplaces, and from whoever writes there.
 */
export function harmless(text: string): string {
  const clean = oneLine(text, 1000);
  return /^\s*[=+\-@＝＋－＠]/u.test(clean) ? `'${clean}` : clean;
}
