import { describe, expect, it } from 'vitest';
import { errorText } from '../../../../src/cli/error-text.js';
import { modeOf, thresholdOf } from '../../../../src/cli/monitor/request.js';

describe('what monitor is asked for', () => {
  it('is one thing', () => {
    expect(modeOf({ healthCheck: true, json: true })).toBe('healthCheck');
    expect(modeOf({ mute: 'f', for: 1 })).toBe('mute');
    expect(modeOf({ weeklyReport: true, print: true, since: 1 })).toBe('weeklyReport');
  });

  it.each([
    [{}, /nothing was asked for/],
    [{ healthCheck: true, alerts: true }, /--health-check and --alerts at once/],
    [{ alerts: true, since: 1 }, /--since has no meaning with --alerts/],
    [{ healthCheck: true, print: true }, /--print has no meaning/],
    [{ unmute: 'f', for: 1 }, /--for has no meaning/],
    [{ mute: 'f' }, /for how long/],
  ])('refuses %o', (options, message) => {
    expect(() => modeOf(options)).toThrow(message);
  });

  it('refuses in the language of the reader', () => {
    for (const refused of [
      () => modeOf({}),
      () => modeOf({ alerts: true, since: 1 }),
      () => thresholdOf('A'),
    ]) {
      try {
        refused();
        expect.unreachable();
      } catch (error) {
        const text = errorText(error, { locale: 'ru', debug: false });
        expect(text).toMatch(/^Ошибка: [а-яё-]/iu);
        expect(text).toMatch(/\nЧто делать: [А-Я]/u);
      }
    }
  });

  it.each([
    ['A-1=5', { article: 'A-1', pieces: 5 }],
    ['A=B=0', { article: 'A=B', pieces: 0 }],
    ['арт 7=', { article: 'арт 7', pieces: null }],
  ])('reads the threshold %s', (text, threshold) => {
    expect(thresholdOf(text)).toEqual(threshold);
  });

  it.each(['A', '=5', ' =5', 'A=-1', 'A=1.5', 'A=x', ''])('refuses the threshold %j', (text) => {
    expect(() => thresholdOf(text)).toThrow(/whole number/);
  });
});
