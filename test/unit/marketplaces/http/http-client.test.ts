import { once } from 'node:events';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../../src/errors.js';
import { HttpClient } from '../../../../src/marketplaces/http/http-client.js';
import { RequestGate } from '../../../../src/marketplaces/http/request-gate.js';
import { answer, LocalServer } from '../support/local-server.js';

const KEY = 'key-5f2c1e0a-secret';
const REQUEST = { method: 'POST', path: '/v1/things', body: { limit: 1 } } as const;
const never = new AbortController().signal;

let server: LocalServer;
let clients: HttpClient[];

beforeEach(async () => {
  server = await LocalServer.start();
  clients = [];
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  for (const client of clients) client.close();
  await server.close();
});

function client(options: { baseUrl?: string; timeoutMs?: number; gate?: RequestGate } = {}): HttpClient {
  const made = new HttpClient({
    name: 'Shop',
    baseUrl: server.url,
    timeoutMs: 20_000,
    secrets: [KEY],
    headers: { 'Api-Key': KEY },
    now: () => 1_795_000_000_000,
    ...options,
  });
  clients.push(made);
  return made;
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

async function failureOf(call: Promise<unknown>): Promise<AppError> {
  const error: unknown = await call.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AppError);
  expect(inspect(error, { depth: 10 })).not.toContain(KEY);
  const { code, advice } = error as AppError;
  // Whatever a marketplace or the network did, people are told what to do about it in their own language.
  if (code.startsWith('API_')) expect(advice?.ru.remedy).toMatch(/[а-я]{3}/);
  return error as AppError;
}

describe('an answer', () => {
  it('comes whole, as text, with its headers, and the request went out as it should', async () => {
    server.handler = answer(200, '{"имя":"Ёж 😀"}', { 'X-Ratelimit-Remaining': '3' });
    const got = await client({ baseUrl: `${server.url}/ozon/` }).send(REQUEST, never);
    expect(got).toMatchObject({ status: 200, text: '{"имя":"Ёж 😀"}', receivedAt: 1_795_000_000_000 });
    expect(got.headers['x-ratelimit-remaining']).toBe('3');
    expect(got.label).toBe('Shop POST /v1/things');
    expect(server.asked[0]).toMatchObject({ method: 'POST', path: '/ozon/v1/things', body: '{"limit":1}' });
    expect(server.asked[0]?.headers).toMatchObject({ 'api-key': KEY, 'content-type': 'application/json' });
  });

  it('goes out as a ready text where it was given as one, to the digit', async () => {
    const bodyText = '{"skus":[9007199254740993]}';
    await client().send({ method: 'POST', path: '/x', bodyText }, never);
    expect(server.asked[0]).toMatchObject({
      body: bodyText,
      headers: { 'content-type': 'application/json' },
    });
    await client().send({ method: 'GET', path: '/y' }, never);
    expect(server.asked[1]).toMatchObject({ body: '', headers: { accept: 'application/json' } });
    expect(server.asked[1]?.headers).not.toHaveProperty('content-type');
  });

  it.each([
    ['of announced length', true],
    ['of unknown length', false],
  ])('of many megabytes is whole (%s)', async (_name, announced) => {
    const text = JSON.stringify(
      Array.from({ length: 60_000 }, (_, index) => `Склад ${index} ${'Ж'.repeat(20)}`),
    );
    server.handler = (_asked, response) => {
      const bytes = Buffer.from(text);
      response.writeHead(200, announced ? { 'content-length': bytes.length } : {});
      for (let at = 0; at < bytes.length; at += 77_777) response.write(bytes.subarray(at, at + 77_777));
      response.end();
    };
    expect((await client().send(REQUEST, never)).text === text).toBe(true);
  });

  it.each([401, 404, 429, 500, 502])('of status %i is returned, not thrown', async (status) => {
    server.handler = answer(status, 'words');
    expect(await client().send(REQUEST, never)).toMatchObject({ status, text: 'words' });
  });

  it('is unpacked', async () => {
    server.handler = (_asked, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync('{"a":1}'));
    };
    expect((await client().send(REQUEST, never)).text).toBe('{"a":1}');
  });

  it('loses its byte order mark and may be empty', async () => {
    server.handler = answer(200, '\ufeff{}');
    expect((await client().send(REQUEST, never)).text).toBe('{}');
    server.handler = (_asked, response) => response.writeHead(204).end();
    expect(await client().send(REQUEST, never)).toMatchObject({ status: 204, text: '' });
  });

  it('of an error may be in any encoding', async () => {
    server.handler = (_asked, response) => response.writeHead(502).end(Buffer.from([0xcf, 0xf0, 0xe8]));
    expect((await client().send(REQUEST, never)).status).toBe(502);
  });

  it('reuses one connection, which close() frees', async () => {
    const one = client();
    await one.send(REQUEST, never);
    await one.send(REQUEST, never);
    expect(server.sockets).toHaveLength(1);
    const [socket] = server.sockets;
    const closed = socket && once(socket, 'close');
    one.close();
    await closed;
  });
});

describe('what is no answer', () => {
  it.each([
    [
      'a redirect',
      answer(307, '', { location: 'http://elsewhere.invalid/x?k=1' }),
      /redirect \(307\) to http:\/\/elsewhere\.invalid/,
    ],
    [
      'a redirect on the same host',
      answer(302, '', { location: '/login' }),
      /redirect \(302\) to another path/,
    ],
  ])('%s is not followed', async (_name, handler, words) => {
    server.handler = handler;
    expect(await failureOf(client().send(REQUEST, never))).toMatchObject({
      code: 'API_BAD_ANSWER',
      message: expect.stringMatching(words),
    });
    expect(server.asked).toHaveLength(1);
  });

  it('text that is not UTF-8', async () => {
    server.handler = (_asked, response) => response.end(Buffer.from([0x22, 0xff, 0xfe, 0x22]));
    expect(await failureOf(client().send(REQUEST, never))).toMatchObject({
      code: 'API_BAD_ANSWER',
      message: expect.stringContaining('UTF-8'),
    });
  });

  it('more bytes than allowed, packed or not', async () => {
    const large = 'x'.repeat(300_000);
    const request = { ...REQUEST, maxBytes: 100_000 };
    server.handler = answer(200, large);
    expect(await failureOf(client().send(request, never))).toMatchObject({
      code: 'API_BAD_ANSWER',
      message: expect.stringContaining('100000'),
    });
    server.handler = (_asked, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(large));
    expect(await failureOf(client().send(request, never))).toMatchObject({ code: 'API_BAD_ANSWER' });
  });

  it('broken packing', async () => {
    server.handler = (_asked, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip at all');
    expect(await failureOf(client().send(REQUEST, never))).toMatchObject({ code: 'API_BAD_ANSWER' });
  });

  it('something that does not speak HTTP', async () => {
    server.handler = (_asked, response) => response.socket?.end('220 smtp ready\r\n');
    expect(await failureOf(client().send(REQUEST, never))).toMatchObject({ code: 'API_BAD_ANSWER' });
  });
});

describe('a network failure', () => {
  it('in the middle of the body', async () => {
    server.handler = (_asked, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"items":[');
      setImmediate(() => response.socket?.destroy());
    };
    expect(await failureOf(client().send(REQUEST, never))).toMatchObject({
      code: 'API_UNAVAILABLE',
      message: expect.stringContaining('connection broke'),
    });
  });

  it('before the first byte', async () => {
    server.handler = (_asked, response) => response.socket?.destroy();
    const error = await failureOf(client().send(REQUEST, never));
    expect(error).toMatchObject({ code: 'API_UNAVAILABLE', facts: { code: 'ECONNRESET' } });
  });

  it('where nobody listens', async () => {
    const gone = await LocalServer.start();
    const baseUrl = gone.url;
    await gone.close();
    const error = await failureOf(client({ baseUrl }).send(REQUEST, never));
    expect(error).toMatchObject({ code: 'API_UNAVAILABLE', facts: { code: 'ECONNREFUSED' } });
    expect(error.message).toContain('the connection is refused');
  });

  it('of a name that does not exist', async () => {
    const error = await failureOf(client({ baseUrl: 'http://no-such-host.invalid' }).send(REQUEST, never));
    expect(error).toMatchObject({
      code: 'API_UNAVAILABLE',
      message: expect.stringContaining('cannot be resolved'),
    });
  });

  it('of TLS names the certificates', async () => {
    const error = await failureOf(
      client({ baseUrl: server.url.replace('http:', 'https:') }).send(REQUEST, never),
    );
    expect(error).toMatchObject({ code: 'API_UNAVAILABLE', remedy: expect.stringContaining('certificates') });
  });
});

describe('the deadline', () => {
  it.each<[string, (response: import('node:http').ServerResponse) => void]>([
    ['no first byte', () => undefined],
    [
      'a body that never ends',
      (response) => {
        response.writeHead(200);
        response.write('{"items":[');
      },
    ],
    [
      'a trickle',
      (response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(' '), 5);
        response.on('close', () => clearInterval(timer));
      },
    ],
  ])('ends %s, and the connection with it', async (_name, begin) => {
    let closed: Promise<unknown> | undefined;
    server.handler = (_asked, response) => {
      closed = once(response, 'close');
      begin(response);
    };
    const error = await failureOf(client({ timeoutMs: 150 }).send(REQUEST, never));
    expect(error).toMatchObject({
      code: 'API_UNAVAILABLE',
      message: expect.stringContaining('no whole answer within 0.15 s'),
    });
    await closed;
  });
});

describe('an abort', () => {
  it('in mid-answer throws its own reason', async () => {
    const stop = new AbortController();
    const reason = new AppError('RUN_BUSY', 'the lease is lost');
    server.handler = (_asked, response) => {
      response.writeHead(200);
      response.write('{');
      stop.abort(reason);
    };
    expect(await failureOf(client().send(REQUEST, stop.signal))).toBe(reason);
  });

  it('before the request asks nobody', async () => {
    const error = await failureOf(client().send(REQUEST, AbortSignal.abort(new Error('Ctrl-C'))));
    expect(error).toMatchObject({ code: 'TIMED_OUT', message: 'stopped before the end: Ctrl-C' });
    expect(server.asked).toHaveLength(0);
  });
});

describe('a gate shared by clients', () => {
  /** A server that answers when told, one request after the other. */
  function answering() {
    const waiting: (() => void)[] = [];
    server.handler = (_asked, response) => void waiting.push(() => response.end('{}'));
    return async () => {
      await expect.poll(() => waiting.length).toBeGreaterThan(0);
      waiting.shift()?.();
    };
  }

  it('lets one request on the wire at a time', async () => {
    const gate = new RequestGate(1);
    const answerOne = answering();
    const calls = [client({ gate }), client({ gate })].map((one) => one.send(REQUEST, never));
    await expect.poll(() => server.asked.length).toBe(1);
    await answerOne();
    await calls[0];
    await expect.poll(() => server.asked.length).toBe(2);
    await answerOne();
    expect(await calls[1]).toMatchObject({ status: 200 });
  });

  it('begins the time of a request when it is let in', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const started = () => timers.mock.calls.some(([, ms]) => ms === 4711);
    const gate = new RequestGate(1);
    let leave: () => void = () => undefined;
    const inside = gate.run(() => new Promise<void>((resolve) => void (leave = resolve)), never);
    const call = client({ gate, timeoutMs: 4711 }).send(REQUEST, never);
    await settled();
    expect(started()).toBe(false);
    leave();
    await inside;
    await call;
    expect(started()).toBe(true);
  });

  it('is left by a request that fails, and a stopped one does not enter', async () => {
    const gate = new RequestGate(1);
    server.handler = (_asked, response) => response.socket?.destroy();
    const one = client({ gate });
    expect(await failureOf(one.send(REQUEST, never))).toMatchObject({ code: 'API_UNAVAILABLE' });
    const stop = new AbortController();
    const inside = gate.run(() => failureOf(one.send(REQUEST, stop.signal)), never);
    await settled();
    stop.abort(new Error('Ctrl-C'));
    expect(await inside).toMatchObject({ code: 'TIMED_OUT' });
    expect(server.asked).toHaveLength(1);
  });
});

it('a proxy named for plain http is never used, it would read the key', async () => {
  vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:1');
  vi.stubEnv('http_proxy', 'http://127.0.0.1:1');
  expect((await client().send(REQUEST, never)).status).toBe(200);
});

it('shows no key when it is inspected', () => {
  expect(inspect(client(), { depth: 10, showHidden: true })).not.toContain(KEY);
});
