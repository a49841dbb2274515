import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../config/load.js';
import type { Config } from '../../config/schema.js';
import { AlertSenders, alertOutlets } from '../../src/alert-channels.js';
import type { Alert } from '../../src/events/alert.js';
import type { Logger } from '../../src/ports/logger.js';
import { type SmtpSink, startSmtpSink } from '../../src/simulator/smtp-sink.js';
import { createAlertStore } from '../../src/store/alert-store.js';
import { json, type Receiver, startReceiver } from '../unit/channels/receiver.js';
import { someAlert } from './store/alerts.js';
import { type StoreDatabase, storeDatabase } from './store/store-database.js';

const log: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

let store: StoreDatabase;
let sink: SmtpSink;
let receiver: Receiver;
let opened: AlertSenders[];

beforeAll(async () => {
  store = await storeDatabase('senders');
});
afterAll(() => store?.close());
beforeEach(async () => {
  for (const table of ['alert_deliveries', 'digests', 'alerts'])
    await store.db.execute(`DELETE FROM ${table}`);
  sink = await startSmtpSink();
  receiver = await startReceiver();
  receiver.answer = json(200, { ok: true, result: { message_id: 1 } });
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((senders) => senders.stop()));
  await sink.close();
  await receiver.close();
});

function settings(given: Record<string, string> = {}): Config {
  const env = {
    SMTP_HOST: sink.host,
    SMTP_PORT: String(sink.port),
    SMTP_FROM: 'sync@shop.example',
    ALERT_EMAIL: 'boss@shop.example',
    TELEGRAM_BOT_TOKEN: '1:abc',
    TELEGRAM_CHAT_ID: '-100',
    TELEGRAM_API_URL: receiver.url,
    WEBHOOK_URL: `${receiver.url}/hook`,
    WEBHOOK_SECRET: 'key',
    ...given,
  };
  return loadConfig({ env, cwd: '/nonexistent', installFolder: '/nonexistent' }).config;
}

async function senders(config: Config): Promise<AlertSenders> {
  const fatal = (error: unknown) => expect.unreachable(String(error));
  const made = await AlertSenders.open({ config, logger: log }, store.db, fatal);
  opened.push(made);
  return made;
}

async function happen(config: Config, alerts: readonly Alert[]): Promise<void> {
  await store.db.transaction(async (tx) => {
    await createAlertStore(store.db).record(tx, alerts);
    for (const { deliveries, recipients } of alertOutlets(config, store.db))
      await deliveries.enqueue(tx, alerts, recipients);
  });
}

const states = async () =>
  (
    await store.db.query(
      'SELECT channel, status, COUNT(*) AS n FROM alert_deliveries GROUP BY 1, 2 ORDER BY 1, 2',
    )
  ).map(({ channel, status, n }) => `${String(channel)} ${String(status)} ${String(n)}`);
const dueNow = () => store.db.execute('UPDATE digests SET not_before = NOW(3) WHERE not_before IS NOT NULL');

describe('all channels', () => {
  it('get the same digest, each once', async () => {
    const config = settings();
    await happen(config, [someAlert(), someAlert()]);
    const all = await senders(config);
    await all.flush();
    await all.flush();
    expect(sink.messages().map(({ subject }) => subject)).toEqual(['Ozon: 2 товара закончились']);
    expect(receiver.received.map(({ url }) => url).sort()).toEqual(['/bot1:abc/sendMessage', '/hook']);
    for (const { body } of receiver.received) expect(body).toContain('Ozon: 2 товара закончились');
    expect(await states()).toEqual(['mail sent 2', 'telegram sent 2', 'webhook sent 2']);
  });

  it('one that is out of reach holds no other up, and gets all in one when it is back', async () => {
    const config = settings();
    const all = await senders(config);
    receiver.answer = json(503, 'away');
    for (let turn = 0; turn < 3; turn += 1) {
      await happen(config, [someAlert()]);
      await all.flush();
      await dueNow();
    }
    expect(sink.messages()).toHaveLength(3);
    expect(await states()).toEqual(['mail sent 3', 'telegram retry 3', 'webhook retry 3']);
    receiver.answer = json(200, { ok: true, result: { message_id: 1 } });
    receiver.received.length = 0;
    await all.flush();
    expect(receiver.received).toHaveLength(2);
    for (const { body } of receiver.received) expect(body).toContain('3 товара закончились');
    expect(await states()).toEqual(['mail sent 3', 'telegram sent 3', 'webhook sent 3']);
  });

  it('without mail settings the others work, and alerts are kept', async () => {
    const config = settings({ SMTP_HOST: '', ALERT_EMAIL: '' });
    await happen(config, [someAlert()]);
    await (await senders(config)).flush();
    expect(await states()).toEqual(['mail unaddressed 1', 'telegram sent 1', 'webhook sent 1']);
  });
});

describe('a mail server that', () => {
  const mailOnly = { TELEGRAM_BOT_TOKEN: '', TELEGRAM_CHAT_ID: '', WEBHOOK_URL: '', WEBHOOK_SECRET: '' };

  it.each([
    ['refuses for now', { at: 'data', code: 451 }, 1],
    ['takes the mail and hangs up before it answers', { at: 'after-data' }, 2],
  ] as const)('%s: nothing is lost, nothing is told twice that it answered', async (_name, fault, mails) => {
    const config = settings(mailOnly);
    const all = await senders(config);
    sink.setFault({ ...fault, times: 1 });
    await happen(config, [someAlert()]);
    await all.flush();
    await happen(config, [someAlert()]);
    await dueNow();
    await all.flush();
    const received = sink.messages();
    const ids = new Set(received.map(({ messageId }) => messageId));
    // Where the answer was lost: the same mail again, then the one with what came since.
    expect([received.length, ids.size]).toEqual([mails === 1 ? 1 : 3, mails]);
    expect(await states()).toEqual(['mail sent 2']);
    await all.flush();
    expect(sink.messages()).toHaveLength(received.length);
  });

  it('is asked by two workers at once gets one mail', async () => {
    const config = settings(mailOnly);
    await happen(config, [someAlert()]);
    const [one, other] = [await senders(config), await senders(config)];
    await Promise.all([one.flush(), other.flush(), one.flush(), other.flush()]);
    expect(sink.messages()).toHaveLength(1);
  });

  it('gets ten thousand alerts with hostile names as one small mail with true counts', async () => {
    const config = settings({ ...mailOnly, ALERT_MAX_PER_MAIL: '50' });
    const name = '</td><script>alert(1)</script>\r\nBcc: evil@else.example\u202E👩‍👩‍👧';
    const alerts = Array.from({ length: 10_000 }, (_, index) =>
      someAlert({ product: { productId: String(index), offerId: 'A\r\nSubject: x', name } }),
    );
    await happen(config, alerts);
    await (await senders(config)).flush();
    const [mail, ...more] = sink.messages();
    expect(more).toEqual([]);
    expect(mail?.subject.replaceAll('\u00a0', ' ')).toBe('Ozon: 10 000 товаров закончилось');
    expect(mail?.text.replaceAll('\u00a0', ' ')).toContain('и ещё 9 950');
    expect(mail?.to).toEqual(['boss@shop.example']);
    expect(mail?.headers.has('bcc')).toBe(false);
    expect(mail?.html).not.toContain('<script');
    expect(mail?.raw.length).toBeLessThan(100_000);
    expect(await states()).toEqual(['mail sent 10000']);
  });
});

describe('as time goes by', () => {
  it.each([
    ['of the shops that the settings name', { OZON_CLIENT_ID: '1001', OZON_API_KEY: 'key' }, 1],
    ['of all shops, from a worker that names none', {}, 2],
  ])('what stays open is told again %s', async (_name, shops, count) => {
    const config = settings({ TELEGRAM_BOT_TOKEN: '', TELEGRAM_CHAT_ID: '', WEBHOOK_URL: '', ...shops });
    const at = new Date(Date.now() - 5 * 3_600_000).toISOString();
    const held = ['1001', '2002'].map((account) =>
      someAlert({ ...{ account, at, rule: 'feed-held', severity: 'critical' }, feed: `ozon:${account}:x` }),
    );
    await store.db.transaction((tx) => createAlertStore(store.db).record(tx, held));
    await (await senders(config)).flush();
    expect(await states()).toEqual([`mail sent ${count}`]);
  });

  it('alerts are gathered and sent without being asked', async () => {
    const config = settings({ ALERT_GROUP_WAIT: '0' });
    await happen(config, [someAlert()]);
    (await senders(config)).start();
    expect((await sink.next()).subject).toBe('Ozon: 1 товар закончился');
    while (receiver.received.length < 2) await delay(10);
  });
});
