import type { Channel } from '../ports/channel.js';
import { fieldOf, postOrThrow, type Remedy, type Speech } from './channel-error.js';
import { messageText } from './message-text.js';

export interface MaxOptions {
  readonly baseUrl: string;
  readonly token: { reveal(): string };
  readonly timeoutMs: number;
  readonly now: () => number;
}

/** MAX docs, POST /messages: text up to 4,000 characters, the token in the header Authorization. */
const LONGEST_TEXT = 4000;

const REMEDIES: Readonly<Record<number, Remedy>> = {
  400: {
    en: 'Check MAX_CHAT_ID: the number of a chat that the bot is in (groups have a minus).',
    ru: 'Проверьте MAX_CHAT_ID: номер чата, в котором состоит бот (у групп с минусом).',
  },
  401: {
    en: 'Check MAX_BOT_TOKEN: it stands in the bot’s settings.',
    ru: 'Проверьте MAX_BOT_TOKEN: он указан в настройках бота.',
  },
  403: {
    en: 'The bot may not write to this chat: make it a member, or set another MAX_CHAT_ID.',
    ru: 'Боту нельзя писать в этот чат: добавьте его туда или укажите другой MAX_CHAT_ID.',
  },
};
const ANY_REMEDY: Remedy = {
  en: 'Check MAX_BOT_TOKEN, MAX_CHAT_ID and MAX_API_URL.',
  ru: 'Проверьте MAX_BOT_TOKEN, MAX_CHAT_ID и MAX_API_URL.',
};

/** Plain text, so that nothing in a product's name is taken for markup. */
export function createMax(options: MaxOptions): Channel {
  const token = options.token.reveal();
  const speech: Speech = {
    name: 'MAX',
    secrets: [token],
    addressRemedy: {
      en: 'Check MAX_API_URL, and that a firewall lets this machine reach it.',
      ru: 'Проверьте MAX_API_URL и что этот адрес доступен с этой машины.',
    },
    now: options.now,
    refusalOf: ({ text, status }) => ({
      said: String(fieldOf(text, 'message') ?? text),
      remedy: REMEDIES[status] ?? ANY_REMEDY,
    }),
  };
  return {
    name: 'max',
    async send(message) {
      const url = new URL(`${options.baseUrl}/messages`);
      url.searchParams.set('chat_id', message.to);
      const body = JSON.stringify({ text: messageText(message, LONGEST_TEXT), notify: true });
      const headers = { Authorization: token };
      const answer = await postOrThrow({ url, headers, body, timeoutMs: options.timeoutMs }, speech);
      return `message ${String(fieldOf(answer.text, 'message', 'body', 'mid') ?? '')}`.trim();
    },
  };
}
