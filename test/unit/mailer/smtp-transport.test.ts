import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAppError } from '../../../src/errors.js';
import { createSmtpTransport, type SmtpOptions } from '../../../src/mailer/smtp-transport.js';
import type { MailMessage } from '../../../src/ports/mail.js';
import { type SmtpSink, startSmtpSink } from '../../../src/simulator/smtp-sink.js';

const MESSAGE: MailMessage = {
  to: 'a@shop.example, b@shop.example',
  subject: 'Остатки: −42,0 %',
  text: 'Кружка\n',
  html: '<b>Кружка</b>',
  messageId: 'digest-1@shop.example',
  headers: { 'Auto-Submitted': 'auto-generated' },
};

let sink: SmtpSink;
beforeEach(async () => {
  sink = await startSmtpSink();
});
afterEach(() => sink.close());

function transport(options: Partial<SmtpOptions> = {}) {
  const { host, port } = sink;
  return createSmtpTransport({
    host,
    port,
    from: 'Склад <sync@shop.example>',
    security: 'auto',
    timeoutMs: 2_000,
    ...options,
  });
}

const password = (text: string) => ({ reveal: () => text });

async function failure(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => new Error('it went through'),
    (thrown: unknown) => thrown,
  );
  if (!isAppError(error)) throw error;
  return error;
}

describe('sending', () => {
  test('the message arrives as it was meant', async () => {
    expect(await transport().send(MESSAGE)).toEqual({
      answer: expect.stringMatching(/^250 /),
      refused: [],
    });
    const mail = await sink.next();
    expect(mail).toMatchObject({
      from: 'sync@shop.example',
      to: ['a@shop.example', 'b@shop.example'],
      messageId: '<digest-1@shop.example>',
      subject: 'Остатки: −42,0 %',
      html: '<b>Кружка</b>',
    });
    expect(mail.text.trim()).toBe('Кружка');
    expect(mail.sender).toContain('Склад');
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
  });

  test('a thread and a picture: the one by headers, the other inside the HTML', async () => {
    const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 255]);
    const picture = {
      filename: 'stock.png',
      contentType: 'image/png',
      content: png,
      cid: 'chart@shop.example',
    };
    const html = '<img src="cid:chart@shop.example">';
    await transport().send({ ...MESSAGE, html, thread: 'day@shop.example', attachments: [picture] });
    const mail = await sink.next();
    expect(mail.headers.get('in-reply-to')).toBe('<day@shop.example>');
    expect(mail.headers.get('references')).toBe('<day@shop.example>');
    const { attachments } = await simpleParser(mail.raw, { skipImageLinks: true });
    expect(attachments).toMatchObject([
      { contentType: 'image/png', contentDisposition: 'inline', cid: 'chart@shop.example', related: true },
    ]);
    expect(Uint8Array.from(attachments[0]?.content ?? [])).toEqual(png);
  });

  test('a subject cannot smuggle in a header', async () => {
    await transport().send({ ...MESSAGE, subject: 'x\r\nBcc: evil@else.example' });
    const mail = await sink.next();
    expect(mail.headers.has('bcc')).toBe(false);
    expect(mail.to).toEqual(['a@shop.example', 'b@shop.example']);
  });

  test('one of two recipients refused: sent, and told who does not get it, why, and what to do', async () => {
    sink.setFault({ at: 'rcpt', code: 550, text: '5.1.1 unknown', times: 1 });
    expect(await transport().send(MESSAGE)).toEqual({
      answer: expect.stringMatching(/^250 /),
      refused: [
        {
          to: 'a@shop.example',
          said: '550 5.1.1 unknown',
          remedy: {
            ru: expect.stringContaining('ALERT_EMAIL'),
            en: expect.stringContaining('ALERT_EMAIL'),
          },
        },
      ],
    });
    expect((await sink.next()).to).toEqual(['b@shop.example']);
  });

  test('one of two recipients may not be written to: that is about the sender', async () => {
    sink.setFault({ at: 'rcpt', code: 554, text: '5.7.1 relay access denied', times: 1 });
    const { refused } = await transport().send(MESSAGE);
    expect(refused).toMatchObject([{ remedy: { en: expect.stringContaining('SMTP_USER') } }]);
  });

  test('with a login', async () => {
    await sink.close();
    sink = await startSmtpSink({ login: { user: 'u', password: 'right' } });
    const login = { user: 'u', password: password('right'), security: 'none' } as const;
    await transport(login).verify();
    await transport(login).send(MESSAGE);
    expect(sink.messages()).toHaveLength(1);
  });
});

describe('whether a message that failed may have arrived', () => {
  test.each([
    ['refused before it', { at: 'mail', code: 451 }, false],
    ['refused after it', { at: 'data', code: 451 }, false],
    ['connection lost after it', { at: 'after-data' }, true],
  ] as const)('%s: %s', async (_name, fault, unclear) => {
    sink.setFault(fault);
    expect((await failure(transport({ timeoutMs: 10_000 }).send(MESSAGE))).facts.unclear).toBe(unclear);
  });

  test('nobody listens: surely not', async () => {
    const away = transport();
    await sink.close();
    expect((await failure(away.send(MESSAGE))).facts.unclear).toBe(false);
    sink = await startSmtpSink();
  });
});

describe('what the server refuses', () => {
  test.each([
    ['mail', 451, '4.3.0 busy', 'MAIL_UNAVAILABLE', 'sender'],
    ['mail', 553, '5.7.1 not your address', 'MAIL_REFUSED', 'sender'],
    ['rcpt', 450, '4.2.0 greylisted', 'MAIL_UNAVAILABLE', 'recipient'],
    ['rcpt', 550, '5.1.1 unknown', 'MAIL_REFUSED', 'recipient'],
    ['rcpt', 554, '5.7.1 relay access denied', 'MAIL_REFUSED', 'sender'],
    ['rcpt', 503, '5.5.1 bad sequence', 'MAIL_UNAVAILABLE', 'recipient'],
    ['data', 452, '4.3.1 full', 'MAIL_UNAVAILABLE', 'message'],
    ['data', 554, '5.7.1 looks like spam', 'MAIL_REFUSED', 'message'],
  ] as const)('%s %i %s → %s at %s', async (at, code, text, expected, stage) => {
    sink.setFault({ at, code, text });
    const error = await failure(transport().send(MESSAGE));
    expect(error).toMatchObject({ code: expected, facts: { stage, smtpCode: code } });
    expect(error.message).toContain(text);
    if (expected === 'MAIL_REFUSED') expect(error.remedy).toBeTruthy();
    expect(sink.messages()).toEqual([]);
  });

  test('an address that is none', async () => {
    expect(await failure(transport().send({ ...MESSAGE, to: 'nonsense' }))).toMatchObject({
      code: 'MAIL_REFUSED',
      facts: { stage: 'recipient' },
    });
  });

  test('a wrong password: what to do, and not what it was', async () => {
    await sink.close();
    sink = await startSmtpSink({ login: { user: 'u', password: 'right' } });
    const login = { user: 'u', password: password('hush-hush'), security: 'none' } as const;
    for (const error of [
      await failure(transport(login).verify()),
      await failure(transport(login).send(MESSAGE)),
    ]) {
      expect(error).toMatchObject({ code: 'MAIL_REFUSED', facts: { stage: 'login', smtpCode: 535 } });
      expect(error.remedy).toContain('app password');
      expect(JSON.stringify([error, error.message, error.stack])).not.toContain('hush-hush');
    }
  });

  test('no login where one is wanted', async () => {
    await sink.close();
    sink = await startSmtpSink({ login: { user: 'u', password: 'right' } });
    expect(await failure(transport().send(MESSAGE))).toMatchObject({
      code: 'MAIL_REFUSED',
      facts: { stage: 'login' },
    });
  });
});

describe('encryption', () => {
  test('a certificate that must not be trusted is an error, also where TLS was only on offer', async () => {
    await sink.close();
    sink = await startSmtpSink({ starttls: true });
    for (const security of ['auto', 'starttls'] as const) {
      const error = await failure(transport({ security }).send(MESSAGE));
      expect(error).toMatchObject({ code: 'MAIL_REFUSED', facts: { stage: 'tls' } });
      expect(error.remedy).toContain('certificate');
    }
    await transport({ security: 'none' }).send(MESSAGE);
    expect(sink.messages()).toHaveLength(1);
  });

  test('a certificate that must not be trusted, where TLS speaks from the start', async () => {
    const server = new SMTPServer({ secure: true, authOptional: true, logger: false });
    server.on('error', () => {});
    const listener = server.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    const error = await failure(transport({ port, security: 'tls' }).send(MESSAGE));
    expect(error).toMatchObject({ code: 'MAIL_REFUSED', facts: { stage: 'tls' } });
    await new Promise<void>((done) => server.close(() => done()));
  });

  test.each([
    ['tls from the start, server plain', { security: 'tls' }],
    ['starttls, server without', { security: 'starttls' }],
    ['a password, server without encryption', { security: 'auto', user: 'u', password: password('p') }],
  ] as const)('%s', async (_name, options) => {
    const error = await failure(transport(options).send(MESSAGE));
    expect(error).toMatchObject({ code: 'MAIL_REFUSED', facts: { stage: 'tls' } });
    expect(error.remedy).toContain('587');
    expect(sink.messages()).toEqual([]);
  });
});

describe('trouble on the way', () => {
  test('connection lost after the message', async () => {
    sink.setFault({ at: 'after-data' });
    expect(await failure(transport().send(MESSAGE))).toMatchObject({ code: 'MAIL_UNAVAILABLE' });
    expect(sink.messages()).toHaveLength(1);
  });

  test('nobody listens', async () => {
    const away = transport();
    await sink.close();
    const error = await failure(away.send(MESSAGE));
    expect(error).toMatchObject({
      code: 'MAIL_UNAVAILABLE',
      facts: { stage: 'connect', systemCode: 'ECONNREFUSED' },
    });
    expect(error.remedy).toContain('SMTP_HOST');
  });

  test('a server that never answers is left after the time-out', async () => {
    sink.setFault({ at: 'silence' });
    expect(await failure(transport({ timeoutMs: 50 }).send(MESSAGE))).toMatchObject({
      code: 'MAIL_UNAVAILABLE',
    });
  });

  test('a server that never greets: the port may be the wrong one', async () => {
    const sockets: Socket[] = [];
    const mute = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as AddressInfo;
    const error = await failure(transport({ port, timeoutMs: 50 }).verify());
    expect(error).toMatchObject({ code: 'MAIL_UNAVAILABLE', facts: { stage: 'connect' } });
    expect(error.remedy).toContain('465');
    for (const socket of sockets) socket.destroy();
    mute.close();
    await once(mute, 'close');
  });

  test('a server that repeats what it was sent does not bring the password into the message', async () => {
    const echo = createServer((socket) => {
      socket.write('220 echo\r\n');
      socket.on('data', (data) => {
        const line = data.toString();
        socket.write(
          line.startsWith('EHLO') ? '250-echo\r\n250 AUTH PLAIN\r\n' : `535 what is ${line.trim()}?\r\n`,
        );
      });
      socket.on('error', () => {});
    }).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const { port } = echo.address() as AddressInfo;
    const login = { port, user: 'u', password: password('hush-hush'), security: 'none' } as const;
    const error = await failure(transport(login).verify());
    expect(error.message).toContain('[secret]');
    expect(error.message).not.toContain(Buffer.from('\0u\0hush-hush').toString('base64'));
    echo.close();
    await once(echo, 'close');
  });
});

describe('the sink', () => {
  test('hands out mails in order and says when it is closed', async () => {
    const early = sink.next();
    await transport().send(MESSAGE);
    await transport().send({ ...MESSAGE, messageId: 'second@shop.example' });
    expect((await early).messageId).toBe('<digest-1@shop.example>');
    expect((await sink.next()).messageId).toBe('<second@shop.example>');
    const never = sink.next();
    await Promise.all([sink.close(), expect(never).rejects.toThrow('closed')]);
    await expect(sink.next()).rejects.toThrow('closed');
  });
});
