import { expect, it } from 'vitest';
import { loadConfig } from '../../config/load.js';
import { alertOutlets } from '../../src/alert-channels.js';
import type { Database } from '../../src/store/database.js';

const database = {} as Database;

it.each([
  ['ru', 'ALERT_EMAIL не задан', 'SMTP_HOST не задан'],
  ['en', 'ALERT_EMAIL is not set', 'SMTP_HOST is not set'],
])('says in %s why alerts are not mailed', (LOCALE, nobody, noServer) => {
  const troubles = (env: Record<string, string>) => {
    const { config } = loadConfig({ env: { LOCALE, ...env }, cwd: '/', installFolder: '/' });
    return alertOutlets(config, database).map(({ trouble }) => trouble);
  };
  expect(troubles({})).toEqual([expect.stringContaining(nobody)]);
  expect(troubles({ ALERT_EMAIL: 'a@b.example' })).toEqual([expect.stringContaining(noServer)]);
  expect(troubles({ ALERT_EMAIL: 'a@b.example', SMTP_HOST: 'b.example' })).toEqual([undefined]);
});
