import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../domain/secret.js';
import type { PassedOn } from './guard.js';
import { WrongTokens } from './wrong-tokens.js';

const COOKIE = 'inventory_sync_session';
const LASTS_S = 30 * 24 * 60 * 60;

export type Verdict = 'accepted' | 'refused' | 'too-many';

/** What a request has of the token: the session of a browser, the token itself as programs send it, or a wrong one. */
export type Shown = 'session' | 'bearer' | 'nothing' | 'refused' | 'too-many';

/** A request, as far as it matters here. */
export interface Asking extends PassedOn {
  readonly ip: string;
}

/**
 * Who has shown DASHBOARD_TOKEN. The session is the moment of its end with an HMAC of it under the token: nothing is
 * kept here, and another token ends all sessions.
 */
export class SignIn {
  readonly #wrong: WrongTokens;
  readonly #shown = new WeakMap<object, Shown>();

  constructor(
    private readonly token: Pick<Secret, 'reveal'> | null,
    private readonly now: () => number = Date.now,
    /** Told of each wrong token that was heard, with the address it came from. */
    private readonly onWrong: (address: string) => void = () => undefined,
  ) {
    this.#wrong = new WrongTokens(now);
  }

  /** Without a token nobody can sign in, and nobody may act. */
  get isPossible(): boolean {
    return this.token !== null;
  }

  /** Counts the wrong ones. @param address of the client */
  try(given: string, address: string): Verdict {
    if (this.token === null) return 'refused';
    if (this.#wrong.wait(address) > 0) return 'too-many';
    if (isSame(given, this.token.reveal())) return 'accepted';
    this.#wrong.enter(address);
    this.onWrong(address);
    return 'refused';
  }

  /** However often it is asked of one request, a wrong token counts once. */
  shown(request: Asking): Shown {
    const known = this.#shown.get(request);
    if (known !== undefined) return known;
    const shown = this.#look(request);
    this.#shown.set(request, shown);
    return shown;
  }

  /** Seconds after which a further token of this client is heard. */
  retryAfter(address: string): number {
    return Math.max(1, this.#wrong.wait(address));
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

  #look({ headers, ip }: Asking): Shown {
    if (this.isSignedIn(headers.cookie)) return 'session';
    const [, given] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
    if (this.token === null || given === undefined) return 'nothing';
    const verdict = this.try(given, ip);
    return verdict === 'accepted' ? 'bearer' : verdict;
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
