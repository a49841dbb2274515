export interface MailMessage {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Without angle brackets; the same on every try of the same message. */
  readonly messageId: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Hands one message to a mail server. Resolves with the server's words, throws MAIL_UNAVAILABLE or MAIL_REFUSED. */
export interface MailTransport {
  send(message: MailMessage): Promise<string>;
  close(): Promise<void>;
}
