import { AppError } from '../../errors.js';
import { headerSecret, type Revealable } from '../http/revealable.js';
import { tokenPayload } from './schema.js';

const ANALYTICS_BIT = 2n;
const BASE_TOKEN = 1;
const TEST_TOKEN = 2;
const DAY_MS = 24 * 60 * 60 * 1000;

/** What a token says about itself. Decoded, not verified: only Wildberries can do that. */
export interface WbToken {
  /** The seller's UUID: the account of every feed. */
  readonly sid: string;
  /** Unix milliseconds. */
  readonly expiresAt: number;
  /** Whole days until then. */
  readonly daysLeft: number;
  /** The seller's number, where the token still names it. */
  readonly sellerNumber: string | undefined;
  /** What may go wrong later, in sentences. */
  readonly warnings: readonly string[];
}

/** The token as it goes into the header, without a `Bearer` that was copied along. */
export function tokenText(secret: Revealable): string {
  return headerSecret(
    {
      reveal: () =>
        secret
          .reveal()
          .trim()
          .replace(/^Bearer\s+/i, ''),
    },
    'WB_API_KEY',
  );
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
  if (expiresAt <= now) {
    throw unfit(`WB_API_KEY expired on ${dayOf(expiresAt)}`, 'A token lives 180 days: make a new one');
  }
  if (payload.t === true || payload.acc === TEST_TOKEN) {
    throw unfit(
      'WB_API_KEY is a test token, which the stock report does not accept',
      'Make a personal token',
    );
  }
  if (((BigInt(payload.s) >> ANALYTICS_BIT) & 1n) === 0n) {
    throw unfit('WB_API_KEY lacks the category Analytics', 'Make a token with the category Analytics');
  }
  return {
    sid: payload.sid,
    expiresAt,
    daysLeft: Math.floor((expiresAt - now) / DAY_MS),
    sellerNumber: payload.oid === null || payload.oid === undefined ? undefined : String(payload.oid),
    warnings:
      payload.acc === BASE_TOKEN
        ? ['WB_API_KEY is a base token; Wildberries may refuse it the stock report. Make a personal token.']
        : [],
  };
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
  return unfit(
    'WB_API_KEY is not a whole Wildberries token',
    'Copy it again, all three parts between the dots',
  );
}

function unfit(what: string, remedy: string): AppError {
  return new AppError('API_CREDENTIALS', what, {
    remedy: `${remedy} (Wildberries seller account, Settings, API access) and set WB_API_KEY.`,
  });
}

function dayOf(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? 'an unreadable date' : date.toISOString().slice(0, 10);
}
