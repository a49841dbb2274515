import { expect, it } from 'vitest';
import { toldHere } from '../../../../src/cli/check/told-here.js';
import { AppError } from '../../../../src/errors.js';

const refused = new AppError('DB_UNAVAILABLE', 'database: connecting: ECONNREFUSED', {
  remedy: 'check DB_HOST',
});

it('says of a server what it means in Russian, with the technical message, and what to do', () => {
  expect(toldHere(refused, 'ru')).toEqual({
    what: 'нет связи с MySQL (connecting: ECONNREFUSED)',
    remedy: expect.stringMatching(/^Проверьте DB_HOST/),
  });
  expect(toldHere(refused, 'en')).toEqual({ what: 'connecting: ECONNREFUSED', remedy: 'check DB_HOST' });
});

it('leaves advice of a marketplace and faults of the program as they are', () => {
  const advice = { ru: { what: 'плохо', remedy: 'чинить' }, en: { what: 'bad', remedy: 'mend' } };
  const advised = new AppError('API_CREDENTIALS', 'HTTP 403', { advice });
  expect(toldHere(advised, 'ru')).toEqual({ what: 'плохо (HTTP 403)', remedy: 'чинить' });
  expect(toldHere(new TypeError('x'), 'ru').remedy).toMatch(/сообщите/);
});
