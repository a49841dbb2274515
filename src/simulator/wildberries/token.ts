import { createHash, createHmac } from 'node:crypto';

/** Bits of `s`, the mask of categories (WB docs, "How the token is built"). */
const WB_CATEGORY = {
  content: 1,
  analytics: 2,
  prices: 3,
  marketplace: 4,
  statistics: 5,
  promotion: 6,
  feedbacks: 7,
  chat: 9,
  supplies: 10,
  returns: 11,
  documents: 12,
  finance: 13,
  users: 16,
  readOnly: 30,
} as const;

export type WbCategory = keyof typeof WB_CATEGORY;

/** Kinds of token, the claim `acc`. */
export const WB_TOKEN_KIND = { base: 1, test: 2, personal: 3, service: 4 } as const;

const LIFETIME_SECONDS = 180 * 86_400;
/** Everything a seller can tick, and read-only. */
const ALL_CATEGORIES: readonly WbCategory[] = [
  'content',
  'analytics',
  'prices',
  'marketplace',
  'statistics',
  'promotion',
  'feedbacks',
  'chat',
  'supplies',
  'returns',
  'documents',
  'finance',
  'readOnly',
];

interface WbTokenOptions {
  readonly sid: string;
  /** Unix milliseconds. */
  readonly issuedAt: number;
  /** Unix milliseconds; 180 days after issue by default. */
  readonly expiresAt?: number;
  readonly categories?: readonly WbCategory[];
  /** `personal` by default. */
  readonly kind?: keyof typeof WB_TOKEN_KIND;
}

function categoryMask(categories: readonly WbCategory[]): number {
  return categories.reduce((mask, name) => mask + 2 ** WB_CATEGORY[name], 0);
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** 64 bytes as ES256 has them; the key is nobody's, so these tokens are worth nothing outside the simulator. */
function signature(signed: string): string {
  return createHmac('sha512', 'inventory-sync simulator').update(signed).digest('base64url');
}

/** A token as Wildberries issues them, signed by the simulator. The same options give the same token. */
export function mintWbToken(options: WbTokenOptions): string {
  const kind = options.kind ?? 'personal';
  const digest = createHash('sha256').update(JSON.stringify(options)).digest('hex');
  const id = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-4${digest.slice(13, 16)}-a${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  const expires = options.expiresAt ?? options.issuedAt + LIFETIME_SECONDS * 1_000;
  const signed = [
    part({ alg: 'ES256', kid: '20250904v1', typ: 'JWT' }),
    part({
      acc: WB_TOKEN_KIND[kind],
      exp: Math.floor(expires / 1_000),
      for: 'self',
      id,
      s: categoryMask(options.categories ?? ALL_CATEGORIES),
      sid: options.sid,
      t: kind === 'test',
    }),
  ].join('.');
  return `${signed}.${signature(signed)}`;
}

/** The claims of a token, nothing checked; undefined when there are none to read. */
export function readClaims(token: string): Record<string, unknown> | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? { ...claims } : undefined;
  } catch {
    return undefined;
  }
}

type TokenReading =
  | { readonly claims: Readonly<Record<string, unknown>> }
  /** The words of Wildberries' 401. */
  | { readonly trouble: string };

function firstIllegalByte(text: string): number {
  return text.search(/[^A-Za-z0-9_-]/);
}

/**
 * Reads and checks the form and the signature of a token. `known` is accepted with whatever signature it has.
 * The wording of the first two troubles is on record; the one for a wrong signature is a guess.
 */
export function readToken(token: string, known: string): TokenReading {
  const segments = token.split('.');
  const [head, payload, sign] = segments;
  if (head === undefined || payload === undefined || sign === undefined || segments.length !== 3) {
    return {
      trouble: 'access token problem; token is malformed: token contains an invalid number of segments',
    };
  }
  for (const [name, text] of [
    ['header', head],
    ['claim', payload],
    ['signature', sign],
  ] as const) {
    const at = firstIllegalByte(text);
    if (at >= 0) {
      return {
        trouble: `token problem; token is malformed: could not base64 decode ${name}: illegal base64 data at input byte ${at}`,
      };
    }
  }
  const claims = readClaims(token);
  if (claims === undefined) {
    return { trouble: 'access token problem; token is malformed: could not JSON decode claim' };
  }
  if (token !== known && sign !== signature(`${head}.${payload}`)) {
    return { trouble: 'access token problem; token signature is invalid' };
  }
  return { claims };
}

export function hasCategory(claims: Readonly<Record<string, unknown>>, category: WbCategory): boolean {
  const mask = typeof claims.s === 'number' ? claims.s : 0;
  return Math.floor(mask / 2 ** WB_CATEGORY[category]) % 2 === 1;
}
