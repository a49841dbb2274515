import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DigestSender, type DigestSenderOptions } from '../../../src/consumers/digest-sender.js';
import { AppError } from '../../../src/errors.js';
import { createSmtpTransport } from '../../../src/mailer/smtp-transport.js';
import type { MailMessage } from '../../../src/ports/mail.js';
import { type SmtpSink, startSmtpSink } from '../../../src/simulator/smtp-sink.js';
import { alertMail } from '../../../src/streams/topologies/alert-mail.js';
import { alertOf, MemoryDeliveries, TX } from './memory-alerts.js';

let sink: SmtpSink;
let deliveries: MemoryDeliveries;
let logged: { level: string; text: string; facts: object }[];
let timers: { ms: number; run: () => void }[];
let fatal: unknown[];

beforeEach(async () => {
  sink = await startSmtpSink();
  deliveries = new MemoryDeliveries();
  logged = [];
  timers = [];
  fatal = [];
});
afterEach(() => sink.close());

const logAs = (level: string) => (facts: object, text: string) => void logged.push({ level, text, facts });

function sender(options: Partial<DigestSenderOptions<MailMessage>> = {}) {
  return new DigestSender<MailMessage>({
    channel: 'mail',
    recipients: 'boss@shop.example, a@shop.example',
    now: () => 0,
    deliveries,
    transport: createSmtpTransport({
      host: sink.host,
      port: sink.port,
      from: 'sync@shop.example',
      security: 'auto',
      timeoutMs: 2_000,
    }),
    render: alertMail({ locale: 'ru', timeZone: 'Europe/Moscow', host: 'shop.example' }),
    after: (ms, run) => {
      const timer = { ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    log: { info: logAs('info'), warn: logAs('warn'), error: logAs('error') },
    onFatal: (error) => fatal.push(error),
    ...options,
  });
}

const enqueue = (...ids: string[]) =>
  deliveries.enqueue(
    TX,
    ids.map((id) => alertOf(id)),
    'boss@shop.example, a@shop.example',
  );
const idsReceived = () => sink.messages().map((mail) => mail.messageId);

describe('against a real SMTP server', () => {
  test('alerts are gathered, then mailed once, in one digest', async () => {
    const digests = sender();
    await enqueue('a', 'b');
    deliveries.now = 29_999;
    expect(await digests.runDue()).toBe(0);
    deliveries.now = 30_000;
    expect(await digests.runDue()).toBe(1);
    expect(await digests.runDue()).toBe(0);
    const [mail, ...more] = sink.messages();
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ from: 'sync@shop.example', to: ['boss@shop.example', 'a@shop.example'] });
    expect(mail?.subject).toBe('Ozon: 2 товара закончились');
    expect(mail?.headers.get('auto-submitted')).toBe('auto-generated');
    expect(deliveries.answers.get('digest-1')).toMatch(/^250 /);
    expect(await deliveries.pending()).toBe(0);
  });

  test('flush does not wait for company', async () => {
    await enqueue('a');
    expect(await sender().flush()).toBe(1);
    expect(sink.messages()).toHaveLength(1);
  });

  test('digests keep their distance, and what comes meanwhile makes one', async () => {
    const digests = sender();
    await enqueue('a');
    deliveries.now = 30_000;
    expect(await digests.runDue()).toBe(1);
    await enqueue('b');
    deliveries.now = 100_000;
    await enqueue('c');
    deliveries.now = 329_999;
    expect(await digests.runDue()).toBe(0);
    deliveries.now = 330_000;
    expect(await digests.runDue()).toBe(1);
    expect(sink.messages()[1]?.subject).toBe('Ozon: 2 товара закончились');
  });

  test('a server that is down for an hour: one digest after, with all that came', async () => {
    const transport = {
      send: () =>
        Promise.reject(new AppError('MAIL_UNAVAILABLE', 'nobody there', { facts: { unclear: false } })),
    };
    const down = sender({ transport });
    for (let minute = 0; minute < 60; minute += 1) {
      await enqueue(`at-${minute}`);
      deliveries.now += 60_000;
      await down.runDue();
    }
    const tries = deliveries.failures.map(({ retryInMs }) => retryInMs);
    expect(tries.slice(0, 6)).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 900_000]);
    deliveries.now += 15 * 60_000;
    const up = sender();
    expect(await up.runDue()).toBe(1);
    expect(await up.runDue()).toBe(0);
    expect(sink.messages().map(({ subject }) => subject)).toEqual(['Ozon: 60 товаров закончилось']);
    expect(await deliveries.pending()).toBe(0);
  });

  test('what may have arrived is sent again as it was, and what came since follows', async () => {
    const digests = sender();
    await enqueue('a');
    sink.setFault({ at: 'after-data', times: 1 });
    expect(await digests.flush()).toBe(0);
    await enqueue('b');
    deliveries.now = 30_000;
    expect(await digests.flush()).toBe(2);
    expect(idsReceived()).toEqual([
      '<digest-1@shop.example>',
      '<digest-1@shop.example>',
      '<digest-2@shop.example>',
    ]);
    const [first, second] = sink.messages();
    expect(second?.html).toBe(first?.html);
  });

  test('a receiver that names a time is not asked before it', async () => {
    const notBefore = 5_000_000 + 3_600_000;
    const error = new AppError('CHANNEL_UNAVAILABLE', 'slow down', { notBefore });
    const digests = sender({ now: () => 5_000_000, transport: { send: () => Promise.reject(error) } });
    await enqueue('a');
    expect(await digests.flush()).toBe(0);
    expect(deliveries.failures).toEqual([{ error: 'slow down', retryInMs: 3_600_000 }]);
  });

  test('more than fits one digest makes several, all in one pass', async () => {
    await enqueue('a', 'b', 'c');
    expect(await sender({ timing: { maxAlerts: 2 } }).flush()).toBe(2);
    expect(sink.messages()).toHaveLength(2);
  });

  test.each(['mail', 'rcpt', 'data'] as const)(
    '4xx at %s, then accepted: later, and with the same Message-ID',
    async (at) => {
      const digests = sender();
      await enqueue('a');
      // Both recipients are turned away, else the mail would go to one of them.
      sink.setFault({ at, code: 451, times: at === 'rcpt' ? 2 : 1 });
      expect(await digests.flush()).toBe(0);
      expect(deliveries.failures).toEqual([{ error: expect.stringContaining('451'), retryInMs: 30_000 }]);
      expect(await digests.flush()).toBe(0);
      deliveries.now = 30_000;
      expect(await digests.flush()).toBe(1);
      expect(idsReceived()).toEqual(['<digest-1@shop.example>']);
      expect(logged.map((one) => one.level)).toEqual(['warn', 'info']);
    },
  );

  test('a server in trouble is asked for one digest only', async () => {
    await enqueue('a', 'b');
    sink.setFault({ at: 'data', code: 451 });
    expect(await sender({ timing: { maxAlerts: 1 } }).flush()).toBe(0);
    expect(deliveries.failures).toHaveLength(1);
  });

  test('connection lost after the message: sent again, and receivers can tell that it is the same', async () => {
    const digests = sender();
    await enqueue('a');
    sink.setFault({ at: 'after-data', times: 1 });
    expect(await digests.flush()).toBe(0);
    deliveries.now = 30_000;
    expect(await digests.flush()).toBe(1);
    expect(idsReceived()).toEqual(['<digest-1@shop.example>', '<digest-1@shop.example>']);
    const [first, second] = sink.messages();
    expect(second?.text).toBe(first?.text);
    expect(await deliveries.pending()).toBe(0);
  });

  test('refused recipients: said with the remedy, others go meanwhile, and a corrected address gets it', async () => {
    await enqueue('a');
    sink.setFault({ at: 'rcpt', code: 550, text: '5.1.1 no such user', times: 1 });
    expect(await sender({ recipients: 'bos@shop.example' }).flush()).toBe(0);
    expect(deliveries.failures).toEqual([
      { error: expect.stringContaining('5.1.1 no such user'), retryInMs: 15 * 60_000 },
    ]);
    expect(logged).toMatchObject([
      { level: 'error', facts: { remedy: expect.stringContaining('ALERT_EMAIL') } },
    ]);
    await enqueue('b');
    const corrected = sender({ recipients: 'boss@shop.example' });
    expect(await corrected.flush()).toBe(1);
    deliveries.now += 15 * 60_000;
    expect(await corrected.flush()).toBe(1);
    expect(sink.messages().map(({ to, messageId }) => [to, messageId])).toEqual([
      [['boss@shop.example'], '<digest-2@shop.example>'],
      [['boss@shop.example'], '<digest-1@shop.example>'],
    ]);
  });

  test('one digest that a receiver refuses holds up no other, in the same pass and after', async () => {
    const sent: string[] = [];
    const transport = {
      send: async ({ messageId }: MailMessage) => {
        if (messageId.startsWith('digest-1@')) throw new AppError('CHANNEL_REFUSED', '400: not this one');
        sent.push(messageId);
        return 'ok';
      },
    };
    const digests = sender({ transport, timing: { maxAlerts: 1 } });
    await enqueue('poison', 'b');
    expect(await digests.flush()).toBe(1);
    for (let quarter = 1; quarter <= 10; quarter += 1) {
      await enqueue(`later-${quarter}`);
      deliveries.now = quarter * 15 * 60_000;
      expect(await digests.flush()).toBe(1);
    }
    expect(new Set(sent).size).toBe(11);
    expect(deliveries.failures.map(({ retryInMs }) => retryInMs)).toEqual([
      ...Array.from({ length: 8 }, () => 15 * 60_000),
      null,
    ]);
    expect(await deliveries.pending()).toBe(0);
  });

  test('a receiver that refuses everything is asked for two digests at a time, and gets all when it is mended', async () => {
    let calls = 0;
    const refusing = {
      send: () => {
        calls += 1;
        return Promise.reject(new AppError('CHANNEL_REFUSED', '400: chat not found'));
      },
    };
    const wrong = sender({ transport: refusing });
    for (let minute = 0; minute < 60; minute += 1) {
      await enqueue(`at-${minute}`);
      deliveries.now = minute * 60_000;
      await wrong.runDue();
    }
    expect(calls).toBeLessThanOrEqual(8);
    deliveries.now += 15 * 60_000;
    expect(await sender().runDue()).toBe(2);
    expect(await deliveries.pending()).toBe(0);
  });

  test('one of two recipients refused: the other gets it, and it is said who does not, why, and what to do', async () => {
    await enqueue('a');
    sink.setFault({ at: 'rcpt', code: 550, text: '5.1.1 no such user', times: 1 });
    expect(await sender({ recipients: 'bos@shop.example, a@shop.example' }).flush()).toBe(1);
    expect(sink.messages().map(({ to }) => to)).toEqual([['a@shop.example']]);
    expect(logged.map(({ level }) => level)).toEqual(['info', 'warn']);
    expect(logged[1]).toMatchObject({
      text: expect.stringContaining('bos@shop.example'),
      facts: {
        to: 'bos@shop.example',
        answer: expect.stringContaining('550 5.1.1 no such user'),
        remedy: expect.stringContaining('ALERT_EMAIL'),
      },
    });
    expect(deliveries.refused.get('digest-1')).toMatchObject([{ to: 'bos@shop.example' }]);
  });

  test('a refused login drops nothing: it waits a quarter of an hour and says what to do', async () => {
    await sink.close();
    sink = await startSmtpSink({ login: { user: 'u', password: 'right' } });
    const login = (password: string) =>
      createSmtpTransport({
        host: sink.host,
        port: sink.port,
        user: 'u',
        password: { reveal: () => password },
        from: 'sync@shop.example',
        security: 'none',
        timeoutMs: 2_000,
      });
    await enqueue('a');
    expect(await sender({ transport: login('wrong-secret') }).flush()).toBe(0);
    expect(deliveries.failures).toMatchObject([{ retryInMs: 15 * 60_000 }]);
    expect(logged).toMatchObject([
      { level: 'error', facts: { remedy: expect.stringContaining('app password') } },
    ]);
    expect(JSON.stringify([logged, deliveries.failures])).not.toContain('wrong-secret');
    deliveries.now = 15 * 60_000;
    expect(await sender({ transport: login('right') }).flush()).toBe(1);
    expect(idsReceived()).toEqual(['<digest-1@shop.example>']);
  });

  test('two passes at once do not mail twice', async () => {
    const digests = sender();
    await enqueue('a');
    expect(await Promise.all([digests.flush(), digests.flush(), digests.runDue()])).toEqual([1, 0, 0]);
    expect(sink.messages()).toHaveLength(1);
  });

  test('accepted, but the database is away: marked later, not mailed again', async () => {
    const digests = sender();
    const { sent } = deliveries;
    deliveries.sent = () => Promise.reject(new AppError('DB_UNAVAILABLE', 'gone'));
    await enqueue('a');
    await expect(digests.flush()).rejects.toMatchObject({ code: 'DB_UNAVAILABLE' });
    deliveries.sent = sent;
    // Long enough that the store would hand the digest to another sender.
    deliveries.now = 60 * 60_000;
    expect(await digests.flush()).toBe(0);
    expect(sink.messages()).toHaveLength(1);
    expect(await deliveries.pending()).toBe(0);
  });

  test('a message that cannot be rendered is kept, and said', async () => {
    await enqueue('a');
    const render = () => {
      throw new TypeError('bug');
    };
    expect(await sender({ render }).flush()).toBe(0);
    expect(deliveries.failures).toEqual([{ error: 'bug', retryInMs: 15 * 60_000 }]);
    expect(await deliveries.pending()).toBe(1);
    expect(logged).toMatchObject([{ level: 'error' }]);
  });
});

describe('the loop', () => {
  const fire = () => {
    const timer = timers.shift();
    timer?.run();
    return timer?.ms;
  };

  test('looks at once, then again after each pass, until it is stopped', async () => {
    const digests = sender();
    await enqueue('a');
    deliveries.now = 30_000;
    digests.start();
    digests.start();
    expect(timers.map((timer) => timer.ms)).toEqual([0]);
    fire();
    // No second pass is planned while one is under way.
    expect(timers).toEqual([]);
    await sink.next();
    await digests.runDue();
    expect(timers.map((timer) => timer.ms)).toEqual([5_000]);
    await digests.stop();
    expect(timers).toEqual([]);
  });

  test('stop waits for the mail that is under way', async () => {
    const digests = sender();
    await enqueue('a');
    deliveries.now = 30_000;
    digests.start();
    fire();
    await digests.stop();
    expect(deliveries.answers.size).toBe(1);
    expect(timers).toEqual([]);
  });

  test('goes on when the database is away', async () => {
    const digests = sender();
    deliveries.broken = new AppError('DB_UNAVAILABLE', 'gone');
    digests.start();
    fire();
    await expect(digests.runDue()).rejects.toMatchObject({ code: 'DB_UNAVAILABLE' });
    expect(timers).toHaveLength(1);
    expect(logged).toMatchObject([{ level: 'warn' }]);
    expect(fatal).toEqual([]);
    await digests.stop();
  });

  test('ends where going on makes no sense', async () => {
    const digests = sender();
    deliveries.broken = new AppError('DB_REFUSED', 'no grants');
    digests.start();
    fire();
    await expect(digests.runDue()).rejects.toMatchObject({ code: 'DB_REFUSED' });
    expect(fatal).toEqual([deliveries.broken]);
    expect(timers).toEqual([]);
  });
});
