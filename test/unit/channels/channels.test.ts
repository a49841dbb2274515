import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMax } from '../../../src/channels/max.js';
import { createTelegram, type TelegramOptions } from '../../../src/channels/telegram.js';
import { createWebhook } from '../../../src/channels/webhook.js';
import { isAppError } from '../../../src/errors.js';
import type { Channel } from '../../../src/ports/channel.js';
import { json, MESSAGE, type Receiver, secret, startReceiver } from './receiver.js';

const NOW = 1_800_000_000_000;
const TOKEN = '123456:AAhush-hush';
const now = () => NOW;

let server: Receiver;
beforeEach(async () => {
  server = await startReceiver();
});
afterEach(() => server.close());

const telegram = (given: Partial<TelegramOptions> = {}) =>
  createTelegram({ baseUrl: server.url, token: secret(TOKEN), timeoutMs: 2_000, now, ...given });
const max = () => createMax({ baseUrl: server.url, token: secret(TOKEN), timeoutMs: 2_000, now });
const webhook = () =>
  createWebhook({ url: secret(`${server.url}/in/${TOKEN}`), secret: secret('key'), timeoutMs: 2_000, now });

const ALL: readonly [string, () => Channel][] = [
  ['telegram', () => telegram()],
  ['max', max],
  ['webhook', webhook],
];

async function failure(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => new Error('it went through'),
    (thrown: unknown) => thrown,
  );
  if (!isAppError(error)) throw error;
  // Nothing of a token or address that lets in may be told.
  expect(JSON.stringify([error, error.message, error.stack, error.remedy])).not.toContain('hush-hush');
  return error;
}

describe('telegram', () => {
  test('the digest as plain text, by the bot and to the chat', async () => {
    server.answer = json(200, { ok: true, result: { message_id: 77 } });
    expect(await telegram().send(MESSAGE)).toBe('message 77');
    const [{ method, url, body }] = server.received as [(typeof server.received)[0]];
    expect([method, url]).toEqual(['POST', `/bot${TOKEN}/sendMessage`]);
    expect(JSON.parse(body)).toEqual({
      chat_id: '-1001234567890',
      text: `${MESSAGE.subject}\n\n${MESSAGE.text}`,
      link_preview_options: { is_disabled: true },
    });
  });

  test('at most 4,096 characters, none of them halved', async () => {
    server.answer = json(200, { ok: true, result: {} });
    for (const shift of [0, 1])
      await telegram().send({ ...MESSAGE, text: 'x'.repeat(shift) + '🫖'.repeat(3000) });
    for (const { body } of server.received) {
      const { text } = JSON.parse(body) as { text: string };
      expect(text.length).toBeLessThanOrEqual(4096);
      expect(text.length).toBeGreaterThan(4090);
      expect(text).not.toMatch(/\p{Surrogate}/u);
    }
  });

  test('comes back when it is told to', async () => {
    const body = {
      ok: false,
      error_code: 429,
      description: 'Too Many Requests',
      parameters: { retry_after: 35 },
    };
    server.answer = json(429, body);
    expect(await failure(telegram().send(MESSAGE))).toMatchObject({
      code: 'CHANNEL_UNAVAILABLE',
      notBefore: NOW + 35_000,
      facts: { unclear: false },
    });
  });

  test.each([
    [401, 'Unauthorized', 'TELEGRAM_BOT_TOKEN'],
    [400, 'Bad Request: chat not found', 'TELEGRAM_CHAT_ID'],
    [403, 'Forbidden: bot was kicked', 'TELEGRAM_CHAT_ID'],
    [404, 'Not Found', 'TELEGRAM_API_URL'],
  ])('%i %s: refused, with what to do', async (status, description, remedy) => {
    server.answer = json(status, { ok: false, error_code: status, description });
    const error = await failure(telegram().send(MESSAGE));
    expect(error).toMatchObject({ code: 'CHANNEL_REFUSED' });
    expect(error.message).toContain(description);
    expect(error.remedy).toContain(remedy);
  });

  test('through a proxy with a login', async () => {
    const proxy = new URL(`http://me:p%40ss@127.0.0.1:${server.port}`);
    server.answer = json(200, { ok: true, result: { message_id: 1 } });
    expect(await telegram({ baseUrl: 'http://telegram.invalid/base', proxy }).send(MESSAGE)).toBe(
      'message 1',
    );
    const [{ url, headers }] = server.received as [(typeof server.received)[0]];
    expect(url).toBe(`http://telegram.invalid/base/bot${TOKEN}/sendMessage`);
    expect(headers.host).toBe('telegram.invalid');
    expect(headers['proxy-authorization']).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
  });

  test('an encrypted address is reached by a tunnel, and the proxy sees no token', async () => {
    // What listens speaks no TLS: that the greeting of TLS comes to it is proof enough.
    const greetings: Buffer[] = [];
    const target = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (data) => {
        greetings.push(data);
        socket.destroy();
      });
    }).listen(0, '127.0.0.1');
    await once(target, 'listening');
    const { port } = target.address() as AddressInfo;
    const proxy = new URL(server.url);
    const error = await failure(telegram({ baseUrl: `https://127.0.0.1:${port}`, proxy }).send(MESSAGE));
    expect(error).toMatchObject({ code: 'CHANNEL_UNAVAILABLE', facts: { unclear: false } });
    expect(greetings[0]?.[0]).toBe(0x16);
    expect(server.received).toMatchObject([{ method: 'CONNECT', url: `127.0.0.1:${port}` }]);
    expect(JSON.stringify(server.received)).not.toContain('hush');
    target.close();
    await once(target, 'close');
  });
});

describe('max', () => {
  test('text, chat and token in their places', async () => {
    server.answer = json(200, { message: { body: { mid: 'mid.1', seq: 1 } } });
    expect(await max().send(MESSAGE)).toBe('message mid.1');
    const [{ url, headers, body }] = server.received as [(typeof server.received)[0]];
    expect(url).toBe('/messages?chat_id=-1001234567890');
    expect(headers.authorization).toBe(TOKEN);
    expect(JSON.parse(body)).toEqual({ text: `${MESSAGE.subject}\n\n${MESSAGE.text}`, notify: true });
  });

  test('at most 4,000 characters', async () => {
    await max().send({ ...MESSAGE, text: 'я'.repeat(5000) });
    expect((JSON.parse(server.received[0]?.body ?? '') as { text: string }).text).toHaveLength(4000);
  });

  test('refused with its own words', async () => {
    server.answer = json(401, { code: 'verify.token', message: `Invalid access_token ${TOKEN}` });
    const error = await failure(max().send(MESSAGE));
    expect(error.message).toContain('Invalid access_token [secret]');
    expect(error.remedy).toContain('MAX_BOT_TOKEN');
  });
});

describe('webhook', () => {
  test('JSON that its receiver can prove to be ours', async () => {
    server.answer = json(202, 'taken\r\n');
    expect(await webhook().send(MESSAGE)).toBe('202 taken');
    const [{ url, headers, body }] = server.received as [(typeof server.received)[0]];
    expect(url).toBe(`/in/${TOKEN}`);
    const stamp = String(headers['x-inventory-timestamp']);
    expect(stamp).toBe('1800000000');
    const expected = createHmac('sha256', 'key').update(`${stamp}.${body}`).digest('hex');
    expect(headers['x-inventory-signature']).toBe(`sha256=${expected}`);
    expect(headers['idempotency-key']).toBe('0b1e');
    expect(JSON.parse(body)).toMatchObject({
      type: 'inventory.alert-digest.v1',
      id: '0b1e',
      counts: { raised: 1 },
    });
  });

  test('a redirect is not followed, for it would carry the digest elsewhere', async () => {
    server.answer = json(302, '', { location: 'http://else.invalid/' });
    const error = await failure(webhook().send(MESSAGE));
    expect(error).toMatchObject({ code: 'CHANNEL_REFUSED' });
    expect(error.remedy).toContain('leads elsewhere');
    expect(server.received).toHaveLength(1);
  });
});

describe.each(ALL)('%s in trouble', (_name, channel) => {
  test('5xx is tried again, at the time that it names', async () => {
    server.answer = json(503, 'busy', { 'retry-after': '120' });
    expect(await failure(channel().send(MESSAGE))).toMatchObject({
      code: 'CHANNEL_UNAVAILABLE',
      notBefore: NOW + 120_000,
      facts: { unclear: false },
    });
    server.answer = json(502, '<html>bad gateway</html>');
    expect(await failure(channel().send(MESSAGE))).toMatchObject({ notBefore: undefined });
  });

  test('nobody listens: it has surely not arrived', async () => {
    const gone = channel();
    await server.close();
    expect(await failure(gone.send(MESSAGE))).toMatchObject({
      code: 'CHANNEL_UNAVAILABLE',
      facts: { unclear: false },
    });
    server = await startReceiver();
  });

  test('the answer is lost: it may have arrived', async () => {
    server.answer = (response) => void response.socket?.destroy();
    expect(await failure(channel().send(MESSAGE))).toMatchObject({
      code: 'CHANNEL_UNAVAILABLE',
      facts: { unclear: true },
    });
    expect(server.received).toHaveLength(1);
  });
});

test('a receiver that never answers is left after the time-out', async () => {
  server.answer = () => {};
  const error = await failure(telegram({ timeoutMs: 50 }).send(MESSAGE));
  expect(error).toMatchObject({ code: 'CHANNEL_UNAVAILABLE', facts: { unclear: true } });
  expect(error.message).toContain('no answer in 0.05 s');
});
