import { createTransport } from 'nodemailer';
import type { MailMessage, MailTransport } from '../ports/mail.js';
import { type SmtpPlace, smtpError } from './smtp-error.js';

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
  const { host, port, from, timeoutMs } = options;
  const place: SmtpPlace = { host, port, scrub: scrubber(options) };
  const mailer = createTransport({
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
  });

  return {
    async send(message: MailMessage): Promise<string> {
      const { to, subject, text, html, messageId, headers } = message;
      try {
        const sent = await mailer.sendMail({
          from,
          to,
          subject,
          text,
          html,
          messageId: `<${messageId}>`,
          headers: { ...headers },
          signal: AbortSignal.timeout(timeoutMs * MESSAGE_FACTOR),
        });
        return place.scrub(answerOf(sent.response, sent.rejectedErrors));
      } catch (error) {
        throw smtpError(error, place);
      }
    },
    async verify(): Promise<void> {
      try {
        await mailer.verify();
      } catch (error) {
        throw smtpError(error, place);
      }
    },
    async close(): Promise<void> {
      mailer.close();
    },
  };
}

/** Some of several recipients refused: the mail is sent, and the answer says who did not get it. */
function answerOf(
  response: string,
  refused: readonly { recipient?: unknown; response?: unknown }[] = [],
): string {
  const failed = refused.map(({ recipient, response: why }) => `${String(recipient)}: ${String(why)}`);
  return failed.length === 0 ? response : `${response}; not accepted for ${failed.join(', ')}`;
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
