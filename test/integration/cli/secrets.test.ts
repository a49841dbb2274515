import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatEnvValue } from '../../../config/dotenv.js';
import { mintWbToken } from '../../../src/simulator/wildberries/token.js';
import { type Env, type Finished, Lab } from './lab.js';

/** Quotes, blanks and signs, as the forms that a secret takes in JSON, addresses and base64 differ for them. */
const PLANTED = {
  DB_PASSWORD: 'plAnted "db" pass/word+1=',
  DB_ADMIN_PASSWORD: "plAnted-admin'pa$$word%2",
  OZON_API_KEY: 'plAnted0-0000-4000-8000-0a1b2c3d4e5f',
  WB_API_KEY: mintWbToken({ sid: '5b1f7e2a-0c3d-4e5f-8a9b-112233445566', issuedAt: Date.now() }),
  SMTP_PASSWORD: 'plAnted smtp\\pass&word',
  KAFKA_SASL_PASSWORD: 'plAnted-kafka-pässwörd',
  DASHBOARD_TOKEN: 'plAnted-dashboard-token',
  WEBHOOK_SECRET: 'plAnted webhook "key"',
  // Nobody listens there.
  PING_URL: 'http://127.0.0.1:9/plAnted/5c1bd3a0-watchdog',
} as const;

/** The value and the forms in which it may have been copied. */
function formsOf(value: string): string[] {
  const base64 = Buffer.from(value).toString('base64').replace(/=+$/u, '').slice(0, -1);
  return [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), base64];
}

function leaksIn(text: string): string[] {
  const names = Object.entries(PLANTED).filter(([, value]) =>
    formsOf(value).some((form) => text.includes(form)),
  );
  return names.map(([name]) => name);
}

/** Answers every request with an error that quotes the request's own credentials. */
const echo: RequestListener = (request, response) => {
  const key = String(request.headers['api-key'] ?? request.headers.authorization ?? '');
  const said = `key ${key} (${Buffer.from(key).toString('base64')}, ${encodeURIComponent(key)}) is not welcome`;
  response.writeHead(request.url?.startsWith('/v1/roles') ? 403 : 500, {
    'content-type': 'application/json',
    'x-o3-trace-id': key.slice(0, 200),
  });
  response.end(JSON.stringify({ code: 7, message: said, title: said, detail: said, requestId: key }));
};

describe('planted secrets never come out', () => {
  let lab: Lab;
  let hostile: Server;
  let url: string;
  let logs: string;
  beforeAll(async () => {
    lab = await Lab.start('cli_secrets', { ozonProducts: 5, wbProducts: 5 });
    hostile = createServer(echo);
    await new Promise<void>((listening) => hostile.listen(0, '127.0.0.1', listening));
    url = `http://127.0.0.1:${(hostile.address() as AddressInfo).port}`;
    logs = join(lab.folder, 'logs');
    mkdirSync(join(lab.folder, 'secrets'));
  });
  afterAll(async () => {
    hostile.closeAllConnections();
    hostile.close();
    await lab.close();
  });

  const marketplaces = (): Env => ({
    OZON_API_URL: url,
    WB_COMMON_API_URL: url,
    WB_CONTENT_API_URL: url,
    WB_MARKETPLACE_API_URL: url,
    WB_ANALYTICS_API_URL: url,
    API_RETRY_COUNT: '0',
  });
  /** As much as possible is said. */
  const loud: Env = { LOG_LEVEL: 'trace' };
  const { OZON_API_KEY, WB_API_KEY, PING_URL } = PLANTED;
  const marketplaceKeys = { OZON_API_KEY, WB_API_KEY, PING_URL };
  const everything: Env = { ...PLANTED, DB_ADMIN_USER: 'admin' };

  const expectClean = ({ stdout, stderr }: Finished) => {
    expect({ out: leaksIn(stdout), err: leaksIn(stderr), text: stdout + stderr }).toMatchObject({
      out: [],
      err: [],
    });
  };
  const logText = () =>
    readdirSync(logs)
      .map((name) => readFileSync(join(logs, name), 'utf8'))
      .join('');

  it('where a marketplace quotes the key in its answer: on the screen, in the log, in sync_logs, on stdout', async () => {
    const env = { ...marketplaces(), ...marketplaceKeys, ...loud };
    const runs = [
      await lab.run(['sync', '--json'], env),
      await lab.run(['sync'], { ...env, LOG_FILE_PATH: logs }),
      await lab.run(['check'], env),
      await lab.run(['check'], { ...env, LOG_FILE_PATH: logs, LOCALE: 'ru' }),
    ];
    for (const finished of runs) {
      expect(finished.code).not.toBe(0);
      expectClean(finished);
    }
    expect(runs[2]?.stdout).toMatch(/^✗ Ozon API: /m);
    expect(leaksIn(logText())).toEqual([]);
    expect(logText().split('\n').length).toBeGreaterThan(2);
    const rows = await lab.db.query('SELECT * FROM sync_logs', []);
    expect(rows.length).toBeGreaterThan(0);
    expect(leaksIn(JSON.stringify(rows))).toEqual([]);
    const others = await lab.db.query('SELECT * FROM outbox', []);
    expect(leaksIn(others.map((row) => Object.values(row).map(String).join(' ')).join('\n'))).toEqual([]);
  });

  it('where database, broker and mail server refuse them', async () => {
    const login = { DB_PASSWORD: PLANTED.DB_PASSWORD, SMTP_PASSWORD: PLANTED.SMTP_PASSWORD };
    const sasl = {
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_SASL_USERNAME: 'shop',
      KAFKA_SASL_PASSWORD: PLANTED.KAFKA_SASL_PASSWORD,
    };
    const admin = { DB_ADMIN_USER: 'nobody', DB_ADMIN_PASSWORD: PLANTED.DB_ADMIN_PASSWORD };
    const finished = await Promise.all([
      lab.run(['check'], { ...login, ...sasl, ...loud }),
      lab.run(['worker'], { ...sasl, ...loud, LOG_FILE_PATH: logs }),
      lab.run(['worker'], { ...login, ...loud }),
      lab.run(['migrate'], { ...admin, ...loud }),
    ]);
    for (const one of finished) {
      expect(one.code).toBe(1);
      expectClean(one);
    }
    expect(leaksIn(logText())).toEqual([]);
  });

  it.each([[['config', 'print']], [['config', 'print', '--json']]])(
    'in %o, from the environment, from .env and from files',
    async (args) => {
      const fromFiles: Record<string, string | undefined> = {};
      const lines: string[] = [];
      for (const [name, value] of Object.entries(PLANTED)) {
        const path = join(lab.folder, 'secrets', name);
        writeFileSync(path, `${value}\n`, { mode: 0o600 });
        fromFiles[`${name}_FILE`] = path;
        fromFiles[name] = undefined;
        lines.push(`${name}=${formatEnvValue(value)}`);
      }
      const file = join(lab.folder, 'planted.env');
      writeFileSync(file, `DB_ADMIN_USER=admin\n${lines.join('\n')}\n`, { mode: 0o600 });
      const sasl = { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'shop' };
      const none = Object.fromEntries(Object.keys(PLANTED).map((name) => [name, undefined]));
      const finished = await Promise.all([
        lab.run(args, { ...everything, ...sasl, ...loud }),
        lab.run(args, { ...everything, ...sasl, ...fromFiles, ...loud }),
        lab.run([...args, '--env-file', file], { ...none, ...sasl, ...loud }),
      ]);
      for (const one of finished) {
        expect(one).toMatchObject({ code: 0, stdout: expect.stringContaining('***') });
        expectClean(one);
      }
    },
  );

  it('where they stand in the wrong place', async () => {
    const places: Env[] = [
      { OZON_API_URL: `http://shop:${encodeURIComponent(PLANTED.DB_PASSWORD)}@127.0.0.1:9` },
      { OZON_CLIENT_ID: PLANTED.OZON_API_KEY },
      { WB_SUPPLIER_ID: PLANTED.WB_API_KEY },
      { DB_USER: PLANTED.WB_API_KEY },
      { OZON_API_KEY_FILE: PLANTED.OZON_API_KEY, OZON_API_KEY: undefined },
      { OZON_KEY: PLANTED.OZON_API_KEY },
      { KAFKA_BROKERS: `shop:${PLANTED.KAFKA_SASL_PASSWORD}@127.0.0.1:9092` },
      { WB_PATHS: `ping=/ping?key=${PLANTED.DASHBOARD_TOKEN}` },
      { LOG_LEVEL: PLANTED.WB_API_KEY },
      { LOCALE: PLANTED.OZON_API_KEY },
    ];
    const finished = await Promise.all(places.map((env) => lab.run(['config', 'print'], env)));
    for (const one of finished) {
      expect(one).toMatchObject({ code: 2, stdout: '' });
      expectClean(one);
    }
  });

  it('where they are given on the command line', async () => {
    const finished = await Promise.all([
      lab.run(['sync', PLANTED.OZON_API_KEY], marketplaceKeys),
      lab.run(['sync', `--api-key=${PLANTED.OZON_API_KEY}`], marketplaceKeys),
      lab.run(['sync', '--source', PLANTED.WB_API_KEY], marketplaceKeys),
      lab.run(['worker', '--only', PLANTED.WB_API_KEY], marketplaceKeys),
      lab.run([PLANTED.DASHBOARD_TOKEN], { DASHBOARD_TOKEN: PLANTED.DASHBOARD_TOKEN }),
    ]);
    for (const one of finished) {
      expect(one.code).toBe(2);
      expectClean(one);
    }
  });
});
