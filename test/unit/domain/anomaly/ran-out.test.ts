import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ranOut } from '../../../../src/domain/anomaly/ran-out.js';
import { applied, back, gone, held } from './snapshots.js';

describe('ran-out', () => {
  test('one finding per product that ran out, with article and name', () => {
    const [mug, other] = ranOut(
      applied({ ranOut: [gone('77', { offerId: 'ART-1', name: 'Кружка' }), gone('78')] }),
    );
    expect(mug).toMatchObject({
      rule: 'ran-out',
      severity: 'warning',
      state: 'raised',
      fingerprint: 'ran-out:ozon:123:77',
      evidence: { before: 5, after: 0 },
      product: { productId: '77', offerId: 'ART-1', name: 'Кружка' },
    });
    expect(mug?.text).toEqual({
      ru: 'Ozon: товар закончился: арт. ART-1 «Кружка», было 5 шт., стало 0 шт.',
      en: 'Ozon: out of stock: SKU ART-1 “Кружка”, 5 units before, 0 units now',
    });
    expect(other?.text.ru).toContain('id 78,');
  });

  test('a product that came back resolves', () => {
    expect(ranOut(applied({ cameBack: [back('77')] }))).toMatchObject([
      { state: 'resolved', fingerprint: 'ran-out:ozon:123:77', evidence: { before: 0, after: 7 } },
    ]);
  });

  test('continued lists are read as well, held snapshots are not', () => {
    expect(ranOut(applied({ part: 2, ranOut: [gone('1')] }))).toHaveLength(1);
    expect(ranOut(held())).toEqual([]);
  });

  test('the incident is the product’s, whichever feed noticed', () => {
    const feed = 'wildberries:abc:fbs-stocks:501';
    const facts = { feed, source: 'wildberries', account: 'abc' } as const;
    const [finding] = ranOut(applied({ ...facts, ranOut: [gone('9')] }));
    expect(finding?.fingerprint).toBe('ran-out:wildberries:abc:9');
    expect(finding?.text.ru).toMatch(/^Wildberries: /);
  });

  test('a first snapshot raises nothing, whatever it holds', () => {
    const ids = fc.array(fc.stringMatching(/^[1-9]\d{0,8}$/), { maxLength: 20 });
    fc.assert(
      fc.property(ids, ids, (out, home) => {
        const findings = ranOut(
          applied({ first: true, ranOut: out.map((id) => gone(id)), cameBack: home.map((id) => back(id)) }),
        );
        expect(findings.map((finding) => finding.state)).toEqual(home.map(() => 'resolved'));
      }),
    );
  });
});
