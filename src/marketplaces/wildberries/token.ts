import { AppError, type BilingualAdvice, messageOf } from '../../errors.js';
import { headerSecret, type Revealable } from '../http/revealable.js';
import { WB_ADVICE } from './advice.js';
import { tokenPayload } from './schema.js';

/** Bits of `s`, the mask of categories, that methods of ours need (WB docs, how a token is built). */
const CATEGORY_BITS = { content: 1n, analytics: 2n, marketplace: 4n } as const;
export type WbCategory = keyof typeof CATEGORY_BITS;

/** `acc` (WB docs). Base tokens with a secret are not told from those without. */
const KINDS: Readonly<Record<number, WbToken['kind']>> = {
  1: 'base',
  2: 'test',
  3: 'personal',
  4: 'service',
};

const DAY_MS = 24 * 60 * 60 * 1000;
/** A new token is minutes of work, but of somebody who may be on holiday. */
const SOON_DAYS = 14;

/** What a token says about itself. Decoded, not verified: only Wildberries can do that. */
export interface WbToken {
  /** The seller's UUID: the account of every feed. */
  readonly sid: string;
  readonly kind: 'base' | 'test' | 'personal' | 'service' | 'unknown';
  /** Unix milliseconds. */
  readonly expiresAt: number;
  /** Whole days until then. */
  readonly daysLeft: number;
  /** The seller's number, where the token still names it. */
  readonly sellerNumber: string | undefined;
  /** What may go wrong later, in sentences. */
  readonly warnings: readonly string[];
  has(category: WbCategory): boolean;
}

/**
 * The token as it goes into the header, without a `Bearer` that was copied along.
 *
 * @throws AppError API_CREDENTIALS where it is empty or holds what no token can
 */
export function tokenText(secret: Revealable): string {
  const bare = secret
    .reveal()
    .trim()
    .replace(/^Bearer(\s+|$)/i, '');
  try {
    return headerSecret({ reveal: () => bare }, 'WB_API_KEY');
  } catch (error) {
    throw unfit(messageOf(error), bare === '' ? WB_ADVICE.noToken : WB_ADVICE.tokenMalformed);
  }
}

/**
 * Reads the token's payload and refuses one that cannot read the stock report, before any request is made.
 *
 * @param now Unix milliseconds
 * @throws AppError API_CREDENTIALS: malformed, expired, without the category Analytics, or a test token
 */
export function readToken(secret: Revealable, now: number): WbToken {
  const payload = decode(tokenText(secret));
  const expiresAt = payload.exp * 1000;
  const kind = payload.t === true ? 'test' : (KINDS[payload.acc ?? 0] ?? 'unknown');
  const mask = BigInt(payload.s);
  const has = (category: WbCategory) => ((mask >> CATEGORY_BITS[category]) & 1n) === 1n;
  if (expiresAt <= now) throw unfit(`WB_API_KEY expired on ${dayOf(expiresAt)}`, WB_ADVICE.tokenExpired);
  if (kind === 'test') {
    throw unfit('WB_API_KEY is a test token, which the stock report does not accept', WB_ADVICE.testToken);
  }
  if (!has('analytics')) throw unfit('WB_API_KEY lacks the category Analytics', WB_ADVICE.categoryMissing);
  const token = {
    sid: payload.sid,
    kind,
    expiresAt,
    daysLeft: Math.floor((expiresAt - now) / DAY_MS),
    sellerNumber: payload.oid === null || payload.oid === undefined ? undefined : String(payload.oid),
    has,
  };
  return { ...token, warnings: warningsOf(token) };
}

/** Whose token it is, good for anything or not; null where it does not say. */
export function sellerOf(secret: Revealable): string | null {
  try {
    return decode(tokenText(secret)).sid;
  } catch {
    return null;
  }
}

function warningsOf({ kind, daysLeft, expiresAt, has }: Omit<WbToken, 'warnings'>): string[] {
  const warnings: string[] = [];
  if (daysLeft < SOON_DAYS) {
    warnings.push(`WB_API_KEY expires on ${dayOf(expiresAt)}, in ${daysLeft} days: make a new token soon.`);
  }
  if (kind === 'base') {
    warnings.push(
      'WB_API_KEY is a base token; Wildberries may refuse it the stock report. Make a personal token.',
    );
  }
  if (!has('content')) {
    warnings.push('WB_API_KEY lacks the category Content: names, articles and barcodes cannot be read.');
  }
  if (!has('marketplace')) {
    warnings.push(
      'WB_API_KEY lacks the category Marketplace: the stock of seller warehouses is read by report.',
    );
  }
  return warnings;
}

/**
 * A sentence where WB_SUPPLIER_ID names another seller than the token does. It may be the seller's UUID or number;
 * a number cannot be compared with a token that names none. Never part of a key.
 */
export function supplierWarning(token: WbToken, supplierId: string | undefined): string | undefined {
  const wanted = supplierId?.trim().toLowerCase();
  if (!wanted || wanted === token.sid.toLowerCase() || wanted === token.sellerNumber) return undefined;
  if (/^\d+$/.test(wanted) && token.sellerNumber === undefined) return undefined;
  return `WB_SUPPLIER_ID is ${wanted}, but the token in WB_API_KEY belongs to seller ${token.sid}: its stock is read.`;
}

function decode(token: string) {
  const segments = token.split('.');
  if (segments.length !== 3) throw malformed();
  try {
    return tokenPayload.parse(JSON.parse(Buffer.from(segments[1] ?? '', 'base64url').toString('utf8')));
  } catch {
    // What went wrong would quote the token.
    throw malformed();
  }
}

function malformed(): AppError {
  return unfit('WB_API_KEY is not a whole Wildberries token', WB_ADVICE.tokenMalformed);
}

function unfit(what: string, advice: BilingualAdvice): AppError {
  return new AppError('API_CREDENTIALS', what, { advice });
}

function dayOf(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? 'an unreadable date' : date.toISOString().slice(0, 10);
}
