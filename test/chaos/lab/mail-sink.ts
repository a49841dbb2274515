import { appendFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type SmtpFault, startSmtpSink } from '../../../src/simulator/smtp-sink.js';

const LOGIN = { user: 'alerts@example.test', password: 'smtp-secret-5188' };

/** A mail server of the lab. Everything that it accepts stands in a file, a line each, before anybody looks. */
export class MailSink {
  readonly login = LOGIN;
  #file: string | null = null;
  /** Mails whose answer never arrived: they may come twice. */
  readonly lostAnswers = new Set<string>();
  #losing = false;
  accepted = 0;

  private constructor(private readonly sink: Awaited<ReturnType<typeof startSmtpSink>>) {}

  static async start(): Promise<MailSink> {
    const sink = await startSmtpSink({ login: LOGIN });
    const made = new MailSink(sink);
    void made.#keep();
    return made;
  }

  get host(): string {
    return this.sink.host;
  }

  get port(): number {
    return this.sink.port;
  }

  /** Mails from now on go into this file. */
  writeTo(file: string): void {
    writeFileSync(file, '');
    this.#file = file;
    this.lostAnswers.clear();
  }

  setFault(fault: SmtpFault | null): void {
    this.#losing = fault?.at === 'after-data' || fault?.at === 'silence';
    this.sink.setFault(fault);
  }

  async #keep(): Promise<void> {
    for (;;) {
      const mail = await this.sink.next().catch(() => null);
      if (mail === null) return;
      const { messageId, to, subject, text } = mail;
      this.accepted += 1;
      if (this.#losing) this.lostAnswers.add(messageId);
      const headers = Object.fromEntries(mail.headers);
      if (this.#file !== null)
        appendFileSync(this.#file, `${JSON.stringify({ messageId, to, subject, text, headers })}\n`);
    }
  }

  async close(): Promise<void> {
    // What has just come in is written by the loop above.
    await delay(0);
    await this.sink.close();
  }
}
