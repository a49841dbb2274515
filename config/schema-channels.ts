import { setting } from './setting.js';

/** Other ways for alerts than mail, a part of `schema`. Addresses that may hold a password are secrets. */
export const channels = {
  telegramToken: setting(
    'TELEGRAM_BOT_TOKEN',
    'secret',
    null,
    'Token of the Telegram bot; not set: no Telegram.',
  ),
  telegramChat: setting('TELEGRAM_CHAT_ID', 'text', null, 'Chat that the bot writes to, a number or @name.'),
  telegramApiUrl: setting(
    'TELEGRAM_API_URL',
    'http-url',
    'https://api.telegram.org',
    'Address of the Telegram Bot API, or of a server of your own that passes it on.',
  ),
  telegramProxy: setting(
    'TELEGRAM_PROXY',
    'secret-url',
    null,
    'HTTP proxy for Telegram, http://user:password@host:port.',
  ),
  maxToken: setting('MAX_BOT_TOKEN', 'secret', null, 'Token of the MAX bot; not set: no MAX.'),
  maxChat: setting('MAX_CHAT_ID', 'text', null, 'Chat that the bot writes to, a number.'),
  maxApiUrl: setting('MAX_API_URL', 'http-url', 'https://platform-api.max.ru', 'Address of the MAX Bot API.'),
  webhookUrl: setting(
    'WEBHOOK_URL',
    'secret-url',
    null,
    'Address that alerts are posted to as JSON; not set: none.',
  ),
  webhookSecret: setting(
    'WEBHOOK_SECRET',
    'secret',
    null,
    'Key that what goes to WEBHOOK_URL is signed with.',
  ),
};
