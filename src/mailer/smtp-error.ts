import { AppError, messageOf } from '../errors.js';
import type { RefusedRecipient } from '../ports/mail.js';

/**
 * At what a server refused us; goes into the error's facts as `stage`. Whoever decides about giving up looks at it:
 * only `recipient` and `message` are beyond the reach of settings.
 */
export type MailStage = 'connect' | 'tls' | 'login' | 'sender' | 'recipient' | 'message';

export interface SmtpPlace {
  readonly host: string;
  readonly port: number;
  /** Takes secrets out of foreign texts. */
  readonly scrub: (text: string) => string;
}

/** What nodemailer puts on its errors. */
interface SmtpFailure {
  readonly code: string;
  /** The system's own code where nodemailer put another in its place: ECONNREFUSED, DEPTH_ZERO_SELF_SIGNED_CERT … */
  readonly originalCode: string;
  readonly command: string;
  readonly responseCode: number | undefined;
  readonly response: string;
  readonly recipient: string;
  readonly message: string;
}

type Wording = Readonly<Record<'ru' | 'en', string>>;

const REMEDIES: Readonly<Record<MailStage, Wording>> = {
  connect: {
    en: 'Check SMTP_HOST and SMTP_PORT, and that a firewall lets this machine reach them.',
    ru: 'Проверьте SMTP_HOST и SMTP_PORT и что сервер доступен с этой машины.',
  },
  tls: {
    en: 'Port 465 speaks TLS from the start, 587 and 25 after STARTTLS; the certificate must be valid for the name in SMTP_HOST (that of a private authority is named in NODE_EXTRA_CA_CERTS). SMTP_SECURITY=none does without encryption.',
    ru: 'Порт 465 говорит по TLS сразу, 587 и 25 — после STARTTLS; сертификат должен быть действителен для имени в SMTP_HOST (свой удостоверяющий центр указывают в NODE_EXTRA_CA_CERTS). SMTP_SECURITY=none — без шифрования.',
  },
  login: {
    en: 'Check SMTP_USER and SMTP_PASSWORD. Yandex, Mail.ru, Gmail and others want an app password here, not that of the mailbox.',
    ru: 'Проверьте SMTP_USER и SMTP_PASSWORD. Яндексу, Mail.ru, Gmail и другим нужен здесь пароль приложения, а не пароль от ящика.',
  },
  sender: {
    en: 'The server does not let this login send as this address: the sender must usually equal SMTP_USER.',
    ru: 'Сервер не разрешает этому пользователю писать с такого адреса: отправитель (SMTP_FROM) обычно должен совпадать с SMTP_USER.',
  },
  recipient: { en: 'Check the addresses in ALERT_EMAIL.', ru: 'Проверьте адреса в ALERT_EMAIL.' },
  message: {
    en: 'The server takes the address but not this message; its words say why (size, spam filter, policy).',
    ru: 'Адрес сервер принимает, а само письмо нет; причина в его ответе (размер, спам-фильтр, правила).',
  },
};

const WHAT = { refused: 'почтовый сервер не пускает', away: 'нет связи с почтовым сервером' } as const;

// OpenSSL's and Node's names for a certificate that must not be trusted, and for a peer that speaks no TLS.
const TLS_CODE = /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|EPROTO/;
const REPLY_LENGTH = 300;

/**
 * The cause is not attached: it carries the session's details, which loggers like to print whole.
 *
 * @param begunData whether the message itself was on its way: without an answer it may have arrived
 */
export function smtpError(error: unknown, place: SmtpPlace, begunData = false): AppError {
  const failure = read(error);
  const stage = stageOf(failure);
  const refused = isRefusal(failure, stage);
  const said = oneLine(place.scrub(failure.message)).slice(0, REPLY_LENGTH);
  const where = `${place.host}:${place.port}`;
  const message = refused
    ? `the mail server ${where} refuses (${stage}): ${said}`
    : `the mail server ${where} is not available (${stage}): ${said}`;
  const remedy = remedyOf(failure, stage, refused);
  return new AppError(refused ? 'MAIL_REFUSED' : 'MAIL_UNAVAILABLE', message, {
    advice: remedy && {
      ru: { what: refused ? WHAT.refused : WHAT.away, remedy: remedy.ru },
      en: { what: message, remedy: remedy.en },
    },
    facts: {
      stage,
      host: place.host,
      port: place.port,
      smtpCode: failure.responseCode,
      unclear: begunData && failure.responseCode === undefined,
      systemCode: failure.originalCode || failure.code || undefined,
    },
  });
}

/** One of several recipients that the server refused while it took the message for the others. */
export function refusedRecipient(error: unknown, { scrub }: SmtpPlace): RefusedRecipient {
  const failure = read(error);
  const said = oneLine(scrub(failure.response || failure.message)).slice(0, REPLY_LENGTH);
  return { to: oneLine(failure.recipient), said, remedy: REMEDIES[stageOf(failure)] };
}

function read(error: unknown): SmtpFailure {
  const fields: Partial<Record<string, unknown>> =
    typeof error === 'object' && error !== null ? { ...error } : {};
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : '');
  return {
    code: text('code'),
    originalCode: text('originalCode'),
    command: text('command'),
    responseCode: typeof fields.responseCode === 'number' ? fields.responseCode : undefined,
    response: text('response'),
    recipient: text('recipient'),
    message: messageOf(error),
  };
}

function stageOf(failure: SmtpFailure): MailStage {
  const { code, command, responseCode, response } = failure;
  if (code === 'ETLS' || code === 'EREQUIRETLS' || TLS_CODE.test(failure.originalCode)) return 'tls';
  if (code === 'EAUTH' || code === 'ENOAUTH' || command.startsWith('AUTH')) return 'login';
  // 530: authentication required, at whatever command the server thinks of it.
  if (responseCode === 530) return 'login';
  if (command === 'MAIL FROM') return responseCode === 552 || code === 'EMESSAGE' ? 'message' : 'sender';
  // 5.7.x at RCPT TO («relay access denied») is about what we may do, not about the recipient.
  if (command === 'RCPT TO') return /^5\d\d[ -]5\.7\./.test(response) ? 'sender' : 'recipient';
  if (command === 'DATA') return 'message';
  if (code === 'EENVELOPE') return /sender/i.test(failure.message) ? 'sender' : 'recipient';
  return 'connect';
}

function isRefusal(failure: SmtpFailure, stage: MailStage): boolean {
  const { code, responseCode } = failure;
  if (responseCode !== undefined) {
    // Beyond 550 to 554 a 5xx says that we do not understand each other (503, 555): another day it may go.
    const final = responseCode >= 550 && responseCode <= 554;
    return stage === 'recipient' || stage === 'message' ? final : responseCode >= 500;
  }
  if (stage === 'tls') return TLS_CODE.test(failure.originalCode) || code === 'EREQUIRETLS';
  // Without an answer of the server: what nodemailer itself refuses (no credentials, no valid address, too large).
  return stage === 'login' || code === 'EENVELOPE' || code === 'EMESSAGE';
}

function remedyOf({ code }: SmtpFailure, stage: MailStage, refused: boolean): Wording | undefined {
  if (stage === 'connect' && code === 'ETIMEDOUT') {
    const { connect, tls } = REMEDIES;
    return { en: `${connect.en} ${tls.en}`, ru: `${connect.ru} ${tls.ru}` };
  }
  return refused || stage === 'connect' || stage === 'tls' ? REMEDIES[stage] : undefined;
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
}
