import { describe, expect, it } from 'vitest';
import type { Asker } from '../../../../src/cli/init/asker.js';
import { INIT_WORDS } from '../../../../src/cli/init/languages.js';
import type { Answers, GroupName, QuestionName } from '../../../../src/cli/init/questions.js';
import { type Interview, settle } from '../../../../src/cli/init/settle.js';
import { AppError } from '../../../../src/errors.js';

const WORDS = INIT_WORDS.en;
type Script = [question: RegExp, answer: string][];

/** Answers by the script, in its order; what the program would not take is an error here. */
class Scripted implements Asker {
  readonly asked: string[] = [];
  constructor(private readonly script: Script) {}

  async text(message: string, fallback: string | undefined, check: (text: string) => string | undefined) {
    const typed = this.#next(message);
    const answer = typed === '' ? (fallback ?? '') : typed;
    expect(check(answer), `${message} ← ${answer}`).toBeUndefined();
    return answer;
  }

  async secret(message: string, check: (text: string) => string | undefined) {
    const typed = this.#next(message);
    expect(check(typed), message).toBeUndefined();
    return typed;
  }

  async choose<T extends string>(message: string, choices: readonly { value: T; label: string }[]) {
    const typed = this.#next(message);
    const chosen = choices.find(({ label }) => label === typed);
    if (chosen === undefined) throw new Error(`${message}: no choice ${typed}`);
    return chosen.value;
  }

  done(): void {
    expect(this.script).toEqual([]);
  }

  #next(message: string): string {
    this.asked.push(message);
    const [question, answer] = this.script.shift() ?? [/^$/, ''];
    expect(message).toMatch(question);
    return answer;
  }
}

const told: string[] = [];
function interview(parts: Partial<Interview>): Interview {
  told.length = 0;
  return {
    ...{
      locale: 'en',
      given: new Map(),
      excluded: new Set(),
      asker: null,
      probe: null,
      onFailure: undefined,
    },
    tell: (line: string) => told.push(line),
    ...parts,
  } as Interview;
}
const given = (values: Partial<Record<QuestionName, string>>): Answers =>
  new Map(Object.entries(values) as [QuestionName, string][]);
const only = (...groups: GroupName[]) => {
  const all: GroupName[] = ['ozon', 'wildberries', 'database', 'kafka', 'mail'];
  return new Set(all.filter((group) => !groups.includes(group)));
};
const refused = new AppError('API_CREDENTIALS', 'no such key', { remedy: 'make another' });

describe('the questions', () => {
  it('go through all groups, with defaults for Enter, and mail without a login', async () => {
    const asker = new Scripted([
      [/from Ozon/, 'Yes'],
      [/Client-Id/, ' 836 '],
      [/Api-Key/, ' key '],
      [/from Wildberries/, 'No'],
      [/MySQL: host/, ''],
      [/MySQL: port/, '3307'],
      [/MySQL: database/, ''],
      [/MySQL: run-time user/, ''],
      [/MySQL: that user's password/, ' pass word '],
      [/Kafka/, ''],
      [/by mail/, 'Yes'],
      [/SMTP server/, 'mail.example.test'],
      [/Mail: port/, ''],
      [/Mail: user/, ''],
      [/who gets/, 'a@example.test'],
    ]);
    const { answers, failed } = await settle(interview({ asker }));
    asker.done();
    expect(failed).toEqual([]);
    expect(Object.fromEntries(answers)).toEqual({
      ...{ LOCALE: 'en', OZON_CLIENT_ID: '836', OZON_API_KEY: 'key' },
      ...{
        DB_HOST: '127.0.0.1',
        DB_PORT: '3307',
        DB_NAME: 'replenishment_db',
        DB_USER: 'inventory_sync_user',
      },
      ...{ DB_PASSWORD: ' pass word ', KAFKA_BROKERS: '127.0.0.1:9092' },
      ...{ SMTP_HOST: 'mail.example.test', SMTP_PORT: '587', ALERT_EMAIL: 'a@example.test' },
    });
  });

  it('are not put where the answer came with the command', async () => {
    const asker = new Scripted([
      [/Client-Id/, '1'],
      [/SMTP server/, 'a'],
      [/Mail: port/, ''],
      [/who gets/, 'a@b'],
    ]);
    const known = given({ OZON_API_KEY: 'key', SMTP_USER: 'me', SMTP_PASSWORD: 'pw' });
    const { answers } = await settle(interview({ asker, excluded: only('ozon', 'mail'), given: known }));
    asker.done();
    expect(answers.get('OZON_API_KEY')).toBe('key');
    expect(answers.get('SMTP_PASSWORD')).toBe('pw');
  });

  it('insist on what is needed and on its form', async () => {
    const checks: (string | undefined)[] = [];
    const asker: Asker = {
      text: async (_message, fallback, check) => {
        checks.push(check(''), check('12a'), check('12'));
        return fallback ?? '12';
      },
      secret: async (_message, check) => {
        checks.push(check(''), check('a\nb'), check('ab'));
        return 'ab';
      },
      choose: async (_message, choices) => (choices[0] as (typeof choices)[number]).value,
    };
    await settle(interview({ asker, excluded: only('ozon') }));
    expect(checks).toEqual([
      ...[WORDS.needed, 'expected a number of digits only', undefined],
      ...[WORDS.needed, expect.stringContaining('one line'), undefined],
    ]);
  });
});

describe('a test that fails', () => {
  const failing = (times: number) => {
    const seen: Record<string, string>[] = [];
    const probe: Interview['probe'] = async (_group, answers) => {
      seen.push(Object.fromEntries(answers));
      if (seen.length <= times) throw refused;
      return ['valid for 80 days'];
    };
    return { seen, probe };
  };

  it('is told with cause and remedy; trying again asks anew, and Enter keeps what was said', async () => {
    const { seen, probe } = failing(2);
    const asker = new Scripted([
      [/from Ozon/, 'Yes'],
      [/Client-Id/, '1'],
      [/Api-Key/, 'first'],
      [/What now/, 'Try again'],
      [/Client-Id/, '2'],
      [/Api-Key.*Enter keeps/, ''],
      [/What now/, 'Try again'],
      [/Client-Id/, ''],
      [/Api-Key.*Enter keeps/, 'second'],
    ]);
    const { answers } = await settle(interview({ asker, probe, excluded: only('ozon') }));
    asker.done();
    expect(seen).toEqual([
      { LOCALE: 'en', OZON_CLIENT_ID: '1', OZON_API_KEY: 'first' },
      { LOCALE: 'en', OZON_CLIENT_ID: '2', OZON_API_KEY: 'first' },
      { LOCALE: 'en', OZON_CLIENT_ID: '2', OZON_API_KEY: 'second' },
    ]);
    expect(answers.get('OZON_API_KEY')).toBe('second');
    expect(told).toEqual([
      ...['Trying Ozon…', '✗ Ozon: no such key\n    Remedy: make another'],
      ...['Trying Ozon…', '✗ Ozon: no such key\n    Remedy: make another'],
      ...['Trying Ozon…', '✓ Ozon\n    valid for 80 days'],
    ]);
  });

  it.each([
    ['Keep it anyway', 'key'],
    ['Leave it out', undefined],
  ])('may be passed over: %s', async (wish, key) => {
    const asker = new Scripted([[/What now/, wish]]);
    const known = given({ OZON_CLIENT_ID: '1', OZON_API_KEY: 'key' });
    const { answers, failed } = await settle(
      interview({ asker, probe: failing(1).probe, given: known, excluded: only('ozon') }),
    );
    asker.done();
    expect({ key: answers.get('OZON_API_KEY'), failed }).toEqual({ key, failed: [] });
  });

  it('is decided by the option where that was given, and stops where nobody can be asked', async () => {
    const known = given({ OZON_CLIENT_ID: '1', OZON_API_KEY: 'key', DB_PASSWORD: 'x' });
    const probe = async (group: GroupName) => {
      if (group === 'kafka') return [];
      throw refused;
    };
    const outcome = async (parts: Partial<Interview>) => {
      const { answers, failed } = await settle(interview({ probe, given: known, ...parts }));
      return {
        names: [...answers.keys()].filter((name) => name.endsWith('KEY') || name.endsWith('WORD')),
        failed,
      };
    };
    expect(await outcome({})).toEqual({ names: [], failed: ['ozon', 'database'] });
    expect(told.filter((line) => line.startsWith('✓'))).toEqual(['✓ Kafka']);
    expect(await outcome({ onFailure: 'stop' })).toEqual({ names: [], failed: ['ozon', 'database'] });
    expect(await outcome({ onFailure: 'keep' })).toEqual({
      names: ['OZON_API_KEY', 'DB_PASSWORD'],
      failed: [],
    });
    expect(await outcome({ onFailure: 'leave-out' })).toEqual({ names: [], failed: [] });
    const asker = new Scripted([]);
    const parts = { asker, excluded: only('ozon'), onFailure: 'keep' } as const;
    expect((await outcome(parts)).names).toEqual(['OZON_API_KEY']);
  });

  it('of the program itself is no answer of the server', async () => {
    const probe = async () => {
      throw new TypeError('a slip');
    };
    await expect(settle(interview({ probe, given: given({ DB_PASSWORD: 'x' }) }))).rejects.toThrow('a slip');
  });
});
