/** Part of the composition root: what tells people of alerts, put together from the settings. */
import type { Config } from '../config/schema.js';
import { createMax } from './channels/max.js';
import { createTelegram } from './channels/telegram.js';
import { createWebhook } from './channels/webhook.js';
import { configuredAccount, configuredSources } from './configured-shops.js';
import { DigestSender, type DigestSenderOptions } from './consumers/digest-sender.js';
import type { MailerAppOptions } from './consumers/mailer.js';
import type { Secret } from './domain/secret.js';
import { AppError } from './errors.js';
import { openChartPainter } from './mailer/chart-painter.js';
import { type Installation, openSmtpTransport } from './main.js';
import type { ReadAccount } from './ports/alert-store.js';
import type { Channel, ChannelMessage } from './ports/channel.js';
import type { Logger } from './ports/logger.js';
import type { MailMessage, MailTransport } from './ports/mail.js';
import type { Database } from './store/database.js';
import { createDeliveryStore } from './store/delivery-store.js';
import { alertChannel } from './streams/topologies/alert-channel.js';
import { alertMail } from './streams/topologies/alert-mail.js';

const CHANNEL_TIMEOUT_MS = 30_000;

export interface OpenedChannel {
  readonly channel: Channel;
  readonly to: string;
}

/** The senders of all channels that are set up: none waits for another. */
export class AlertSenders {
  readonly #senders: readonly (DigestSender<MailMessage> | DigestSender<ChannelMessage>)[];

  private constructor(
    mail: DigestSender<MailMessage> | null,
    others: readonly DigestSender<ChannelMessage>[],
    private readonly transport: MailTransport | null,
  ) {
    this.#senders = [...(mail === null ? [] : [mail]), ...others];
  }

  /** @throws CONFIG_INVALID */
  static async open(
    {
      config,
      logger,
      instruments,
    }: Pick<Installation, 'config' | 'logger'> & Partial<Pick<Installation, 'instruments'>>,
    database: Database,
    onFatal: (error: unknown) => void,
  ): Promise<AlertSenders> {
    const transport = openSmtpTransport(config);
    const common = { ...commonOptions(config, logger), instruments, onFatal };
    const mail = transport === null ? null : await mailSender(config, logger, database, transport, common);
    const others = openChannels(config).map(({ channel, to }) => {
      const deliveries = createDeliveryStore(database, channel.name);
      const render = channelRender(config);
      const own = { channel: channel.name, deliveries, recipients: to, transport: channel, render };
      return new DigestSender<ChannelMessage>({ ...common, ...own });
    });
    return new AlertSenders(mail, others, transport);
  }

  start(): void {
    for (const sender of this.#senders) sender.start();
  }

  /** Sends all that waits. Rejects where one could not even try, when all have had their turn. */
  async flush(): Promise<void> {
    const outcomes = await Promise.allSettled(this.#senders.map((sender) => sender.flush()));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    await Promise.allSettled(this.#senders.map((sender) => sender.stop()));
    await this.transport?.close();
  }
}

/** Where alerts are entered: for mail always, that they are kept; elsewhere where the channel is set up. */
export function alertOutlets(config: Config, database: Database): MailerAppOptions['outlets'] {
  const channels = openChannels(config);
  const mail = {
    deliveries: createDeliveryStore(database),
    recipients: config.alerts.email.join(', '),
    trouble: mailTrouble(config, channels),
  };
  const others = channels.map(({ channel, to }) => ({
    deliveries: createDeliveryStore(database, channel.name),
    recipients: to,
  }));
  return [mail, ...others];
}

/** In the reader's language, for a command run by hand shows it to people. */
const MAIL_TROUBLE = {
  ru: {
    nobody: 'ALERT_EMAIL не задан: оповещения остаются в таблице alerts и по почте не уходят',
    noServer: 'SMTP_HOST не задан: оповещения ждут в таблице alert_deliveries и по почте не уходят',
  },
  en: {
    nobody: 'ALERT_EMAIL is not set: alerts are kept in the table alerts and not mailed',
    noServer: 'SMTP_HOST is not set: alerts wait in the table alert_deliveries and are not mailed',
  },
} as const;

function mailTrouble(
  { alerts, smtp, locale }: Config,
  channels: readonly OpenedChannel[],
): string | undefined {
  const words = MAIL_TROUBLE[locale];
  if (alerts.email.length === 0) return channels.length > 0 ? undefined : words.nobody;
  return smtp.host === null ? words.noServer : undefined;
}

async function mailSender(
  config: Config,
  logger: Logger,
  database: Database,
  transport: MailTransport,
  common: ReturnType<typeof commonOptions> &
    Pick<DigestSenderOptions<MailMessage>, 'instruments' | 'onFatal'>,
): Promise<DigestSender<MailMessage>> {
  return new DigestSender<MailMessage>({
    ...common,
    channel: 'mail',
    deliveries: createDeliveryStore(database),
    recipients: config.alerts.email.join(', '),
    transport,
    render: await mailRender(config, logger),
  });
}

function commonOptions(config: Config, log: Logger) {
  const { alerts } = config;
  return {
    log,
    accounts: readAccounts(config),
    now: Date.now,
    after: (ms: number, run: () => void) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    timing: {
      groupWaitMs: alerts.groupWait * 1000,
      groupIntervalMs: alerts.groupInterval * 1000,
      repeatMs: alerts.repeat * 1000,
    },
  };
}

/** Whose stock these settings read; a worker that only mails needs to name nobody. */
function readAccounts(config: Config): ReadAccount[] {
  return configuredSources(config).map((source) => ({ source, account: configuredAccount(config, source) }));
}

/** The messengers and webhooks that are set up, each with whom it writes to. @throws CONFIG_INVALID */
export function openChannels({ channels: set }: Config): readonly OpenedChannel[] {
  const common = { timeoutMs: CHANNEL_TIMEOUT_MS, now: Date.now };
  const opened: OpenedChannel[] = [];
  if (set.telegramToken !== null && set.telegramChat !== null) {
    const proxy = set.telegramProxy === null ? undefined : urlOf('TELEGRAM_PROXY', set.telegramProxy);
    const options = { ...common, baseUrl: set.telegramApiUrl, token: set.telegramToken, proxy };
    opened.push({ channel: createTelegram(options), to: set.telegramChat });
  }
  if (set.maxToken !== null && set.maxChat !== null) {
    const options = { ...common, baseUrl: set.maxApiUrl, token: set.maxToken };
    opened.push({ channel: createMax(options), to: set.maxChat });
  }
  if (set.webhookUrl !== null && set.webhookSecret !== null) {
    urlOf('WEBHOOK_URL', set.webhookUrl);
    const options = { ...common, url: set.webhookUrl, secret: set.webhookSecret };
    // The address itself is a secret, and there is but one.
    opened.push({ channel: createWebhook(options), to: 'webhook' });
  }
  return opened;
}

function urlOf(name: string, secret: Secret): URL {
  const text = secret.reveal();
  if (/^https?:\/\/./iu.test(text) && URL.canParse(text)) return new URL(text);
  throw new AppError('CONFIG_INVALID', `${name} is no http:// or https:// address`, {
    remedy: 'give one that begins with http:// or https://',
  });
}

/** How digests look as mail, by the settings. */
export async function mailRender(config: Config, logger: Logger) {
  return alertMail({
    locale: config.locale,
    timeZone: config.timeZone,
    host: domainOf(config.smtp.from),
    maxRows: config.alerts.maxPerMail,
    painter: await openChartPainter(logger),
  });
}

/** How digests look elsewhere, by the settings. */
export function channelRender({ locale, timeZone, alerts }: Config) {
  return alertChannel({ locale, timeZone, maxAlerts: alerts.maxPerMail });
}

/** Of `Склад <stock@example.ru>` or `stock@example.ru`; a Message-ID must not depend on the machine. */
function domainOf(mailbox: string): string {
  return /@([^\s<>@]+)>?\s*$/.exec(mailbox)?.[1] ?? '';
}
