import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { type AddressObject, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';

export interface ReceivedMail {
  /** As in the envelope. */
  readonly from: string;
  readonly to: readonly string[];
  /** With angle brackets, as received. */
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Lower-case name → value, the first of each name. */
  readonly headers: ReadonlyMap<string, string>;
  /** The sender as the message names it. */
  readonly sender: string;
  readonly raw: Buffer;
}

/** What the sink does instead of taking a mail. A fault holds for `times` mails or connections (default: until changed). */
export type SmtpFault =
  | {
      readonly at: 'mail' | 'rcpt' | 'data';
      readonly code: number;
      readonly text?: string;
      readonly times?: number;
    }
  /** Takes the whole message, and the connection breaks before the answer; the mail counts as received. */
  | { readonly at: 'after-data'; readonly times?: number }
  /** Takes the whole message and never answers; the mail counts as received. */
  | { readonly at: 'silence'; readonly times?: number };

export interface SmtpSinkOptions {
  /** Default: a free one. */
  readonly port?: number | undefined;
  /** Default 127.0.0.1. */
  readonly host?: string | undefined;
  /** Only this login may send. Default: anybody. */
  readonly login?: { readonly user: string; readonly password: string } | undefined;
  /** Offers STARTTLS, with a certificate that nobody should trust. */
  readonly starttls?: boolean | undefined;
}

export interface SmtpSink {
  readonly host: string;
  readonly port: number;
  /** The newest thousand. */
  messages(): readonly ReceivedMail[];
  /** The next mail that no earlier call has answered; waits for it. Fails when the sink is closed. */
  next(): Promise<ReceivedMail>;
  setFault(fault: SmtpFault | null): void;
  close(): Promise<void>;
}

const KEPT = 1000;

/** A real SMTP server that delivers nothing: it keeps what it gets and shows it. */
export async function startSmtpSink(options: SmtpSinkOptions = {}): Promise<SmtpSink> {
  const host = options.host ?? '127.0.0.1';
  const inbox = new Inbox();
  const faults = new Faults();
  const sockets = new Map<number, Socket>();
  const server = new SMTPServer({
    authOptional: options.login === undefined,
    allowInsecureAuth: true,
    disabledCommands: options.starttls === true ? [] : ['STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 0,
    onAuth({ username, password }, _session, done) {
      const { login } = options;
      if (login === undefined || (username === login.user && password === login.password))
        done(null, { user: username });
      else done(replyError(535, '5.7.8 Authentication credentials invalid'));
    },
    onMailFrom: (_address, _session, done) => done(faults.reply('mail')),
    onRcptTo: (_address, _session, done) => done(faults.reply('rcpt')),
    onData(stream, session, done) {
      receive(stream, session)
        .then((mail) => {
          const refusal = faults.reply('data');
          if (refusal !== null) return done(refusal);
          inbox.add(mail);
          if (faults.take('silence') !== null) return;
          if (faults.take('after-data') === null) return done(null, 'Message kept');
          sockets.get(session.remotePort)?.destroy();
        })
        .catch(done);
    },
  });
  server.server.on('connection', (socket: Socket) => {
    const remotePort = socket.remotePort ?? 0;
    sockets.set(remotePort, socket);
    socket.once('close', () => sockets.delete(remotePort));
  });
  // A client that goes away in mid-sentence is none of the sink's trouble.
  server.on('error', () => {});
  const listener = server.listen(options.port ?? 0, host);
  await once(listener, 'listening');

  return {
    host,
    port: (listener.address() as AddressInfo).port,
    messages: () => inbox.all(),
    next: () => inbox.next(),
    setFault: (fault) => faults.set(fault),
    async close() {
      for (const socket of sockets.values()) socket.destroy();
      await new Promise<void>((done) => server.close(() => done()));
      inbox.close();
    },
  };
}

async function receive(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<ReceivedMail> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks);
  const parsed = await simpleParser(raw);
  const headers = new Map<string, string>();
  for (const { key, line } of parsed.headerLines) {
    if (!headers.has(key)) headers.set(key, line.slice(line.indexOf(':') + 1).trim());
  }
  const { mailFrom, rcptTo } = session.envelope;
  return {
    from: mailFrom === false ? '' : mailFrom.address,
    to: rcptTo.map((recipient) => recipient.address),
    messageId: parsed.messageId ?? '',
    subject: parsed.subject ?? '',
    text: parsed.text ?? '',
    html: typeof parsed.html === 'string' ? parsed.html : '',
    headers,
    sender: textOf(parsed.from),
    raw,
  };
}

function textOf(address: AddressObject | undefined): string {
  return address?.text ?? '';
}

function replyError(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

class Faults {
  #fault: SmtpFault | null = null;
  #left = 0;

  set(fault: SmtpFault | null): void {
    this.#fault = fault;
    this.#left = fault?.times ?? Number.POSITIVE_INFINITY;
  }

  take(at: SmtpFault['at']): SmtpFault | null {
    if (this.#fault?.at !== at || this.#left === 0) return null;
    this.#left -= 1;
    return this.#fault;
  }

  reply(at: 'mail' | 'rcpt' | 'data'): Error | null {
    const fault = this.take(at);
    return fault !== null && 'code' in fault ? replyError(fault.code, fault.text ?? 'Fault on order') : null;
  }
}

class Inbox {
  readonly #mails: ReceivedMail[] = [];
  readonly #unread: ReceivedMail[] = [];
  readonly #waiting: { resolve(mail: ReceivedMail): void; reject(error: Error): void }[] = [];
  #closed = false;

  all(): readonly ReceivedMail[] {
    return [...this.#mails];
  }

  add(mail: ReceivedMail): void {
    this.#mails.push(mail);
    if (this.#mails.length > KEPT) this.#mails.shift();
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) waiting.resolve(mail);
    else this.#unread.push(mail);
    if (this.#unread.length > KEPT) this.#unread.shift();
  }

  next(): Promise<ReceivedMail> {
    const mail = this.#unread.shift();
    if (mail !== undefined) return Promise.resolve(mail);
    if (this.#closed) return Promise.reject(new Error('the SMTP sink is closed'));
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  close(): void {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('the SMTP sink is closed'));
  }
}
