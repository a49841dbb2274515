import { createHmac } from 'node:crypto';
import type { Channel, ChannelMessage } from '../ports/channel.js';
import { clean, postOrThrow, type Remedy, type Speech } from './channel-error.js';

export interface WebhookOptions {
  readonly url: { reveal(): string };
  readonly secret: { reveal(): string };
  readonly timeoutMs: number;
  readonly now: () => number;
}

/**
 * Posts the digest as JSON. `X-Inventory-Signature: sha256=<hex>` is the HMAC-SHA256 of `<timestamp>.<body>`, the
 * timestamp (Unix seconds) standing in `X-Inventory-Timestamp`: a receiver that checks both can trust the body, and
 * refuse what is old. `Idempotency-Key` is the same on every try.
 */
export function createWebhook(options: WebhookOptions): Channel {
  const [address, secret] = [options.url.reveal(), options.secret.reveal()];
  const url = new URL(address);
  const speech: Speech = {
    name: 'Webhook',
    secrets: [address, secret, `${url.pathname}${url.search}`].filter((text) => text.length > 1),
    addressRemedy: {
      en: 'Check WEBHOOK_URL, and that a firewall lets this machine reach it.',
      ru: 'Проверьте WEBHOOK_URL и что этот адрес доступен с этой машины.',
    },
    now: options.now,
    refusalOf: ({ text, status }) => ({ said: text, remedy: remedyOf(status) }),
  };
  return {
    name: 'webhook',
    async send(message) {
      const body = JSON.stringify(documentOf(message));
      const timestamp = String(Math.floor(options.now() / 1000));
      const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
      const headers = {
        'X-Inventory-Timestamp': timestamp,
        'X-Inventory-Signature': `sha256=${signature}`,
        'Idempotency-Key': message.id,
      };
      const answer = await postOrThrow({ url, headers, body, timeoutMs: options.timeoutMs }, speech);
      return clean(`${answer.status} ${answer.text}`, speech);
    },
  };
}

function documentOf({ id, at, subject, text, counts, alerts, repeated }: ChannelMessage) {
  return { type: 'inventory.alert-digest.v1', id, at, subject, text, counts, alerts, repeated };
}

function remedyOf(status: number): Remedy {
  if (status >= 300 && status < 400) {
    return {
      en: 'WEBHOOK_URL leads elsewhere: set the address that it leads to.',
      ru: 'WEBHOOK_URL ведёт на другой адрес: укажите сразу его.',
    };
  }
  if (status === 401 || status === 403) {
    return {
      en: 'The receiver does not accept the signature: WEBHOOK_SECRET must be the same on both sides, and the clocks right.',
      ru: 'Получатель не принимает подпись: WEBHOOK_SECRET должен быть одинаков с обеих сторон, а часы верны.',
    };
  }
  return {
    en: 'Check WEBHOOK_URL, and what the receiver says.',
    ru: 'Проверьте WEBHOOK_URL и ответ получателя.',
  };
}
