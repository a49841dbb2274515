import { describe, expect, it } from 'vitest';
import type { BilingualAdvice } from '../../../../src/errors.js';
import { ADVICE } from '../../../../src/marketplaces/http/advice.js';
import { badAnswer } from '../../../../src/marketplaces/http/api-answer.js';
import { answerError, readErrorAnswer } from '../../../../src/marketplaces/http/error-answer.js';
import { headerSecret } from '../../../../src/marketplaces/http/revealable.js';
import { apiAnswer, thrownBy } from '../support/answers.js';

const SECRET = 'key-5f2c1e0a-secret';
const advice: BilingualAdvice = {
  ru: { what: 'Ключ отключён.', remedy: 'Создайте новый.' },
  en: { what: 'The key is off.', remedy: 'Make a new one.' },
};

describe('answerError', () => {
  it('carries what was said, the facts for their support, and what to do in both languages', () => {
    const body = JSON.stringify({ code: 7, message: `Api-key ${SECRET} is deactivated`, requestId: 'r-1' });
    const answer = readErrorAnswer(apiAnswer(403, body, {}, [SECRET]));
    const error = answerError(answer, { code: 'API_CREDENTIALS', advice });
    expect(error).toMatchObject({
      code: 'API_CREDENTIALS',
      message: 'Test POST /x answered 403: Api-key *** is deactivated',
      remedy: 'Make a new one.',
      advice,
      facts: { status: 403, code: '7', requestId: 'r-1' },
    });
  });

  it('takes a remedy of its own before that of the advice, and facts that only some answers name', () => {
    const answer = readErrorAnswer(apiAnswer(429, ''));
    const error = answerError(answer, {
      code: 'API_LIMITED',
      remedy: 'Wait.',
      advice,
      notBefore: 5,
      facts: { maxRps: 2, status: 1 },
    });
    expect(error).toMatchObject({
      message: 'Test POST /x answered 429',
      remedy: 'Wait.',
      notBefore: 5,
      facts: { maxRps: 2, status: 429 },
    });
  });
});

describe('advice', () => {
  it('has whole sentences in both languages, each in its own letters', () => {
    for (const { ru, en } of Object.values(ADVICE)) {
      for (const text of [ru.what, ru.remedy]) expect(text).toMatch(/^[А-ЯЁ].*[а-яё].*[.)]$/);
      for (const text of [en.what, en.remedy]) expect(text).toMatch(/^[A-Z][^а-яё]*\.$/);
    }
  });

  it('comes with an answer that is none, and with a key that cannot be one', () => {
    expect(badAnswer(apiAnswer(200, ''), 'is empty')).toMatchObject({
      message: 'Test POST /x: the answer is empty',
      advice: ADVICE.badAnswer,
    });
    for (const value of ['', '  \n', 'a b', 'ключ']) {
      const error = thrownBy(() => headerSecret({ reveal: () => value }, 'OZON_API_KEY'));
      expect(error).toMatchObject({
        code: 'API_CREDENTIALS',
        advice: { ru: { remedy: expect.stringContaining('OZON_API_KEY') } },
      });
    }
    expect(headerSecret({ reveal: () => ' abc\n' }, 'X')).toBe('abc');
  });
});
