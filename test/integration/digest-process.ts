import { DigestSender } from '../../src/consumers/digest-sender.js';
import { createSmtpTransport } from '../../src/mailer/smtp-transport.js';
import type { MailMessage } from '../../src/ports/mail.js';
import { Database } from '../../src/store/database.js';
import { createDeliveryStore } from '../../src/store/delivery-store.js';
import { ENTITIES } from '../../src/store/entities/all.js';
import { alertMail } from '../../src/streams/topologies/alert-mail.js';

/** What a sender that is to be killed is told, as JSON in its first argument. */
export interface DigestProcessPlan {
  readonly db: { host: string; port: number; name: string; user: string; password: string };
  readonly smtp: { host: string; port: number };
  readonly recipients: string;
  /** Where it kills itself (SIGKILL): with the digest claimed, or with the server's «accepted» not yet marked. */
  readonly kill: 'claimed' | 'accepted';
}

const plan = JSON.parse(process.argv[2] ?? '{}') as DigestProcessPlan;
const say = (facts: object, message: string) => console.error(message, JSON.stringify(facts));
const db = await Database.open({
  ...plan.db,
  password: { reveal: () => plan.db.password },
  poolSize: 2,
  idleSeconds: 60,
  entities: ENTITIES,
});
const smtp = createSmtpTransport({
  ...plan.smtp,
  from: 'sync@shop.example',
  security: 'none',
  timeoutMs: 5_000,
});
const dieAt = (point: DigestProcessPlan['kill']) => {
  if (point === plan.kill) process.kill(process.pid, 'SIGKILL');
};
const sender = new DigestSender<MailMessage>({
  channel: 'mail',
  deliveries: createDeliveryStore(db),
  recipients: plan.recipients,
  transport: {
    async send(message) {
      dieAt('claimed');
      const receipt = await smtp.send(message);
      dieAt('accepted');
      return receipt;
    },
  },
  render: alertMail({ locale: 'ru', timeZone: 'Europe/Moscow', host: 'shop.example' }),
  now: Date.now,
  after: () => () => undefined,
  log: { info: say, warn: say, error: say },
  onFatal: (error) => console.error('fatal', error),
});
await sender.flush();
