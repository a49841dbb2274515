export interface MailMessage {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Without angle brackets; the same on every try of the same message. */
  readonly messageId: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Message-ID of what this belongs to, without angle brackets: mail programs show such mails as one thread. */
  readonly thread?: string | undefined;
  readonly attachments?: readonly MailAttachment[] | undefined;
}

export interface MailAttachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Uint8Array;
  /** Shown where the HTML names `cid:…`, and not listed as a file. */
  readonly cid?: string | undefined;
}

/** What a server that took a message said. */
export interface MailReceipt {
  /** In its own words. */
  readonly answer: string;
  /** Those of several recipients whom it refused; the others get the message. */
  readonly refused: readonly RefusedRecipient[];
}

export interface RefusedRecipient {
  /** Mail address. */
  readonly to: string;
  /** The server's words. */
  readonly said: string;
  readonly remedy: Readonly<Record<'ru' | 'en', string>>;
}

/**
 * Hands one message to a mail server. Resolves once the server has taken it, throws MAIL_UNAVAILABLE or MAIL_REFUSED. The
 * fact `unclear` is true where the server may have taken the message although no answer came.
 */
export interface MailTransport {
  send(message: MailMessage): Promise<MailReceipt>;
  close(): Promise<void>;
}

/** Makes pictures of ours fit for mail, where SVG is not shown. */
export interface ChartPainter {
  /** False where no font was found: texts would be missing. */
  readonly hasText: boolean;
  /** SVG → PNG; null where that fails, for a mail must not fail because of its picture. */
  paint(svg: string): Uint8Array | null;
}
