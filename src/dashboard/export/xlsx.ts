import { setImmediate as turn } from 'node:timers/promises';
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import type { Locale } from '../../domain/anomaly/wording.js';
import { AppError } from '../../errors.js';
import type { BoardListing, BoardProduct } from '../board/contract.js';
import type { ZoneClock } from '../board/zone.js';
import { productColumns } from './columns.js';
import { cellXml, packageParts, STYLES, sheetEnd, sheetStart } from './xlsx-parts.js';

const ROWS = 500;
/** A sheet ends at row 1,048,576, and the first one is the header (ECMA-376 as Excel implements it). */
const MOST_ROWS = 1_048_575;

/**
 * The products as a workbook of one sheet (Office Open XML, ECMA-376): figures are numbers, times are dates of the
 * zone, ids and whatever people wrote are texts and nothing else. As much is made as is asked for.
 *
 * @throws USAGE where a sheet cannot hold so many
 */
export function productsXlsx(
  products: BoardListing,
  words: { readonly locale: Locale; readonly clock: ZoneClock },
): AsyncGenerator<Uint8Array> {
  if (products.length > MOST_ROWS) throw tooMany(products.length);
  return workbook(products, words);
}

async function* workbook(
  products: BoardListing,
  { locale, clock }: { readonly locale: Locale; readonly clock: ZoneClock },
): AsyncGenerator<Uint8Array> {
  const columns = productColumns(locale);
  const made: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    made.push(chunk);
  });
  const encoder = new TextEncoder();
  for (const [name, xml] of packageParts(locale)) {
    const part = new ZipPassThrough(name);
    zip.add(part);
    part.push(encoder.encode(xml), true);
  }
  const sheet = new ZipDeflate('xl/worksheets/sheet1.xml', { level: 3 });
  zip.add(sheet);
  const header = columns.map(({ title }) => cellXml({ kind: 'text', value: title }, clock, STYLES.header));
  sheet.push(encoder.encode(`${sheetStart(columns)}<row>${header.join('')}</row>`));
  for (const some of portions(products)) {
    const rows = some.map(
      (product) => `<row>${columns.map(({ cell }) => cellXml(cell(product), clock)).join('')}</row>`,
    );
    sheet.push(encoder.encode(rows.join('')));
    yield* made.splice(0);
    await turn();
  }
  sheet.push(encoder.encode(sheetEnd(columns.length, products.length + 1)), true);
  zip.end();
  yield* made.splice(0);
}

function* portions(products: Iterable<BoardProduct>): Generator<readonly BoardProduct[]> {
  let portion: BoardProduct[] = [];
  for (const product of products) {
    if (portion.push(product) < ROWS) continue;
    yield portion;
    portion = [];
  }
  if (portion.length > 0) yield portion;
}

function tooMany(count: number): AppError {
  const en = {
    what: `${count} products do not fit into one sheet`,
    remedy: 'narrow the filter, or take CSV',
  };
  const ru = {
    what: `${count} товаров не помещаются на один лист`,
    remedy: 'Сузьте отбор или скачайте CSV',
  };
  return new AppError('USAGE', en.what, { advice: { en, ru } });
}
