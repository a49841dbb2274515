import { randomUUID } from 'node:crypto';
import { requireSettings } from '../../config/require.js';
import type { SettingPath } from '../../config/schema.js';
import { channelRender, openChannels } from '../alert-channels.js';
import { AppError, EXIT } from '../errors.js';
import type { CommandContext } from './context.js';
import { testDigest, trialSubject } from './test-digest.js';

const NEEDS = {
  telegram: ['channels.telegramToken', 'channels.telegramChat'],
  max: ['channels.maxToken', 'channels.maxChat'],
  webhook: ['channels.webhookUrl', 'channels.webhookSecret'],
} as const satisfies Record<string, readonly SettingPath[]>;

const WORDS = {
  ru: {
    sending: (name: string) => `Отправляем пробное сообщение: ${name}…`,
    sent: (answer: string) => `✓ Сообщение принято: ${answer}`,
  },
  en: {
    sending: (name: string) => `Sending a trial message: ${name}…`,
    sent: (answer: string) => `✓ The message was taken: ${answer}`,
  },
} as const;

/** `inventory-sync test-channel telegram|max|webhook`: one real message, and what the receiver says to it. */
export async function testChannel(
  options: Record<string, unknown>,
  context: CommandContext,
): Promise<number> {
  const name = String(options.channel) as keyof typeof NEEDS;
  const loaded = await context.settings();
  requireSettings(loaded, NEEDS[name]);
  const { config } = loaded;
  const opened = openChannels(config).find(({ channel }) => channel.name === name);
  if (opened === undefined)
    throw new AppError('USAGE', `the channel ${name} is not set up`, {
      remedy: 'set it up first: see its settings in .env.example',
    });
  const words = WORDS[config.locale];
  context.say(words.sending(name));
  const message = channelRender(config)(testDigest(`test-${randomUUID()}`, opened.to, new Date()));
  const answer = await opened.channel.send({
    ...message,
    subject: trialSubject(config.locale, message.subject),
  });
  context.print(`${words.sent(answer)}\n`);
  return EXIT.ok;
}
