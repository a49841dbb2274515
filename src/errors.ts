/**
 * The one closed list of what can go wrong, and what follows from it.
 *
 * Every error that leaves a module is an {@link AppError}. Its code decides three things in one place:
 * whether trying again can help, which exit code a command ends with, and which of the three fates a
 * record meets (retry with the partition waiting, dead letter, or a loud stop).
 */

/** What becomes of the work at hand: `retry` waits and tries again, `reject` can never succeed, `stop` ends the process. */
export type Fate = 'retry' | 'reject' | 'stop';

/** Process exit codes, fixed for scripts and cron (see README). */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  partial: 3,
  held: 4,
  busy: 5,
  deferred: 75,
} as const;

interface Meaning {
  readonly fate: Fate;
  readonly exit: number;
}

const stop = (exit: number = EXIT.failed): Meaning => ({ fate: 'stop', exit });
const retry: Meaning = { fate: 'retry', exit: EXIT.failed };
const reject: Meaning = { fate: 'reject', exit: EXIT.failed };

const MEANINGS = {
  /** Settings missing, ill-typed or contradictory. */
  CONFIG_INVALID: stop(EXIT.usage),
  /** A command or option used wrongly. */
  USAGE: stop(EXIT.usage),

  /** The broker cannot be reached or is not ready. */
  KAFKA_UNAVAILABLE: retry,
  /** The broker refuses us: authentication, authorisation, protocol. */
  KAFKA_REFUSED: stop(),
  /** A topic is missing or has other settings than the design fixes. */
  TOPIC_UNFIT: stop(),
  /** What must be published is not taken: its topic is missing or refuses it. The partition waits for a person to mend that. */
  OUTPUT_BLOCKED: retry,
  /** The topic's log no longer holds, or contradicts, what our checkpoint has seen. */
  TOPIC_DIVERGED: stop(),
  /** Somebody else owns the partition now, or the outcome of a commit is unknown: drop everything, take over again. */
  OWNERSHIP_LOST: retry,

  /** The database cannot be reached, is restarting, read-only or out of room. */
  DB_UNAVAILABLE: retry,
  /** Wrong user, password, or missing grants. */
  DB_REFUSED: stop(),
  /** Tables missing, older than the program, or foreign tables in our place. */
  DB_UNFIT: stop(),
  /** A deadlock or lock wait timeout: the whole transaction may be tried again. */
  DB_CONFLICT: retry,
  /** What an event tells of is not in the tables yet: a database that was restored or is filled anew. */
  LEDGER_BEHIND: retry,

  /** The marketplace refuses our key or token: hammering on is useless. */
  API_CREDENTIALS: stop(),
  /** 429, or our own limiter: not before a point in time. */
  API_LIMITED: retry,
  /** Network trouble, time-out, 5xx. */
  API_UNAVAILABLE: retry,
  /** An answer that is no answer: cut JSON, HTML, wrong shape. Asking again may help. */
  API_BAD_ANSWER: retry,
  /** The method was retired by the marketplace: a person must act. */
  API_RETIRED: stop(),
  /** The marketplace rejects the request itself (4xx that no retry mends). */
  API_REJECTED: stop(),

  /** A record in a topic that cannot be read: broken JSON, unknown version, impossible values. */
  RECORD_INVALID: reject,

  /** The mail server cannot be reached or answers 4xx. */
  MAIL_UNAVAILABLE: retry,
  /** The mail server refuses for good (5xx, authentication, certificate). */
  MAIL_REFUSED: reject,
  /** A messenger or webhook cannot be reached, is in trouble, or wants us to come later. */
  CHANNEL_UNAVAILABLE: retry,
  /** A messenger or webhook refuses: token, chat, address, signature. */
  CHANNEL_REFUSED: reject,

  /** A port is taken, a program missing, a download impossible. */
  ENGINE_FAILED: stop(),
  /** Another run of the same source holds the lease. */
  RUN_BUSY: stop(EXIT.busy),
  /** Asked for something that takes longer than we may wait. */
  TIMED_OUT: stop(),
  /** A promise of the design does not hold: a bug, or hands in our tables. */
  INVARIANT: stop(),
} as const satisfies Record<string, Meaning>;

export type ErrorCode = keyof typeof MEANINGS;

/** What happened and what to do about it, one sentence each, for people who know neither HTTP nor this program. */
export interface Advice {
  readonly what: string;
  readonly remedy: string;
}

/** The same advice in each language of LOCALE. */
export type BilingualAdvice = Readonly<Record<'ru' | 'en', Advice>>;

export interface ErrorDetails {
  /** What the reader can do about it, one sentence. */
  readonly remedy?: string | undefined;
  /** For troubles that a marketplace documents. Its English remedy is the error's unless `remedy` is given too. */
  readonly advice?: BilingualAdvice | undefined;
  readonly cause?: unknown;
  /** Facts for the log: topic, partition, HTTP status, request id … Never a secret. */
  readonly facts?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  /** Unix milliseconds before which a retry is useless (429). */
  readonly notBefore?: number | undefined;
}

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly remedy: string | undefined;
  readonly advice: BilingualAdvice | undefined;
  readonly facts: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly notBefore: number | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.remedy = details.remedy ?? details.advice?.en.remedy;
    this.advice = details.advice;
    this.facts = details.facts ?? {};
    this.notBefore = details.notBefore;
  }

  get fate(): Fate {
    return MEANINGS[this.code].fate;
  }

  get exitCode(): number {
    return MEANINGS[this.code].exit;
  }
}

/** By field, not only by `instanceof`: two copies of this package may meet in one process. */
export function isAppError(error: unknown): error is AppError {
  return (
    error instanceof Error && error.name === 'AppError' && 'code' in error && String(error.code) in MEANINGS
  );
}

/** The fate of anything thrown. What nobody foresaw stops the process: going on could lose data. */
export function fateOf(error: unknown): Fate {
  return isAppError(error) ? error.fate : 'stop';
}

export function exitCodeOf(error: unknown): number {
  return isAppError(error) ? error.exitCode : EXIT.failed;
}

/** The message of anything thrown, without its stack. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map(messageOf).join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}
