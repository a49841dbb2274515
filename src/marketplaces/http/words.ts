import { MASK } from '../../domain/secret.js';

/** No message of ours quotes more than this of somebody else's. */
const LONGEST_QUOTE = 300;
/** Shorter values are no secrets anybody issues, and masking them would eat ordinary words. */
const SHORTEST_SECRET = 8;
const SHORTEST_SEGMENT = 16;

/** Makes foreign text fit for one line of ours: secrets masked, controls dropped, cut. */
export type Quote = (text: string, longest?: number) => string;

/**
 * @param secrets values that must never show, not even where the marketplace echoes them; of a token with dots
 * each segment counts by itself, since error texts like to quote one of them
 */
export function quoting(secrets: readonly string[]): Quote {
  const masked = secrets
    .flatMap((secret) => [secret, ...secret.split('.').filter((part) => part.length >= SHORTEST_SEGMENT)])
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [secret, encodeURIComponent(secret), ...base64Forms(secret)]);
  return (text, longest = LONGEST_QUOTE) => {
    let clean = text;
    for (const secret of masked) clean = clean.replaceAll(secret, MASK);
    return cut(clean.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim(), longest);
  };
}

/** What the value alone decides of its base64, with none, one or two bytes before it. */
function base64Forms(value: string): string[] {
  return [0, 1, 2].map((before) => {
    const whole = Buffer.from(' '.repeat(before) + value);
    const end = Math.floor((whole.length * 8) / 6);
    return whole.toString('base64').slice(Math.ceil((before * 8) / 6), end);
  });
}

function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const characters = [...text.slice(0, longest)];
  return `${characters.slice(0, -1).join('')}…`;
}

/** What an error answer says, whatever its shape. */
export interface ErrorWords {
  /** The marketplace's own sentence, uncleaned; empty where it says nothing. */
  readonly words: string;
  readonly code?: string | undefined;
  readonly requestId?: string | undefined;
  readonly origin?: string | undefined;
}

/**
 * Reads an error answer without assuming one schema: Ozon's `{code, message}` and its old `{error: {…}}`,
 * Wildberries' problem+json `{title, detail, …}`, `{errorText}`, `{errors: […]}`, an array of such, an HTML
 * page, or plain text.
 */
export function errorWords(text: string): ErrorWords {
  const sample = text.slice(0, 65_536);
  let body: unknown;
  try {
    body = JSON.parse(sample);
  } catch {
    return { words: textOfPage(sample) };
  }
  return wordsOfJson(body);
}

function wordsOfJson(body: unknown): ErrorWords {
  if (Array.isArray(body)) return body.length === 0 ? { words: '' } : wordsOfJson(body[0]);
  if (typeof body !== 'object' || body === null) return { words: body === null ? '' : String(body) };
  const fields = body as Readonly<Record<string, unknown>>;
  if (typeof fields.error === 'object' && fields.error !== null) return wordsOfJson(fields.error);
  const said = [fields.message, fields.title, fields.detail, fields.errorText, fields.errors, fields.error];
  return {
    words: said.flatMap(sentences).join(': '),
    code: scalar(fields.code),
    requestId: scalar(fields.requestId),
    origin: scalar(fields.origin),
  };
}

function sentences(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(sentences);
  return typeof value === 'string' && value.trim() !== '' ? [value.trim()] : [];
}

function scalar(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function textOfPage(page: string): string {
  if (!/^\s*</.test(page)) return page;
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(page)?.[1]?.trim();
  return title || page.replaceAll(/<[^>]*>/g, ' ');
}
