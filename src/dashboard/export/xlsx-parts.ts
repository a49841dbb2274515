import type { Locale } from '../../domain/anomaly/wording.js';
import type { ZoneClock } from '../board/zone.js';
import type { Cell, Column } from './columns.js';

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** Indices into the cell formats of {@link stylesXml}. */
export const STYLES = { header: 1, time: 2, text: 3 } as const;

/** A cell holds no more characters (Excel's limit). */
const LONGEST_TEXT = 32_767;
/** Days of Excel's calendar before 1970. */
const EPOCH_DAYS = 25_569;
const DAY = 86_400_000;

/** Everything in the package but the sheet, by name; each of them is required to open it. */
export function packageParts(locale: Locale): ReadonlyMap<string, string> {
  return new Map([
    ['[Content_Types].xml', contentTypesXml()],
    ['_rels/.rels', relationsXml([['officeDocument', 'xl/workbook.xml']])],
    ['xl/workbook.xml', workbookXml(locale === 'ru' ? 'Остатки' : 'Stock')],
    [
      'xl/_rels/workbook.xml.rels',
      relationsXml([
        ['worksheet', 'worksheets/sheet1.xml'],
        ['styles', 'styles.xml'],
      ]),
    ],
    ['xl/styles.xml', stylesXml()],
  ]);
}

/** The header stays in sight. */
export function sheetStart(columns: readonly Column[]): string {
  const widths = columns.map(
    ({ width }, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
  );
  return (
    `${HEAD}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0">` +
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>' +
    `<cols>${widths.join('')}</cols><sheetData>`
  );
}

export function sheetEnd(columns: number, rows: number): string {
  return `</sheetData><autoFilter ref="A1:${columnName(columns)}${rows}"/></worksheet>`;
}

/** Cells stand one after the other: an empty one is written too, for without names only the order tells them apart. */
export function cellXml({ kind, value }: Cell, clock: ZoneClock, style?: number): string {
  if (value === null) return '<c/>';
  if (kind === 'number') return `<c><v>${value}</v></c>`;
  if (kind === 'time') {
    const local = (value + clock.offset(value)) / DAY + EPOCH_DAYS;
    return `<c s="${STYLES.time}"><v>${Math.round(local * 86_400) / 86_400}</v></c>`;
  }
  const text = escapeXml(String(value).slice(0, LONGEST_TEXT));
  return `<c t="inlineStr" s="${style ?? STYLES.text}"><is><t xml:space="preserve">${text}</t></is></c>`;
}

/** 1 is A, 27 is AA. */
function columnName(number: number): string {
  const rest = (number - 1) % 26;
  const before = Math.floor((number - 1) / 26);
  return (before > 0 ? columnName(before) : '') + String.fromCharCode(65 + rest);
}

/**
 * What XML 1.0 has no way to say (control characters, halves of surrogate pairs) is left out or replaced, and what looks like
 * Office's own spelling of such a character, `_x000D_`, is told apart from it.
 */
function escapeXml(text: string): string {
  return (
    text
      .replace(/[\uD800-\uDFFF]/gu, '\uFFFD')
      .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '')
      .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      // Else a reader of XML makes a line feed of it.
      .replaceAll('\r', '&#13;')
  );
}

function contentTypesXml(): string {
  const part = (name: string, type: string) =>
    `<Override PartName="/xl/${name}.xml" ContentType="${TYPE}.${type}+xml"/>`;
  return (
    `${HEAD}<Types xmlns="${PACKAGE}/content-types">` +
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
    '<Default Extension="xml" ContentType="application/xml"/>' +
    part('workbook', 'sheet.main') +
    part('worksheets/sheet1', 'worksheet') +
    part('styles', 'styles') +
    '</Types>'
  );
}

function relationsXml(targets: readonly (readonly [type: string, target: string])[]): string {
  const relations = targets.map(
    ([type, target], index) =>
      `<Relationship Id="rId${index + 1}" Type="${RELATIONS}/${type}" Target="${target}"/>`,
  );
  return `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${relations.join('')}</Relationships>`;
}

function workbookXml(sheet: string): string {
  return (
    `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}">` +
    `<sheets><sheet name="${sheet}" sheetId="1" r:id="rId1"/></sheets></workbook>`
  );
}

function stylesXml(): string {
  const plain = 'fillId="0" borderId="0" xfId="0"';
  return (
    `${HEAD}<styleSheet xmlns="${MAIN}">` +
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>' +
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>' +
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>' +
    '<fills count="2"><fill><patternFill patternType="none"/></fill>' +
    '<fill><patternFill patternType="gray125"/></fill></fills>' +
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>' +
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
    `<cellXfs count="4"><xf numFmtId="0" fontId="0" ${plain}/>` +
    `<xf numFmtId="0" fontId="1" ${plain} applyFont="1"/>` +
    `<xf numFmtId="164" fontId="0" ${plain} applyNumberFormat="1"/>` +
    `<xf numFmtId="49" fontId="0" ${plain} applyNumberFormat="1"/></cellXfs>` +
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>' +
    '</styleSheet>'
  );
}
