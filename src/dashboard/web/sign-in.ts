import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../domain/secret.js';

const COOKIE = 'inventory_sync_session';
const LASTS_S = 30 * 24 * 60 * 60;
const WINDOW_MS = 60_000;
/** Wrong tokens a minute: of one address, and of all together. */
const TRIES = { each: 5, all: 30 };
/** Addresses that are remembered; beyond them the count of all still holds. */
const MOST_ADDRESSES = 1000;

export type Verdict = 'accepted' | 'refused' | 'too-many';

/**
 * Who has shown DASHBOARD_TOKEN. The session is the moment of its end with an HMAC of it under the token: nothing is
 * kept here, and another token ends all sessions.
 */
export class SignIn {
  #windowEnds = 0;
  #all = 0;
  #each = new Map<string, number>();

  constructor(
    private readonly token: Pick<Secret, 'reveal'> | null,
    private readonly now: () => number = Date.now,
  ) {}

  /** Without a token nobody can sign in, and nobody may act. */
  get isPossible(): boolean {
    return this.token !== null;
  }

  /** @param address whose tries are counted */
  try(given: string, address: string): Verdict {
    if (this.token === null) return 'refused';
    if (this.now() >= this.#windowEnds) {
      this.#windowEnds = this.now() + WINDOW_MS;
      this.#all = 0;
      this.#each.clear();
    }
    const tries = this.#each.get(address) ?? 0;
    if (tries >= TRIES.each || this.#all >= TRIES.all) return 'too-many';
    if (isSame(given, this.token.reveal())) return 'accepted';
    this.#all += 1;
    if (this.#each.size < MOST_ADDRESSES) this.#each.set(address, tries + 1);
    return 'refused';
  }

  /** Whether a program brings the token in an Authorization header; whoever asks limits the tries. */
  isBearer(header: string | undefined): boolean {
    const [, given] = /^Bearer +(\S+)$/i.exec(header ?? '') ?? [];
    return this.token !== null && given !== undefined && isSame(given, this.token.reveal());
  }

  /** Seconds after which a further try is heard. */
  get retryAfter(): number {
    return Math.max(1, Math.ceil((this.#windowEnds - this.now()) / 1000));
  }

  /** @param secure over TLS only: where the browser came by it */
  cookie(secure: boolean): string {
    const until = Math.floor(this.now() / 1000) + LASTS_S;
    return `${COOKIE}=${until}.${this.#mark(until)}; ${attributes(LASTS_S, secure)}`;
  }

  goodbye(secure: boolean): string {
    return `${COOKIE}=; ${attributes(0, secure)}`;
  }

  /** Whether a request's Cookie header holds a session of this token that has not ended. */
  isSignedIn(header: string | undefined): boolean {
    const value = this.token === null ? undefined : cookieOf(header, COOKIE);
    const [until, mark] = value?.split('.') ?? [];
    if (until === undefined || mark === undefined || !/^\d{1,12}$/.test(until)) return false;
    return isSame(mark, this.#mark(Number(until))) && Number(until) * 1000 > this.now();
  }

  #mark(until: number): string {
    return createHmac('sha256', this.token?.reveal() ?? '')
      .update(`dashboard session until ${until}`)
      .digest('base64url');
  }
}

/** In the same time whatever is given: digests of equal length are compared. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

function attributes(seconds: number, secure: boolean): string {
  return `Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}

export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
