import { createTransport } from 'nodemailer';
import type { MailMessage, MailReceipt, MailTransport } from '../ports/mail.js';
import { refusedRecipient, type SmtpPlace, smtpError } from './smtp-error.js';

export interface SmtpOptions {
  readonly host: string;
  readonly port: number;
  readonly user?: string | undefined;
  readonly password?: { reveal(): string } | undefined;
  /** Sender, an address or «Name <address>». */
  readonly from: string;
  /**
   * `tls`: from the first byte. `starttls`: upgraded, or nothing is sent. `none`: never encrypted. `auto`: TLS on
   * port 465; elsewhere STARTTLS, insisted on where a password is sent and else used where it is offered.
   */
  readonly security: 'auto' | 'none' | 'starttls' | 'tls';
  /** For each step until the server greets us. Later answers may take five times, a whole message ten times that. */
  readonly timeoutMs: number;
}

export interface SmtpTransport extends MailTransport {
  /** Connects, encrypts and logs in, and sends nothing. */
  verify(): Promise<void>;
}

/**
 * A server may look through a message before it takes it. Who hangs up meanwhile and sends again makes duplicates
 * (RFC 5321, 4.5.3.2.6 asks for ten minutes), so that answers get more time than connections.
 */
const ANSWER_FACTOR = 5;
const MESSAGE_FACTOR = 10;

/** One connection per mail: digests are minutes apart, and servers drop idle sessions. */
export function createSmtpTransport(options: SmtpOptions): SmtpTransport {
  const { host, port, timeoutMs } = options;
  const place: SmtpPlace = { host, port, scrub: scrubber(options) };
  const settings = {
    host,
    port,
    ...encryption(options),
    ...credentials(options),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs * ANSWER_FACTOR,
    dnsTimeout: timeoutMs,
    // Nothing of ours names files or addresses to be fetched; a hostile text shall not either.
    disableFileAccess: true,
    disableUrlAccess: true,
  };

  return {
    async send(message: MailMessage): Promise<MailReceipt> {
      const watch = new CommandWatch();
      const mailer = createTransport({ ...settings, transactionLog: true, logger: watch.logger });
      try {
        const signal = AbortSignal.timeout(timeoutMs * MESSAGE_FACTOR);
        const sent = await mailer.sendMail({ ...composed(message, options.from), signal });
        const refused = (sent.rejectedErrors ?? []).map((error) => refusedRecipient(error, place));
        return { answer: place.scrub(sent.response), refused };
      } catch (error) {
        throw smtpError(error, place, watch.begunData);
      } finally {
        mailer.close();
      }
    },
    async verify(): Promise<void> {
      const mailer = createTransport(settings);
      try {
        await mailer.verify();
      } catch (error) {
        throw smtpError(error, place);
      } finally {
        mailer.close();
      }
    },
    async close(): Promise<void> {},
  };
}

function composed({ messageId, thread, headers, attachments = [], ...texts }: MailMessage, from: string) {
  return {
    ...texts,
    from,
    messageId: `<${messageId}>`,
    ...(thread === undefined ? {} : { inReplyTo: `<${thread}>`, references: `<${thread}>` }),
    headers: { ...headers },
    attachments: attachments.map(({ filename, contentType, content, cid }) => ({
      filename,
      contentType,
      content: Buffer.from(content),
      ...(cid === undefined ? {} : { cid, contentDisposition: 'inline' as const }),
    })),
  };
}

/**
 * Listens to the commands of one session for DATA: from there on a server that falls silent may have taken the
 * message. The client tells of its commands nowhere but in its log; nothing of that is kept.
 */
class CommandWatch {
  begunData = false;
  readonly logger = {
    level: () => {},
    trace: () => {},
    debug: (...parts: unknown[]) => {
      if (parts.includes('DATA')) this.begunData = true;
    },
    info: () => {},
    warn: () => {},
    error: () => {},
    fatal: () => {},
  };
}

function encryption({ security, port, password }: SmtpOptions) {
  if (security === 'tls' || (security === 'auto' && port === 465)) return { secure: true };
  if (security === 'none') return { secure: false, ignoreTLS: true };
  return { secure: false, requireTLS: security === 'starttls' || password !== undefined };
}

function credentials({ user, password }: SmtpOptions) {
  if (user === undefined || password === undefined) return {};
  return { auth: { user, pass: password.reveal() }, forceAuth: true };
}

/** Servers may repeat what they were sent, and in more than one spelling. */
function scrubber({ user = '', password }: SmtpOptions): (text: string) => string {
  const secret = password?.reveal() ?? '';
  if (secret === '') return (text) => text;
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const spellings = [base64(`\0${user}\0${secret}`), base64(secret), secret];
  return (text) => spellings.reduce((clean, spelling) => clean.replaceAll(spelling, '[secret]'), text);
}
