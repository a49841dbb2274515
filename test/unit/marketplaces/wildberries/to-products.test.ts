import { describe, expect, it } from 'vitest';
import { parseExactJson } from '../../../../src/domain/json.js';
import { cataloguedCard } from '../../../../src/marketplaces/wildberries/to-products.js';
import { thrownBy } from '../support/answers.js';

const size = (over: object = {}) => ({
  chrtID: 11,
  techSize: 'M',
  wbSize: '48',
  skus: ['2037401340280'],
  ...over,
});
const card = (over: object = {}) => ({
  nmID: 1,
  imtID: 2,
  vendorCode: 'A-1',
  title: 'Платье',
  sizes: [size()],
  ...over,
});
const first = (over: object) => cataloguedCard(card({ sizes: [size(over)] }))[0];

describe('a card', () => {
  it('is as many products as it has sizes', () => {
    const sizes = [size(), size({ chrtID: 12, techSize: 'L', skus: ['1', '2'] })];
    const common = { offerId: 'A-1', name: 'Платье', cardId: '1' };
    expect(cataloguedCard(card({ sizes }))).toEqual([
      { ...common, productId: '11', size: 'M', barcodes: ['2037401340280'] },
      { ...common, productId: '12', size: 'L', barcodes: ['1', '2'] },
    ]);
  });

  it('without sizes is none', () => {
    expect(cataloguedCard(card({ sizes: [] }))).toEqual([]);
  });

  it.each([
    ['M', '48', 'M'],
    ['', '48', '48'],
    [undefined, '48', '48'],
    ['0', '', undefined],
    ['0', '0', undefined],
    [null, null, undefined],
    ['0', '42', '42'],
    ['00', '', '00'],
  ])('with techSize %j and wbSize %j has the size %j', (techSize, wbSize, wanted) => {
    expect(first({ techSize, wbSize })?.size).toBe(wanted);
  });

  it.each(['007', '0', `'";--`, '👗 платье', 'я'.repeat(300), ' с краю '])(
    'keeps the article %j as it is',
    (code) => {
      expect(cataloguedCard(card({ vendorCode: code }))[0]?.offerId).toBe(code);
      expect(cataloguedCard(card({ title: code }))[0]?.name).toBe(code);
    },
  );

  it.each([undefined, null, '', '  '])(
    'that says %j for article, name and barcodes says nothing',
    (nothing) => {
      const [only] = cataloguedCard(
        card({ vendorCode: nothing, title: nothing, sizes: [size({ skus: null })] }),
      );
      expect(only).toMatchObject({ offerId: undefined, name: undefined, barcodes: undefined });
    },
  );

  it('that lists no barcodes has none', () => {
    expect(first({ skus: [] })?.barcodes).toEqual([]);
  });

  it('keeps long ids exact', () => {
    const row = parseExactJson('{"nmID":9007199254740993,"sizes":[{"chrtID":9223372036854775807}]}');
    expect(cataloguedCard(row)).toMatchObject([
      { productId: '9223372036854775807', cardId: '9007199254740993' },
    ]);
  });

  it('that names a size twice has it once, with all barcodes', () => {
    const sizes = [size({ skus: ['1', '2', '1'] }), size({ skus: ['2', '3'] })];
    expect(cataloguedCard(card({ sizes }))).toMatchObject([{ productId: '11', barcodes: ['1', '2', '3'] }]);
  });

  it.each([
    ['nmID', { nmID: 0 }],
    ['nmID', { nmID: undefined, nmId: 1 }],
    ['nmID', { nmID: '1x' }],
    ['sizes', { sizes: undefined }],
    ['sizes', { sizes: {} }],
    ['sizes', { sizes: [null] }],
    ['chrtID', { sizes: [size(), size({ chrtID: 0 })] }],
    ['chrtID', { sizes: [size({ chrtID: undefined, chrtId: 5 })] }],
    ['chrtID', { sizes: [size({ chrtID: 1.5 })] }],
    ['vendorCode', { vendorCode: 5 }],
    ['title', { title: {} }],
    ['techSize', { sizes: [size({ techSize: 5 })] }],
    ['skus', { sizes: [size({ skus: [5] })] }],
    ['skus', { sizes: [size({ skus: '5' })] }],
  ])('with an unreadable %s is refused', (field, over) => {
    expect(thrownBy(() => cataloguedCard(card(over)))).toMatchObject({
      code: 'RECORD_INVALID',
      facts: { field },
    });
  });

  it.each([null, [], 'x'])('is not %j', (row) => {
    expect(thrownBy(() => cataloguedCard(row))).toMatchObject({ code: 'RECORD_INVALID' });
  });
});
