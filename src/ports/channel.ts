import type { Alert } from '../events/alert.js';

/** Ways in which a digest reaches people; each keeps its own account of what it has told. */
export type ChannelName = 'mail' | 'telegram' | 'max' | 'webhook';

/** A digest for a messenger or a program. The same on every try. */
export interface ChannelMessage {
  /** Of the digest: receivers may tell a second copy by it. */
  readonly id: string;
  /** A chat; empty where the channel has one receiver only. */
  readonly to: string;
  readonly at: string;
  readonly subject: string;
  /** Plain text, at most 3,700 UTF-16 units, the subject (at most 150 letters) not among them. */
  readonly text: string;
  /** True figures, whatever fits into `text` and `alerts`; `text` leaves out what was raised and is over by now. */
  readonly counts: {
    readonly raised: number;
    readonly resolved: number;
    readonly repeated: number;
    readonly muted: number;
  };
  /** As many as one message may show; those still open and told before are `repeated`. */
  readonly alerts: readonly Alert[];
  readonly repeated: readonly Alert[];
}

/**
 * Hands a message to a messenger or a program. Resolves with the receiver's words; throws CHANNEL_UNAVAILABLE (with
 * `notBefore` where it says when to come back) or CHANNEL_REFUSED. The fact `unclear` is true where the receiver may
 * have taken the message although no answer came.
 */
export interface Channel {
  readonly name: ChannelName;
  send(message: ChannelMessage): Promise<string>;
}
