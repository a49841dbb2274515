import type { Source } from '../../domain/stock-key.js';
import {
  type Advice,
  type BilingualAdvice,
  type ErrorCode,
  EXIT,
  exitCodeOf,
  isAppError,
  messageOf,
} from '../../errors.js';
import type { SnapshotStatus } from '../../ports/projection.js';
import type { SnapshotOutcome } from '../../ports/snapshot-status.js';
import { adviceOf, adviceOfAny } from '../error-text.js';
import { withMessage } from '../errors/sentence.js';
import type { Locale } from '../words.js';

/** What kept a feed, or a whole source, from success. */
export interface Problem {
  /** A code of errors.ts, or HELD, INCOMPLETE, ABANDONED, FAILED for what the projector made of a snapshot. */
  readonly code: string;
  /** In English and as exact as it is known. */
  readonly message: string;
  readonly remedy: string | null;
  /** The same for people, where the error brings words for it. */
  readonly advice: BilingualAdvice | null;
  /** What the marketplace calls the request that failed. */
  readonly requestId: string | null;
  /** Unix milliseconds; set where the run was put off until then. */
  readonly deferredUntil: number | null;
  /** What this problem alone would end the command with. */
  readonly exitCode: number;
}

/** What counts as a delay too long: everything after the run's start and its patience. */
export interface Patience {
  /** Unix milliseconds. */
  readonly startedAt: number;
  /** SYNC_WAIT in milliseconds. */
  readonly waitMs: number;
}

/** The problem that an error makes, put off where the marketplace wants more time than the run may take. */
export function problemOf(error: unknown, { startedAt, waitMs }: Patience): Problem {
  const app = isAppError(error) ? error : null;
  const notBefore = app?.code === 'API_LIMITED' ? (app.notBefore ?? 0) : 0;
  const deferredUntil = notBefore > startedAt + waitMs ? notBefore : null;
  const { requestId } = app?.facts ?? {};
  return {
    code: app?.code ?? 'UNEXPECTED',
    message: messageOf(error),
    remedy: app === null ? unforeseen(error).en.remedy : (app.remedy ?? null),
    advice: app === null ? unforeseen(error) : (app.advice ?? (deferredUntil === null ? null : PUT_OFF)),
    requestId: requestId === undefined ? null : String(requestId),
    deferredUntil,
    exitCode: deferredUntil === null ? exitCodeOf(error) : EXIT.deferred,
  };
}

/** What nobody foresaw is a fault of the program. */
function unforeseen(error: unknown): BilingualAdvice {
  return { ru: adviceOfAny(error, 'ru'), en: adviceOfAny(error, 'en') };
}

/** Where the marketplace's own words are not known. */
const PUT_OFF: BilingualAdvice = {
  ru: {
    what: 'маркетплейс просит подождать дольше, чем разрешает SYNC_WAIT',
    remedy:
      'ничего: запустите sync после этого времени, cron сделает это сам. Готовы ждать дольше — увеличьте SYNC_WAIT',
  },
  en: {
    what: 'the marketplace asks to wait longer than SYNC_WAIT allows',
    remedy: 'nothing: run sync after that time, as cron does by itself. To wait longer, raise SYNC_WAIT',
  },
};

/** For people, in their language: what happened, and behind it the exact message. */
export function sentenceOf(problem: Problem, locale: Locale): string {
  return withMessage(spoken(problem, locale).what, problem.message);
}

export function remedyOf(problem: Problem, locale: Locale): string {
  return spoken(problem, locale).remedy;
}

/** What brings no words has a code of errors.ts, and that has some. */
function spoken({ code, message, remedy, advice }: Problem, locale: Locale): Advice {
  if (advice !== null) return advice[locale];
  return adviceOf({ code: code as ErrorCode, message, remedy: remedy ?? undefined }, locale);
}

/** The problem that the projector's verdict on a snapshot is; null where it was applied. */
export function verdictProblem(
  source: Source,
  { status, reason }: Pick<SnapshotOutcome, 'status' | 'reason'>,
): Problem | null {
  const end = ENDS[status];
  if (end === undefined) return null;
  const message = `${status}: ${reason ?? 'no reason was noted'}`;
  const advice = end.advice(source);
  const { code, exitCode } = end;
  return { code, exitCode, message, remedy: advice.en.remedy, advice, requestId: null, deferredUntil: null };
}

interface End {
  readonly code: string;
  readonly exitCode: number;
  readonly advice: (source: Source) => BilingualAdvice;
}

const AGAIN: BilingualAdvice = {
  ru: { what: 'снимок остатков не доведён до конца', remedy: 'запустите sync ещё раз' },
  en: { what: 'the read was not brought to its end', remedy: 'run sync again' },
};

const ENDS: Readonly<Partial<Record<SnapshotStatus, End>>> = {
  held: { code: 'HELD', exitCode: EXIT.held, advice: heldAdvice },
  incomplete: { code: 'INCOMPLETE', exitCode: EXIT.partial, advice: incompleteAdvice },
  abandoned: { code: 'ABANDONED', exitCode: EXIT.failed, advice: () => AGAIN },
  failed: { code: 'FAILED', exitCode: EXIT.failed, advice: () => AGAIN },
};

function heldAdvice(source: Source): BilingualAdvice {
  const command = `\`inventory-sync sync --source=${source === 'ozon' ? 'ozon' : 'wb'} --full-resync --accept-absences\``;
  return {
    ru: {
      what: 'пропало подозрительно много товаров, поэтому ничего не закрыто',
      remedy: `посмотрите в личный кабинет; если товаров действительно больше нет, выполните ${command}`,
    },
    en: {
      what: 'suspiciously many products are missing, so nothing was closed',
      remedy: `look into the seller account; if they are really gone, run ${command}`,
    },
  };
}

function incompleteAdvice(): BilingualAdvice {
  return {
    ru: {
      what: 'прочитано не всё: что удалось прочитать, записано, ничего не закрыто',
      remedy: 'запустите sync ещё раз; записи, которые не удалось разобрать, лежат в топике dead-letters.v1',
    },
    en: {
      what: 'not everything could be read: what could be is applied, and nothing was closed',
      remedy: 'run sync again; records that could not be read are in the topic dead-letters.v1',
    },
  };
}
