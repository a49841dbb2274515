import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DigestSender } from '../../src/consumers/digest-sender.js';
import type { Alert } from '../../src/events/alert.js';
import { createSmtpTransport } from '../../src/mailer/smtp-transport.js';
import type { MailMessage } from '../../src/ports/mail.js';
import { type SmtpSink, startSmtpSink } from '../../src/simulator/smtp-sink.js';
import { createDeliveryStore } from '../../src/store/delivery-store.js';
import { alertMail } from '../../src/streams/topologies/alert-mail.js';
import { expectKilled } from '../support/killed-process.js';
import type { DigestProcessPlan } from './digest-process.js';
import { someAlert } from './store/alerts.js';
import { type StoreDatabase, storeDatabase } from './store/store-database.js';

const TO = 'boss@shop.example';

let store: StoreDatabase;
let sink: SmtpSink;

beforeAll(async () => {
  store = await storeDatabase('digestkill');
});
afterAll(() => store?.close());
beforeEach(async () => {
  for (const table of ['alert_deliveries', 'digests', 'alerts'])
    await store.db.execute(`DELETE FROM ${table}`);
  sink = await startSmtpSink();
});
afterEach(() => sink.close());

const happen = (...alerts: Alert[]) =>
  store.db.transaction((tx) => createDeliveryStore(store.db).enqueue(tx, alerts, TO));

/** A sender that comes to this point, and no farther. */
async function killedAt(kill: DigestProcessPlan['kill']): Promise<void> {
  const { host, port, database: name, user, password } = store.fresh;
  const plan: DigestProcessPlan = {
    db: { host, port, name, user, password },
    smtp: { host: sink.host, port: sink.port },
    recipients: TO,
    kill,
  };
  await expectKilled(new URL('./digest-process.ts', import.meta.url), plan);
}

/** The next process, with the same settings. */
function nextSender(recipients = TO): DigestSender<MailMessage> {
  const quiet = () => undefined;
  return new DigestSender<MailMessage>({
    channel: 'mail',
    deliveries: createDeliveryStore(store.db),
    recipients,
    transport: createSmtpTransport({
      ...{ host: sink.host, port: sink.port, from: 'sync@shop.example' },
      ...{ security: 'none', timeoutMs: 5_000 },
    }),
    render: alertMail({ locale: 'ru', timeZone: 'Europe/Moscow', host: 'shop.example' }),
    now: Date.now,
    after: () => () => undefined,
    log: { info: quiet, warn: quiet, error: quiet },
    onFatal: (error) => expect.unreachable(String(error)),
  });
}

const digests = async () =>
  (await store.db.query('SELECT status, attempts, unclear FROM digests ORDER BY created_at, digest_id')).map(
    ({ status, attempts, unclear }) => `${String(status)} ${String(attempts)} ${String(unclear)}`,
  );
const deliveries = async () =>
  (await store.db.query('SELECT status, COUNT(*) AS n FROM alert_deliveries GROUP BY 1 ORDER BY 1')).map(
    ({ status, n }) => `${String(status)} ${String(n)}`,
  );
/** As if so much time had gone by that the sender counts as dead. */
const later = () => store.db.execute('UPDATE digests SET sending_since = NOW(3) - INTERVAL 1 HOUR');
const ids = () => sink.messages().map(({ messageId }) => messageId);

describe('a sender that is killed', () => {
  it('between claim and send: the mail goes once, and not before its sender must be dead', async () => {
    await happen(someAlert(), someAlert());
    await killedAt('claimed');
    expect([sink.messages().length, await digests()]).toEqual([0, ['sending 1 0']]);
    await happen(someAlert());
    const next = nextSender();
    expect(await next.flush()).toBe(0);
    await later();
    expect(await next.flush()).toBe(2);
    expect(await next.flush()).toBe(0);
    expect(sink.messages().map(({ subject }) => subject)).toEqual([
      'Ozon: 2 товара закончились',
      'Ozon: 1 товар закончился',
    ]);
    expect(new Set(ids()).size).toBe(2);
    expect([await digests(), await deliveries()]).toEqual([['sent 2 1', 'sent 1 0'], ['sent 3']]);
  });

  it('between the «accepted» and its mark: the same mail once more, unchanged, whatever came and changed since', async () => {
    await happen(someAlert(), someAlert());
    await killedAt('accepted');
    expect([sink.messages().length, await digests()]).toEqual([1, ['sending 1 0']]);
    await happen(someAlert());
    await later();
    const next = nextSender('new@shop.example');
    expect(await next.flush()).toBe(2);
    expect(await next.flush()).toBe(0);
    const [first, copy, news] = sink.messages();
    const shown = (mail: typeof first) => [mail?.messageId, mail?.to, mail?.subject, mail?.text, mail?.html];
    expect(shown(copy)).toEqual(shown(first));
    expect(news?.to).toEqual(['new@shop.example']);
    expect(new Set(ids()).size).toBe(2);
    expect([await digests(), await deliveries()]).toEqual([['sent 2 1', 'sent 1 0'], ['sent 3']]);
  });

  it('again and again before it sends: nothing is lost, and one mail comes of it', async () => {
    await happen(someAlert());
    for (let time = 0; time < 3; time += 1) {
      await killedAt('claimed');
      await later();
    }
    expect(await nextSender().flush()).toBe(1);
    expect([sink.messages().length, await digests(), await deliveries()]).toEqual([
      1,
      ['sent 4 1'],
      ['sent 1'],
    ]);
  });
});
