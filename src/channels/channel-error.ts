import { AppError, type BilingualAdvice, messageOf } from '../errors.js';
import { type Post, type PostAnswer, PostFailure, postJson } from './http-post.js';

const QUOTE_LENGTH = 300;
/** Statuses with which a server says that it is in trouble or wants us to come later. */
const LATER = new Set([408, 425, 429]);

export type Remedy = Readonly<Record<'ru' | 'en', string>>;

export interface Refusal {
  /** What the receiver says, in its own words. */
  readonly said: string;
  readonly remedy: Remedy;
}

export interface Speech {
  /** Opens every message: `Telegram`. */
  readonly name: string;
  /** Values to mask in whatever is said. */
  readonly secrets: readonly string[];
  /** Where to look when nobody answers. */
  readonly addressRemedy: Remedy;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Reads an answer that is no success. */
  readonly refusalOf: (answer: PostAnswer) => Refusal;
  /** Seconds to wait that stand in the body rather than in Retry-After. */
  readonly waitOf?: ((answer: PostAnswer) => number | undefined) | undefined;
}

/** Posts, and answers only success. @throws CHANNEL_UNAVAILABLE, CHANNEL_REFUSED */
export async function postOrThrow(post: Post, speech: Speech): Promise<PostAnswer> {
  let answer: PostAnswer;
  try {
    answer = await postJson(post);
  } catch (error) {
    const unclear = error instanceof PostFailure && error.unclear;
    const message = `${speech.name}: ${clean(messageOf(error), speech)}`;
    const advice = adviceOf(message, `${speech.name}: нет связи`, speech.addressRemedy);
    throw new AppError('CHANNEL_UNAVAILABLE', message, { advice, facts: { unclear } });
  }
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw answerError(answer, speech);
}

/** What an answer that is no success means. */
export function answerError(answer: PostAnswer, speech: Speech): AppError {
  const { said, remedy } = speech.refusalOf(answer);
  const message = `${speech.name}: ${answer.status}: ${clean(said, speech)}`;
  const facts = { status: answer.status, unclear: false };
  if (answer.status < 500 && !LATER.has(answer.status))
    return new AppError('CHANNEL_REFUSED', message, {
      advice: adviceOf(message, `${speech.name}: сообщение не принято`, remedy),
      facts,
    });
  const seconds = speech.waitOf?.(answer) ?? retryAfter(answer, speech.now());
  const notBefore = seconds === undefined ? undefined : speech.now() + seconds * 1000;
  return new AppError('CHANNEL_UNAVAILABLE', message, { notBefore, facts });
}

function adviceOf(message: string, what: string, remedy: Remedy): BilingualAdvice {
  return { ru: { what, remedy: remedy.ru }, en: { what: message, remedy: remedy.en } };
}

/** Retry-After in either of its forms, in seconds. */
function retryAfter({ headers }: PostAnswer, now: number): number | undefined {
  const value = String(headers['retry-after'] ?? '').trim();
  if (/^\d{1,6}$/.test(value)) return Number(value);
  const until = Date.parse(value);
  return Number.isNaN(until) ? undefined : Math.max(0, (until - now) / 1000);
}

export function clean(text: string, { secrets }: Pick<Speech, 'secrets'>): string {
  const masked = secrets.reduce(
    (rest, secret) => (secret === '' ? rest : rest.replaceAll(secret, '[secret]')),
    text,
  );
  return masked
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, QUOTE_LENGTH);
}

/** A field path of a JSON answer; undefined where there is none. */
export function fieldOf(text: string, ...path: readonly string[]): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}
