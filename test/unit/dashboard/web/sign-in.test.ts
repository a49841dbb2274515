import { describe, expect, it } from 'vitest';
import { SignIn } from '../../../../src/dashboard/web/sign-in.js';
import { Secret } from '../../../../src/domain/secret.js';

const TOKEN = new Secret('right-token');

function session(signIn: SignIn): string {
  return signIn.cookie(false).split(';')[0] ?? '';
}

describe('signing in', () => {
  it('takes the token alone, and knows its session again', () => {
    const signIn = new SignIn(TOKEN);
    expect(signIn.try('right-token', 'a')).toBe('accepted');
    expect(signIn.isSignedIn(`lang=ru; ${session(signIn)}`)).toBe(true);
    expect(signIn.try('right-toke', 'a')).toBe('refused');
    expect(signIn.try('', 'a')).toBe('refused');
  });

  it('hides the session from scripts and from other sites, and says TLS where there is TLS', () => {
    const signIn = new SignIn(TOKEN);
    expect(signIn.cookie(false)).toMatch(/; HttpOnly; SameSite=Strict$/);
    expect(signIn.cookie(true)).toMatch(/; Secure$/);
    expect(signIn.cookie(false)).not.toContain('right-token');
  });

  it('refuses sessions of another token, forged ones, and those that have ended', () => {
    let now = Date.UTC(2026, 0, 1);
    const signIn = new SignIn(TOKEN, () => now);
    const own = session(signIn);
    expect(new SignIn(new Secret('other'), () => now).isSignedIn(own)).toBe(false);
    const [name, value = ''] = own.split('=');
    const [until = '', mark = ''] = value.split('.');
    for (const forged of [
      `${Number(until) + 1}.${mark}`,
      `${until}.`,
      `${until}`,
      `.${mark}`,
      `${until}.${mark}x`,
      'x',
    ])
      expect(signIn.isSignedIn(`${name}=${forged}`)).toBe(false);
    expect(signIn.isSignedIn(undefined)).toBe(false);
    now += 31 * 24 * 3_600_000;
    expect(signIn.isSignedIn(own)).toBe(false);
  });

  it('hears five wrong tokens a minute from one address, the right one too only afterwards', () => {
    let now = 0;
    const signIn = new SignIn(TOKEN, () => now);
    for (let tries = 0; tries < 5; tries += 1) expect(signIn.try(`wrong ${tries}`, 'a')).toBe('refused');
    expect(signIn.try('right-token', 'a')).toBe('too-many');
    expect(signIn.try('right-token', 'b')).toBe('accepted');
    expect(signIn.retryAfter).toBe(60);
    now = 60_000;
    expect(signIn.try('right-token', 'a')).toBe('accepted');
  });

  it('hears thirty a minute from all addresses together', () => {
    const signIn = new SignIn(TOKEN, () => 0);
    for (let tries = 0; tries < 30; tries += 1) signIn.try('wrong', `address ${tries}`);
    expect(signIn.try('right-token', 'another')).toBe('too-many');
  });

  it('knows nobody where there is no token', () => {
    const signIn = new SignIn(null);
    expect(signIn.isPossible).toBe(false);
    expect(signIn.try('', 'a')).toBe('refused');
    expect(signIn.isSignedIn(session(new SignIn(new Secret(''))))).toBe(false);
  });
});
