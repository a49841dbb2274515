import { describe, expect, it } from 'vitest';
import { checkOzonKey } from '../../../../src/marketplaces/ozon/key-check.js';

const never = new AbortController().signal;
const STOCKS = '/v4/product/info/stocks';
const LIST = '/v3/product/list';

const check = (...roles: { name: string; methods: readonly string[] }[]) =>
  checkOzonKey(
    { roles: () => Promise.resolve({ expiresAt: '2027-02-18T09:54:23.296Z', roles }) },
    [STOCKS, LIST],
    never,
  );

describe('checkOzonKey', () => {
  it.each<[string, { name: string; methods: string[] }[], (boolean | undefined)[], string[]]>([
    ['a role that names both', [{ name: 'Product read-only', methods: [LIST, STOCKS] }], [true, true], []],
    [
      'two roles that name one each',
      [
        { name: 'A', methods: [LIST] },
        { name: 'B', methods: [STOCKS, LIST] },
      ],
      [true, true],
      [],
    ],
    ['a role that names one', [{ name: 'X', methods: [LIST] }], [false, true], [STOCKS]],
    [
      'roles that name neither',
      [{ name: 'Posting FBS', methods: ['/v1/posting'] }],
      [false, false],
      [STOCKS, LIST],
    ],
    [
      'a family of methods',
      [{ name: 'X', methods: ['/v4/product/info', '/v3/prod'] }],
      [undefined, false],
      [LIST],
    ],
    [
      'Admin with the shortened list of the documents',
      [{ name: 'Admin', methods: ['/v1/actions'] }],
      [undefined, undefined],
      [],
    ],
    ['Admin whose list names one', [{ name: 'admin read only', methods: [LIST] }], [undefined, true], []],
    ['roles without methods', [{ name: 'X', methods: [] }], [undefined, undefined], []],
    ['no roles', [], [undefined, undefined], []],
  ])('with %s', async (_name, roles, allowed, missing) => {
    const result = await check(...roles);
    expect(result.needed.map((method) => method.path)).toEqual([STOCKS, LIST]);
    expect(result.needed.map((method) => method.allowed)).toEqual(allowed);
    expect(result.missing).toEqual(missing);
    expect(result.expiresAt).toBe('2027-02-18T09:54:23.296Z');
  });

  it('lists what is allowed once', async () => {
    const result = await check({ name: 'A', methods: [LIST, STOCKS] }, { name: 'B', methods: [LIST] });
    expect(result.allowed).toEqual([LIST, STOCKS]);
  });
});
