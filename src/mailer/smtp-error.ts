import { AppError, messageOf } from '../errors.js';

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
  readonly message: string;
}

const REMEDIES: Readonly<Record<MailStage, string>> = {
  connect: 'Check SMTP_HOST and SMTP_PORT, and that a firewall lets this machine reach them.',
  tls: 'Port 465 speaks TLS from the start, 587 and 25 after STARTTLS; the certificate must be valid for the name in SMTP_HOST (that of a private authority is named in NODE_EXTRA_CA_CERTS). SMTP_SECURITY=none does without encryption.',
  login:
    'Check SMTP_USER and SMTP_PASSWORD. Yandex, Mail.ru, Gmail and others want an app password here, not that of the mailbox.',
  sender: 'The server does not let this login send as this address: the sender must usually equal SMTP_USER.',
  recipient: 'Check the addresses in ALERT_EMAIL.',
  message:
    'The server takes the address but not this message; its words say why (size, spam filter, policy).',
};

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
  return new AppError(refused ? 'MAIL_REFUSED' : 'MAIL_UNAVAILABLE', message, {
    remedy: remedyOf(failure, stage, refused),
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

function remedyOf({ code }: SmtpFailure, stage: MailStage, refused: boolean): string | undefined {
  if (stage === 'connect' && code === 'ETIMEDOUT') return `${REMEDIES.connect} ${REMEDIES.tls}`;
  return refused || stage === 'connect' || stage === 'tls' ? REMEDIES[stage] : undefined;
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
}
