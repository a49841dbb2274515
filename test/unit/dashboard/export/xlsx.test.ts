import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { BoardProduct } from '../../../../src/dashboard/board/contract.js';
import { productColumns } from '../../../../src/dashboard/export/columns.js';
import { productDownload } from '../../../../src/dashboard/export/download.js';
import { boardProduct } from '../board/products.js';

const NOW = Date.parse('2026-11-23T09:05:00Z');

async function parts(products: readonly BoardProduct[]): Promise<Record<string, string>> {
  const { body } = productDownload('xlsx', products, { locale: 'en', timeZone: 'Europe/Moscow', now: NOW });
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk as Uint8Array));
  const files = unzipSync(Buffer.concat(chunks));
  return Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes).toString('utf8')]),
  );
}

const SHEET = 'xl/worksheets/sheet1.xml';

/** The cell of a column in the first row of figures. */
async function cell(fields: Partial<BoardProduct>, title: string): Promise<string | undefined> {
  const sheet = (await parts([boardProduct(fields)]))[SHEET] ?? '';
  const [, row = ''] = sheet.match(/<row>.*?<\/row>/gs) ?? [];
  const index = productColumns('en').findIndex((column) => column.title === title);
  return row.match(/<c(?:\/>|[ >].*?<\/c>)/gs)?.[index];
}

describe('products as a workbook', () => {
  it('has every part that Office Open XML asks for, and each that is named is there', async () => {
    const files = await parts([boardProduct()]);
    expect(Object.keys(files).sort()).toEqual(
      [
        '[Content_Types].xml',
        '_rels/.rels',
        'xl/_rels/workbook.xml.rels',
        'xl/styles.xml',
        'xl/workbook.xml',
        SHEET,
      ].sort(),
    );
    const named = [...(files['[Content_Types].xml'] ?? '').matchAll(/PartName="\/(.*?)"/g)].map(
      ([, name]) => name,
    );
    expect(named.sort()).toEqual(['xl/styles.xml', 'xl/workbook.xml', SHEET].sort());
    const [, root] = /Target="(.*?)"/.exec(files['_rels/.rels'] ?? '') ?? [];
    expect(root).toBe('xl/workbook.xml');
    const targets = [...(files['xl/_rels/workbook.xml.rels'] ?? '').matchAll(/Target="(.*?)"/g)];
    for (const [, target] of targets) expect(files).toHaveProperty([`xl/${target}`]);
    const [, relation] = /r:id="(.*?)"/.exec(files['xl/workbook.xml'] ?? '') ?? [];
    expect(files['xl/_rels/workbook.xml.rels']).toContain(
      `Id="${relation}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"`,
    );
    for (const xml of Object.values(files)) expectBalanced(xml);
  });

  it('numbers are numbers, and ids are texts to the last digit', async () => {
    expect(await cell({ available: 4 }, 'Available')).toBe('<c><v>4</v></c>');
    expect(await cell({ productId: '9007199254740993' }, 'Product ID')).toContain('>9007199254740993</t>');
    expect(await cell({ productId: '9007199254740993' }, 'Product ID')).toContain('t="inlineStr"');
    expect(await cell({ barcodes: ['00460', '7'] }, 'Barcodes')).toContain('>00460, 7</t>');
    expect(await cell({ sku: null }, 'SKU')).toBe('<c/>');
  });

  it('what looks like a formula is a text', async () => {
    expect(await cell({ name: '=HYPERLINK("x")' }, 'Name')).toContain('t="inlineStr"');
  });

  it('times are dates of the zone', async () => {
    const at = Date.parse('2026-11-23T21:00:00Z');
    // Midnight of 24 November in Moscow; Excel's day 46350 is 2026-11-24.
    expect(await cell({ changedAt: at }, 'Changed')).toBe('<c s="2"><v>46350</v></c>');
  });

  it('hostile texts neither break the XML nor change on the way', async () => {
    const name = '</t><x>&amp;"\u0000\u0008\uFFFF\ud800_x000D_\r\n🏷';
    const said = (await cell({ name }, 'Name')) ?? '';
    expect(said).toContain('&lt;/t&gt;&lt;x&gt;&amp;amp;"');
    expect(said).toContain('_x005F_x000D_&#13;\n🏷</t>');
    expect(said).not.toMatch(/[\u0000-\u0008\uFFFF]/);
    expectBalanced((await parts([boardProduct({ name, offerId: name, size: name })]))[SHEET] ?? '');
  });

  it('holds all rows under one header, each with all columns', async () => {
    const many = Array.from({ length: 1_203 }, (_, index) => boardProduct({ productId: String(index) }));
    const sheet = (await parts(many))[SHEET] ?? '';
    const rows = sheet.match(/<row>.*?<\/row>/gs) ?? [];
    expect(rows).toHaveLength(1_204);
    const columns = productColumns('en').length;
    for (const row of rows) expect(row.match(/<c[ />]/g)).toHaveLength(columns);
    expect(sheet).toContain('<autoFilter ref="A1:X1204"/>');
    expect(columns).toBe(24);
  });

  it('refuses what a sheet cannot hold, before anything is sent', () => {
    const tooMany = { length: 1_048_576 } as unknown as readonly BoardProduct[];
    const options = { locale: 'en', timeZone: 'UTC', now: NOW } as const;
    expect(() => productDownload('xlsx', tooMany, options)).toThrow('do not fit');
  });
});

/** Every element that is opened is closed, in order. */
function expectBalanced(xml: string): void {
  const open: string[] = [];
  for (const [, close, name = '', empty] of xml.matchAll(/<(\/?)([A-Za-z][\w:]*)[^<>]*?(\/?)>/g)) {
    if (close === '/') expect(open.pop()).toBe(name);
    else if (empty !== '/') open.push(name);
  }
  expect(open).toEqual([]);
}
