import type { Channel } from '../ports/channel.js';
import { fieldOf, postOrThrow, type Speech } from './channel-error.js';
import { messageText } from './message-text.js';

export interface MaxOptions {
  readonly baseUrl: string;
  readonly token: { reveal(): string };
  readonly timeoutMs: number;
  readonly now: () => number;
}

/** MAX docs, POST /messages: text up to 4,000 characters, the token in the header Authorization. */
const LONGEST_TEXT = 4000;

const REMEDIES: Readonly<Record<number, string>> = {
  400: 'Check MAX_CHAT_ID: the number of a chat that the bot is in (groups have a minus).',
  401: 'Check MAX_BOT_TOKEN: it stands in the bot’s settings at business.max.ru.',
  403: 'The bot may not write to this chat: make it a member, or set another MAX_CHAT_ID.',
  404: 'Check MAX_CHAT_ID and MAX_API_URL.',
};

/** Plain text, so that nothing in a product's name is taken for markup. */
export function createMax(options: MaxOptions): Channel {
  const token = options.token.reveal();
  const speech: Speech = {
    name: 'MAX',
    secrets: [token],
    addressRemedy: 'Check MAX_API_URL, and that a firewall lets this machine reach it.',
    now: options.now,
    refusalOf: ({ text, status }) => ({
      said: String(fieldOf(text, 'message') ?? text),
      remedy: REMEDIES[status] ?? 'Check MAX_BOT_TOKEN, MAX_CHAT_ID and MAX_API_URL.',
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
