import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../../../src/cli/command-line.js';
import { excludedGroups, givenAnswers } from '../../../../src/cli/init/given.js';
import { requireAnswers } from '../../../../src/cli/init/missing.js';
import {
  flagOf,
  isSecret,
  optionKeyOf,
  QUESTIONS,
  type QuestionName,
} from '../../../../src/cli/init/questions.js';

const folder = mkdtempSync(join(tmpdir(), 'given-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
};
const messageOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    expect(error).toMatchObject({ code: 'USAGE', exitCode: 2 });
    return String((error as Error).message);
  }
  return 'nothing was thrown';
};

it('has an option for every question, and none that takes a secret itself', async () => {
  const init = commandLine(async () => undefined).commands.find((command) => command.name() === 'init');
  for (const name of QUESTIONS) {
    const option = init?.options.find(({ long }) => long === flagOf(name));
    expect(option?.required, name).toBe(true);
    expect(option?.attributeName()).toBe(optionKeyOf(name));
    if (isSecret(name)) expect(option?.flags).toMatch(/-file <path>$/);
  }
});

describe('what came with the command', () => {
  it('is an option before the environment, a secret from its file', () => {
    const env = { DB_HOST: 'from-env', DB_NAME: ' from_env ', DB_PASSWORD: ' from env ', WB_API_KEY: '' };
    const given = givenAnswers(
      {
        dbHost: 'from-option',
        ozonApiKeyFile: file('key', '\uFEFF  the key \r\n\n'),
        smtpPasswordFile: file('pw', ' with blanks \n'),
      },
      { ...env, DASHBOARD_TOKEN_FILE: file('token', 'tok\n') },
      'en',
    );
    expect(Object.fromEntries(given)).toEqual({
      DB_HOST: 'from-option',
      DB_NAME: 'from_env',
      DB_PASSWORD: ' from env ',
      OZON_API_KEY: 'the key',
      SMTP_PASSWORD: ' with blanks ',
      DASHBOARD_TOKEN: 'tok',
    });
  });

  it.each(['ru', 'en'] as const)('is refused by name and never by value, in %s', (locale) => {
    const options = {
      ozonClientId: 'c0ffee-1234',
      dbPort: '99999999',
      dbPasswordFile: 's3cret-given-as-a-path',
      wbApiKeyFile: file('two-lines', 'first-s3cret\nsecond-s3cret\n'),
      alertEmail: 'nobody',
    };
    const message = messageOf(() => givenAnswers(options, { SMTP_HOST: 'http://s3cret' }, locale));
    for (const name of ['OZON_CLIENT_ID', 'DB_PORT', 'DB_PASSWORD', 'WB_API_KEY', 'ALERT_EMAIL', 'SMTP_HOST'])
      expect(message).toMatch(new RegExp(`(^|\\n {2})${name}: `));
    expect(message).not.toMatch(/s3cret|c0ffee|nobody/);
    expect(/[а-яё]/u.test(message)).toBe(locale === 'ru');
  });

  it('is refused where a file is not in UTF-8, which no command could read back', () => {
    writeFileSync(join(folder, 'cp1251'), Buffer.from([0xef, 0xe0, 0xf0, 0xee, 0xeb, 0xfc]));
    const options = { dbPasswordFile: join(folder, 'cp1251') };
    expect(messageOf(() => givenAnswers(options, {}, 'en'))).toBe('DB_PASSWORD: expected text in UTF-8');
  });

  it('cannot be two secrets from one stdin, nor a group and its absence', () => {
    expect(messageOf(() => givenAnswers({ dbPasswordFile: '-', wbApiKeyFile: '-' }, {}, 'en'))).toMatch(
      /stdin.*--wb-api-key-file, --db-password-file/,
    );
    const both = { ozon: false, ozonClientId: '1', wb: false, mail: false, smtpHost: 'a', alertEmail: 'a@b' };
    expect(messageOf(() => givenAnswers(both, {}, 'en'))).toBe(
      '--no-ozon contradicts --ozon-client-id\n  --no-mail contradicts --smtp-host, --alert-email',
    );
    expect([...excludedGroups(both)]).toEqual(['ozon', 'wildberries', 'mail']);
  });
});

describe('where nobody may be asked', () => {
  const lacking = (
    given: Partial<Record<QuestionName, string>>,
    ...excluded: ('ozon' | 'wildberries' | 'mail')[]
  ) => {
    const answers = new Map(Object.entries(given) as [QuestionName, string][]);
    const message = messageOf(() => requireAnswers(answers, new Set(excluded), 'en'));
    return [...message.matchAll(/^ {2}([A-Z_]+): (--\S+)/gm)].map(([, name, flag]) => {
      expect(flag).toBe(flagOf(name as QuestionName));
      return name;
    });
  };

  it('says what is missing', () => {
    expect(lacking({})).toEqual(['OZON_CLIENT_ID', 'OZON_API_KEY', 'WB_API_KEY', 'DB_PASSWORD']);
    expect(lacking({}, 'ozon')).toEqual(['WB_API_KEY', 'DB_PASSWORD']);
    expect(lacking({}, 'ozon', 'wildberries')).toEqual(['DB_PASSWORD']);
    expect(lacking({ OZON_API_KEY: 'x', DB_PASSWORD: 'x' })).toEqual(['OZON_CLIENT_ID']);
    const set = { WB_API_KEY: 'x', DB_PASSWORD: 'x' };
    expect(lacking({ ...set, SMTP_HOST: 'a' })).toEqual(['ALERT_EMAIL']);
    expect(lacking({ ...set, ALERT_EMAIL: 'a@b', SMTP_USER: 'a' })).toEqual(['SMTP_HOST', 'SMTP_PASSWORD']);
    expect(lacking({ ...set, ALERT_EMAIL: 'a@b', SMTP_HOST: 'a', SMTP_PASSWORD: 'a' })).toEqual([
      'SMTP_USER',
    ]);
  });

  it('takes one marketplace, and the rest from the defaults', () => {
    const set = new Map<QuestionName, string>([
      ['WB_API_KEY', 'x'],
      ['DB_PASSWORD', 'x'],
    ]);
    expect(() => requireAnswers(set, new Set(), 'ru')).not.toThrow();
    const ruledOut = new Set(['mail'] as const);
    expect(() => requireAnswers(new Map([...set, ['SMTP_USER', 'a']]), ruledOut, 'ru')).not.toThrow();
  });
});
