import type { Channel } from '../ports/channel.js';
import { answerError, fieldOf, postOrThrow, type Remedy, type Speech } from './channel-error.js';
import { decoded, type PostAnswer } from './http-post.js';
import { messageText } from './message-text.js';

export interface TelegramOptions {
  /** Scheme, host and, before a proxy of one's own, a base path. */
  readonly baseUrl: string;
  readonly token: { reveal(): string };
  readonly proxy?: URL | undefined;
  readonly timeoutMs: number;
  readonly now: () => number;
}

/** Telegram Bot API, sendMessage: 1 to 4,096 characters. */
const LONGEST_TEXT = 4096;

const REMEDIES: Readonly<Record<number, Remedy>> = {
  400: {
    en: 'Check TELEGRAM_CHAT_ID: a number (of a group with its minus) or @name of a channel; the bot must be in the chat, or you must have written to it first.',
    ru: 'Проверьте TELEGRAM_CHAT_ID: число (у группы с минусом) или @имя канала; бот должен быть в чате, а в личной переписке сначала напишите ему сами.',
  },
  401: {
    en: 'Check TELEGRAM_BOT_TOKEN: it is the whole text that @BotFather gave, with the colon.',
    ru: 'Проверьте TELEGRAM_BOT_TOKEN: это весь текст от @BotFather, вместе с двоеточием.',
  },
  403: {
    en: 'The bot was put out of the chat or blocked there: let it in again, or set another TELEGRAM_CHAT_ID.',
    ru: 'Бота удалили из чата или заблокировали: верните его или укажите другой TELEGRAM_CHAT_ID.',
  },
  404: {
    en: 'Check TELEGRAM_BOT_TOKEN (the whole text from @BotFather) and TELEGRAM_API_URL.',
    ru: 'Проверьте TELEGRAM_BOT_TOKEN (весь текст от @BotFather) и TELEGRAM_API_URL.',
  },
};
const ANY_REMEDY: Remedy = {
  en: 'Check TELEGRAM_BOT_TOKEN, TELEGRAM_CHAT_ID and TELEGRAM_API_URL.',
  ru: 'Проверьте TELEGRAM_BOT_TOKEN, TELEGRAM_CHAT_ID и TELEGRAM_API_URL.',
};

/** Plain text, so that nothing in a product's name is taken for markup. */
export function createTelegram(options: TelegramOptions): Channel {
  const token = options.token.reveal();
  const speech: Speech = {
    name: 'Telegram',
    secrets: [token, proxyPassword(options.proxy)],
    addressRemedy: {
      en: 'Check TELEGRAM_API_URL and TELEGRAM_PROXY: Telegram may be blocked where this machine is.',
      ru: 'Проверьте TELEGRAM_API_URL и TELEGRAM_PROXY: возможно, Telegram отсюда недоступен.',
    },
    now: options.now,
    refusalOf: ({ text, status }) => ({
      said: String(fieldOf(text, 'description') ?? text),
      remedy: REMEDIES[status] ?? ANY_REMEDY,
    }),
    waitOf,
  };
  return {
    name: 'telegram',
    async send(message) {
      const body = JSON.stringify({
        chat_id: message.to,
        text: messageText(message, LONGEST_TEXT),
        link_preview_options: { is_disabled: true },
      });
      const url = new URL(`${options.baseUrl}/bot${token}/sendMessage`);
      const { proxy, timeoutMs } = options;
      const answer = await postOrThrow({ url, headers: {}, body, timeoutMs, proxy }, speech);
      if (fieldOf(answer.text, 'ok') !== true) throw answerError({ ...answer, status: 502 }, speech);
      return `message ${String(fieldOf(answer.text, 'result', 'message_id') ?? '')}`.trim();
    },
  };
}

/** Telegram says in the body how long to stay away. */
function waitOf({ text }: PostAnswer): number | undefined {
  const seconds = fieldOf(text, 'parameters', 'retry_after');
  return typeof seconds === 'number' && seconds >= 0 ? seconds : undefined;
}

function proxyPassword(proxy: URL | undefined): string {
  return proxy === undefined ? '' : decoded(proxy.password);
}
