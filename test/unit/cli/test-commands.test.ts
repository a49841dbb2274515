import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CommandContext } from '../../../src/cli/context.js';
import { testChannel } from '../../../src/cli/test-channel.js';
import { testEmail } from '../../../src/cli/test-email.js';
import { type SmtpSink, startSmtpSink } from '../../../src/simulator/smtp-sink.js';
import { json, type Receiver, startReceiver } from '../channels/receiver.js';

let sink: SmtpSink;
let server: Receiver;
let folder: string;
let said: string[];

beforeEach(async () => {
  sink = await startSmtpSink();
  server = await startReceiver();
  folder = mkdtempSync(join(tmpdir(), 'inventory-sync-test-'));
  said = [];
});
afterEach(async () => {
  await sink.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

function context(settings: Record<string, string | number>): CommandContext {
  const envFile = join(folder, '.env');
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  writeFileSync(envFile, lines.join('\n'), { mode: 0o600 });
  const out = { write: (text: string) => said.push(text) };
  return new CommandContext({ command: 'test', envFile, stdout: out, stderr: out });
}

describe('test-email', () => {
  const settings = () => ({
    SMTP_HOST: sink.host,
    SMTP_PORT: sink.port,
    SMTP_FROM: 'sync@shop.example',
    ALERT_EMAIL: 'boss@shop.example',
  });

  test('sends a real mail, picture and all, and tells the words of the server', async () => {
    expect(await testEmail({}, context(settings()))).toBe(0);
    const mail = await sink.next();
    expect(mail.to).toEqual(['boss@shop.example']);
    expect(mail.subject).toContain('Проверка связи: ');
    expect(mail.text).toContain('1 200 → 900'.replace(' ', '\u00a0'));
    expect(mail.html).toContain('<img');
    expect(said.join('')).toContain('✓ Письмо принято сервером: 250 ');
  });

  test('one of several recipients refused: who, the words of the server, the remedy, and no success', async () => {
    sink.setFault({ at: 'rcpt', code: 550, text: '5.1.1 no such user', times: 1 });
    const two = { ...settings(), ALERT_EMAIL: 'bos@shop.example,a@shop.example' };
    expect(await testEmail({}, context(two))).toBe(1);
    expect((await sink.next()).to).toEqual(['a@shop.example']);
    const text = said.join('');
    expect(text).toContain('✓ Письмо принято сервером: 250 ');
    expect(text).toContain('✗ Для bos@shop.example сервер письмо не принял: 550 5.1.1 no such user');
    expect(text).toContain('Проверьте адреса в ALERT_EMAIL.');
  });

  test('what is refused comes with what to do', async () => {
    await sink.close();
    sink = await startSmtpSink({ login: { user: 'u@shop.example', password: 'right' } });
    const login = {
      SMTP_USER: 'u@shop.example',
      SMTP_PASSWORD: 'wrong',
      SMTP_SECURITY: 'none',
      LOCALE: 'en',
    };
    await expect(testEmail({}, context({ ...settings(), ...login }))).rejects.toMatchObject({
      code: 'MAIL_REFUSED',
      message: expect.stringContaining('535') as string,
      remedy: expect.stringContaining('app password') as string,
    });
  });

  test('names what is not set', async () => {
    await expect(testEmail({}, context({ SMTP_HOST: sink.host }))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('ALERT_EMAIL') as string,
    });
  });
});

describe('test-channel', () => {
  test.each([
    ['telegram', { TELEGRAM_BOT_TOKEN: '1:abc', TELEGRAM_CHAT_ID: '-1' }, 'TELEGRAM_API_URL'],
    ['max', { MAX_BOT_TOKEN: 'abc', MAX_CHAT_ID: '-1' }, 'MAX_API_URL'],
    ['webhook', { WEBHOOK_SECRET: 'key' }, 'WEBHOOK_URL'],
  ] as const)('%s: a real message', async (channel, settings, address) => {
    server.answer = json(200, { ok: true, result: { message_id: 5 }, message: { body: { mid: 'm' } } });
    expect(await testChannel({ channel }, context({ ...settings, [address]: server.url }))).toBe(0);
    expect(server.received).toHaveLength(1);
    expect(server.received[0]?.body).toContain('Проверка связи');
    expect(said.join('')).toContain('✓ Сообщение принято: ');
  });

  test('names what is not set, and an address that is none', async () => {
    await expect(testChannel({ channel: 'max' }, context({}))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('MAX_BOT_TOKEN') as string,
    });
    await expect(
      testChannel({ channel: 'telegram' }, context({ TELEGRAM_BOT_TOKEN: '1:hush-hush' })),
    ).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('TELEGRAM_BOT_TOKEN is set but TELEGRAM_CHAT_ID is not') as string,
    });
    const webhook = { WEBHOOK_URL: 'ftp://x/secret-part', WEBHOOK_SECRET: 'key' };
    await expect(testChannel({ channel: 'webhook' }, context(webhook))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(
        'WEBHOOK_URL: expected an http:// or https:// address; its value is not shown',
      ) as string,
    });
  });
});
