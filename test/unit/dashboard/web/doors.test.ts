import type { InjectOptions } from 'fastify';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addStatusRoutes } from '../../../../src/cli/dashboard/status.js';
import { readApi } from '../../../../src/dashboard/api/plugin.js';
import { Pulse } from '../../../../src/dashboard/live/pulse.js';
import { html } from '../../../../src/dashboard/web/html.js';
import {
  createDashboardServer,
  type DashboardServer,
  type DashboardServerOptions,
} from '../../../../src/dashboard/web/server.js';
import { Secret } from '../../../../src/domain/secret.js';
import { AppError } from '../../../../src/errors.js';

const TOKEN = 'right-token';
const RIGHT = { authorization: `Bearer ${TOKEN}` };
const WRONG = { authorization: 'Bearer wrong' };
const HERE = { host: '127.0.0.1:8080' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

const silent = () => undefined;
const log = { debug: silent, info: silent, warn: vi.fn(), error: vi.fn() };
let server: DashboardServer;

interface Opened {
  readonly host?: string;
  readonly token?: string | null;
  readonly more?: Partial<DashboardServerOptions>;
}

async function open({ host = '0.0.0.0', token = TOKEN, more = {} }: Opened = {}): Promise<void> {
  const pulse = new Pulse({ look: async () => '', everyMs: 1000, logger: log });
  server = await createDashboardServer({
    config: {
      dashboard: { host, port: 0, token: token === null ? null : new Secret(token) },
      ...{ locale: 'ru', timeZone: 'UTC' },
    },
    patienceMs: 60_000,
    ...{ logger: log, pulse, actions: new Map([['try', async () => 'muted']]) },
    render: async ({ path, mayAct }) => ({
      title: path,
      parts: [{ id: 'a', html: html`may act: ${mayAct && 'yes'}` }],
    }),
    readers: (app) => app.get('/products.csv', async () => 'a;b'),
    async open(app, doors) {
      await addStatusRoutes(app, doors, {
        scrape: { contentType: 'text/plain', text: async () => 'figures' },
        ...{ alive: () => null, ready: async () => [], clean: (text) => text },
      });
      await readApi(app, {
        db: { query: () => Promise.reject(new Error('not asked')) },
        owner: { rawTopic: 'raw', group: 'group' },
        ...{ maxSyncAgeHours: 8, ledgerDays: 400, locale: 'ru', logger: log },
        authorize: (request) => doors.token(request),
      });
    },
    ...more,
  });
}

const ask = (url: string, headers: Record<string, string> = {}, more: InjectOptions = {}) =>
  server.app.inject({ url, headers: { ...HERE, ...headers }, ...more });
const post = (url: string, payload: string, headers: Record<string, string> = {}) =>
  ask(url, { ...FORM, ...headers }, { method: 'POST', payload });

afterEach(async () => {
  await server.close();
  vi.clearAllMocks();
});

describe('wrong tokens', () => {
  it.each(['/', '/products.csv', '/metrics', '/api/v1/openapi.json', '/live?page=/'])(
    'are heard five times at %s, the right one too only afterwards',
    async (url) => {
      await open();
      for (let tries = 0; tries < 5; tries += 1) expect((await ask(url, WRONG)).statusCode).toBe(401);
      for (const headers of [WRONG, RIGHT]) {
        const refused = await ask(url, headers);
        expect([refused.statusCode, Number(refused.headers['retry-after']) > 0]).toEqual([429, true]);
        expect(refused.headers['content-security-policy']).toBeDefined();
      }
      expect(log.warn).toHaveBeenCalledTimes(5);
      if (url.startsWith('/live')) return;
      expect((await ask(url, RIGHT, { remoteAddress: '10.0.0.9' })).statusCode).toBe(200);
    },
  );

  it('count together, wherever they are tried', async () => {
    await open();
    const tries = [
      () => ask('/metrics', WRONG),
      () => ask('/api/v1/levels', WRONG),
      () => ask('/pipeline', WRONG),
      () => post('/do/try', '', WRONG),
      () => post('/sign-in', 'token=wrong', { origin: 'http://127.0.0.1:8080' }),
    ];
    for (const one of tries) expect((await one()).statusCode).toBe(401);
    for (const one of tries) expect((await one()).statusCode).toBe(429);
    expect((await ask('/api/v1/levels', WRONG)).json()).toMatchObject({ code: 'too-many-requests' });
    expect((await ask('/', WRONG)).body).toContain('Слишком много попыток');
  });

  it('do no harm to who is signed in already, nor to right ones', async () => {
    await open();
    for (let times = 0; times < 50; times += 1) expect((await ask('/metrics', RIGHT)).statusCode).toBe(200);
    const entered = await post('/sign-in', `token=${TOKEN}`, { origin: 'http://127.0.0.1:8080' });
    const cookie = String(entered.headers['set-cookie']).split(';')[0] ?? '';
    for (let tries = 0; tries < 6; tries += 1) await ask('/', WRONG);
    expect((await ask('/', { cookie })).statusCode).toBe(200);
    expect((await ask('/api/v1/openapi.json', { cookie })).statusCode).toBe(200);
  });

  it('are told so on the machine itself too, where pages need none', async () => {
    await open({ host: '127.0.0.1' });
    expect((await ask('/')).statusCode).toBe(200);
    const refused = await ask('/', WRONG);
    expect([refused.statusCode, refused.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    expect(refused.body).toContain('Токен не подошёл');
  });
});

describe('figures on the machine itself', () => {
  it.each([
    ['asked by its own name', HERE, 200],
    ['by another name', { host: 'rebound.example' }, 401],
    ['by another name, with the token', { host: 'rebound.example', ...RIGHT }, 200],
    ['through a proxy', { ...HERE, 'x-forwarded-for': '10.0.0.1' }, 401],
  ])('%s', async (_, headers, status) => {
    await open({ host: '127.0.0.1' });
    expect((await ask('/metrics', headers)).statusCode).toBe(status);
    expect((await ask('/healthz', headers)).statusCode).toBe(200);
  });

  it('are for nobody else where there is no token', async () => {
    await open({ host: '127.0.0.1', token: null });
    expect((await ask('/metrics', { host: 'rebound.example' })).statusCode).toBe(403);
    expect((await ask('/', { via: '1.1 proxy' })).statusCode).toBe(403);
  });
});

describe('a program with the token', () => {
  it('reads pages and downloads, and acts without an origin', async () => {
    await open();
    expect((await ask('/', RIGHT)).body).toContain('may act: yes');
    expect((await ask('/products.csv', RIGHT)).body).toBe('a;b');
    const done = await post('/do/try', 'to=/pipeline', RIGHT);
    expect([done.statusCode, done.headers.location]).toEqual([303, '/pipeline?done=muted']);
    expect((await post('/do/try', '')).statusCode).toBe(401);
  });
});

describe('HEAD', () => {
  it('answers as GET does, without the body', async () => {
    await open({ host: '127.0.0.1' });
    const { body } = await ask('/');
    const mark = /\/assets\/\w+/.exec(body)?.[0];
    for (const url of [
      '/',
      '/products',
      '/products.csv',
      '/metrics',
      '/healthz',
      '/sign-in',
      `${mark}/page.js`,
    ]) {
      const [get, head] = [await ask(url), await ask(url, {}, { method: 'HEAD' })];
      expect([url, head.statusCode, head.body]).toEqual([url, 200, '']);
      expect([url, head.headers['content-type']]).toEqual([url, get.headers['content-type']]);
    }
    expect((await ask('/live?page=/', {}, { method: 'HEAD' })).statusCode).toBe(404);
    await server.close();
    await open();
    const away = await ask('/products', {}, { method: 'HEAD' });
    expect([away.statusCode, away.headers.location]).toEqual([303, '/sign-in?to=%2Fproducts']);
  });
});

describe('a request that cannot be read', () => {
  const big = 'x'.repeat(70_000);
  it.each([
    ['GET', '/api/v1/%zz', '', 400, 'bad-request'],
    ['POST', '/api/v1/levels', big, 405, 'read-only'],
    ['POST', '/api/v1/nothing', '{"broken', 405, 'read-only'],
  ] as const)('%s %s is a problem, and no failure of ours', async (method, url, payload, status, code) => {
    await open();
    const answer = await ask(url, { ...RIGHT, 'content-type': 'application/json' }, { method, payload });
    expect([answer.statusCode, answer.json()]).toEqual([status, expect.objectContaining({ status, code })]);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(log.error).not.toHaveBeenCalled();
  });

  it.each([
    ['GET', '/%zz', '', 400],
    ['GET', '/api/v1%zz', '', 400],
    ['POST', '/sign-in', `token=${big}`, 413],
    ['POST', '/do/try', `to=${big}`, 413],
  ] as const)('%s %s is answered with a page', async (method, url, payload, status) => {
    await open();
    const answer = await ask(url, { ...RIGHT, ...FORM }, { method, payload });
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8']);
    expect(answer.body).toContain('Запрос составлен неверно');
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(log.error).not.toHaveBeenCalled();
  });
});

describe('an action that fails', () => {
  const failing = (error: unknown, patienceMs = 60_000) =>
    open({
      more: {
        actions: new Map([
          ['try', () => (error === undefined ? new Promise<never>(silent) : Promise.reject(error))],
        ]),
        patienceMs,
      },
    });
  const advice = {
    en: { what: 'in English', remedy: 'wait' },
    ru: { what: 'По-русски <b>', remedy: 'Подождите' },
  };

  it.each([
    ['is begun already', new AppError('RUN_BUSY', 'secret'), 409, 'Предыдущий запуск ещё не завершён.'],
    [
      'is begun already, told in other words',
      new AppError('RUN_BUSY', '', { advice }),
      409,
      'По-русски &lt;b&gt;',
    ],
    ['is asked for wrongly', new AppError('USAGE', 'no such alert'), 400, 'no such alert'],
    ['tells what to do', new AppError('KAFKA_REFUSED', 'secret', { advice }), 500, 'Подождите'],
    ['tells nothing', new AppError('INVARIANT', 'secret'), 500, 'Причина записана в его журнал.'],
    ['was not foreseen', new Error('secret'), 500, 'Причина записана в его журнал.'],
  ])('because it %s', async (_, error, status, text) => {
    await failing(error);
    const answer = await post('/do/try', '', RIGHT);
    expect([answer.statusCode, answer.body]).toEqual([status, expect.stringContaining(text)]);
    expect(answer.body).not.toContain('secret');
  });

  it('because the database is frozen is given up, and says what is away', async () => {
    await failing(undefined, 1);
    const answer = await post('/do/try', '', RIGHT);
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5']);
    expect(answer.body).toContain('База данных не отвечает');
    expect(answer.body).toContain('Выполнено ли действие, неизвестно');
  });
});
