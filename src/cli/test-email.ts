import { randomUUID } from 'node:crypto';
import { requireSettings } from '../../config/require.js';
import { mailRender } from '../alert-channels.js';
import { EXIT } from '../errors.js';
import { openSmtpTransport } from '../main.js';
import type { CommandContext } from './context.js';
import { testDigest, trialSubject } from './test-digest.js';

const WORDS = {
  ru: {
    sending: (to: string, server: string) => `Отправляем пробное письмо на ${to} через ${server}…`,
    sent: (answer: string) => `✓ Письмо принято сервером: ${answer}`,
    refused: (to: string, said: string) => `✗ Для ${to} сервер письмо не принял: ${said}`,
    look: 'Если его нет во «Входящих», посмотрите в «Спаме».',
  },
  en: {
    sending: (to: string, server: string) => `Sending a trial mail to ${to} through ${server}…`,
    sent: (answer: string) => `✓ The server took the mail: ${answer}`,
    refused: (to: string, said: string) => `✗ The server did not take the mail for ${to}: ${said}`,
    look: 'If it is not in the inbox, look among the spam.',
  },
} as const;

/** `inventory-sync test-email`: one real mail to ALERT_EMAIL, and what the server says to it. Fails where it refuses anybody. */
export async function testEmail(_options: Record<string, unknown>, context: CommandContext): Promise<number> {
  const loaded = await context.settings();
  const { config } = loaded;
  const { 'smtp.host': host } = requireSettings(loaded, ['smtp.host', 'alerts.email']);
  const transport = openSmtpTransport(config);
  if (transport === null) return EXIT.failed;
  const words = WORDS[config.locale];
  const to = config.alerts.email.join(', ');
  context.say(words.sending(to, `${host}:${config.smtp.port}`));
  try {
    const render = await mailRender(config, await context.logger('for-people'));
    const mail = render(testDigest(`test-${randomUUID()}`, to, new Date()));
    const subject = trialSubject(config.locale, mail.subject);
    const { answer, refused } = await transport.send({ ...mail, subject });
    const lines = refused.flatMap((one) => [words.refused(one.to, one.said), one.remedy[config.locale]]);
    context.print(`${[words.sent(answer), ...lines, words.look].join('\n')}\n`);
    return refused.length === 0 ? EXIT.ok : EXIT.failed;
  } finally {
    await transport.close();
  }
}
