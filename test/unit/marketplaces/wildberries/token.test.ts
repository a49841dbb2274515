import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../../src/domain/secret.js';
import type { AppError } from '../../../../src/errors.js';
import { WB_ADVICE } from '../../../../src/marketplaces/wildberries/advice.js';
import { readToken, supplierWarning } from '../../../../src/marketplaces/wildberries/token.js';
import { thrownBy } from '../support/answers.js';
import { SID, wbToken } from '../support/wb-token.js';

const EXP = 1_811_000_000;
const DAY = 86_400_000;
const read = (token: string, now = EXP * 1000 - 10.5 * DAY) => readToken(new Secret(token), now);

describe('readToken', () => {
  it('reads seller, end and days left', () => {
    expect(read(wbToken())).toMatchObject({
      sid: SID,
      kind: 'personal',
      expiresAt: EXP * 1000,
      daysLeft: 10,
      sellerNumber: undefined,
    });
  });

  it.each([
    ['raw', wbToken()],
    ['with Bearer', `Bearer ${wbToken()}`],
    ['with a line end', `${wbToken()}\n`],
  ])('takes it %s', (_name, token) => {
    expect(read(token).sid).toBe(SID);
  });

  it('needs nothing but sid, exp and s', () => {
    const bare = wbToken({ id: undefined, acc: undefined, for: undefined, t: undefined, s: 4 });
    expect(read(bare).sid).toBe(SID);
    expect(read(wbToken({ acc: 'x', t: 'y', oid: [] })).sid).toBe(SID);
  });

  it.each([
    ['expired', wbToken({ exp: 1_700_000_000 }), /expired on 2023-11-14/],
    ['without Analytics', wbToken({ s: 2 + 8 + 16 }), /lacks the category Analytics/],
    ['a test token by t', wbToken({ t: true }), /test token/],
    ['a test token by acc', wbToken({ acc: 2 }), /test token/],
    ['cut in the payload', wbToken().slice(0, 60), /not a whole/],
    ['cut in the middle', wbToken().replace(/\..{30}/, '.'), /not a whole/],
    ['no token at all', 'just-some-api-key', /not a whole/],
    ['with a payload that is no JSON', 'aaaa.bbbb.cccc', /not a whole/],
    ['without sid', wbToken({ sid: undefined }), /not a whole/],
    ['with a sid that would break a feed id', wbToken({ sid: 'a:b' }), /not a whole/],
    ['with an endless exp', wbToken({ exp: 1e300 }), /not a whole/],
    ['with a fractional mask', wbToken({ s: 4.5 }), /not a whole/],
    ['with characters of another alphabet', `Ключ${wbToken()}`, /WB_API_KEY/],
    ['empty', '', /WB_API_KEY is empty/],
  ])('refuses one that is %s', (_name, token, words) => {
    const error = thrownBy(() => read(token));
    expect(error).toMatchObject({
      code: 'API_CREDENTIALS',
      message: expect.stringMatching(words),
      remedy: expect.stringContaining('WB_API_KEY'),
    });
    if (token !== '') expect(inspect(error)).not.toContain(token);
  });

  it('finds bits beyond 31', () => {
    expect(read(wbToken({ s: 2 ** 40 + 4 })).sid).toBe(SID);
    expect(thrownBy(() => read(wbToken({ s: 2 ** 40 })))).toMatchObject({ code: 'API_CREDENTIALS' });
  });

  it.each([
    [{ acc: 1 }, 'base'],
    [{ acc: 3 }, 'personal'],
    [{ acc: 4 }, 'service'],
    [{ acc: 9 }, 'unknown'],
    [{ acc: undefined }, 'unknown'],
  ])('with %j is of the kind %s', (payload, kind) => {
    expect(read(wbToken(payload)).kind).toBe(kind);
  });

  it('says which categories it has', () => {
    const token = read(wbToken({ s: 2 + 4 }));
    expect([token.has('content'), token.has('analytics'), token.has('marketplace')]).toEqual([
      true,
      true,
      false,
    ]);
    expect(read(wbToken({ s: 2 ** 40 + 4 + 16 })).has('marketplace')).toBe(true);
    expect(read(wbToken({ s: 2 ** 40 + 4 })).has('marketplace')).toBe(false);
  });

  const early = EXP * 1000 - 100 * DAY;
  it.each([
    ['nothing, where all is well', {}, early, []],
    ['a base token', { acc: 1 }, early, [/base token/]],
    ['missing Content', { s: 4 + 16 }, early, [/lacks the category Content/]],
    ['missing Marketplace', { s: 2 + 4 }, early, [/lacks the category Marketplace/]],
    ['few days left', {}, EXP * 1000 - 13.5 * DAY, [/in 13 days/]],
    ['nothing, with two weeks left', {}, EXP * 1000 - 14 * DAY, []],
    ['all of it', { acc: 1, s: 4 }, EXP * 1000 - 1, [/in 0 days/, /base token/, /Content/, /Marketplace/]],
  ])('warns of %s', (_name, payload, now, warnings) => {
    expect(read(wbToken(payload), now).warnings).toEqual(
      warnings.map((words) => expect.stringMatching(words)),
    );
  });

  it.each([
    [{ exp: 1_700_000_000 }, WB_ADVICE.tokenExpired],
    [{ t: true }, WB_ADVICE.testToken],
    [{ s: 2 }, WB_ADVICE.categoryMissing],
    [{ sid: 1 }, WB_ADVICE.tokenMalformed],
    ['', WB_ADVICE.noToken],
    ['Bearer ', WB_ADVICE.noToken],
    ['Ключ', WB_ADVICE.tokenMalformed],
  ])('advises on %j in both languages', (payload, advice) => {
    const token = typeof payload === 'string' ? payload : wbToken(payload);
    expect((thrownBy(() => read(token)) as AppError).advice).toBe(advice);
  });

  it('has expired in the very second', () => {
    expect(thrownBy(() => read(wbToken(), EXP * 1000))).toMatchObject({ code: 'API_CREDENTIALS' });
    expect(read(wbToken(), EXP * 1000 - 1).daysLeft).toBe(0);
  });
});

describe('supplierWarning', () => {
  const named = read(wbToken({ oid: 1234567 }));
  const plain = read(wbToken());
  it.each([
    ['nothing set', plain, undefined, false],
    ['an empty setting', plain, '  ', false],
    ['the seller’s UUID', plain, SID.toUpperCase(), false],
    ['the seller’s number', named, '1234567', false],
    ['a number that cannot be compared', plain, '1234567', false],
    ['another number', named, '7654321', true],
    ['another UUID', plain, '00000000-0000-0000-0000-000000000000', true],
  ])('with %s', (_name, token, supplierId, warns) => {
    const warning = supplierWarning(token, supplierId);
    expect(warning === undefined).toBe(!warns);
    if (warns) expect(warning).toContain(SID);
  });
});
