import { describe, expect, it } from 'vitest';
import { SignIn } from '../../../../src/dashboard/web/sign-in.js';
import { clientOf, WrongTokens } from '../../../../src/dashboard/web/wrong-tokens.js';
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
    expect(signIn.retryAfter('a')).toBe(60);
    now = 60_000;
    expect(signIn.try('right-token', 'a')).toBe('accepted');
  });

  it('hears one more of each where thirty were wrong together, and whoever has not guessed always', () => {
    const signIn = new SignIn(TOKEN, () => 0);
    for (let tries = 0; tries < 30; tries += 1) signIn.try('wrong', `address ${tries}`);
    expect(signIn.try('right-token', 'address 0')).toBe('too-many');
    expect(signIn.try('right-token', 'another')).toBe('accepted');
    expect([signIn.try('wrong', 'third'), signIn.try('wrong', 'third')]).toEqual(['refused', 'too-many']);
  });

  it('remembers ten thousand clients and no more', () => {
    const wrong = new WrongTokens(() => 0);
    for (let times = 0; times < 5; times += 1) wrong.enter('first');
    expect(wrong.wait('first')).toBe(60);
    for (let client = 0; client < 10_000; client += 1) wrong.enter(`client ${client}`);
    expect([wrong.wait('first'), wrong.wait('client 9999')]).toEqual([0, 60]);
  });

  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::7', '2001:db8:1:2'],
    ['2001:DB8:01:2::', '2001:db8:1:2'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
    ['1::2:3:4:5:6:7', '1:0:2:3'],
  ])('counts %s as %s', (address, client) => {
    expect(clientOf(address)).toBe(client);
  });

  it('takes the token of a program, and counts a wrong one once for each request', () => {
    const heard: string[] = [];
    const signIn = new SignIn(
      TOKEN,
      () => 0,
      (from) => heard.push(from),
    );
    const asked = (authorization: string, cookie = '') => ({
      headers: { authorization, cookie },
      ...{ ip: 'a', raw: { httpVersion: '1.1' } },
    });
    expect(signIn.shown(asked('Bearer right-token'))).toBe('bearer');
    expect(signIn.shown(asked('Basic right-token'))).toBe('nothing');
    for (let requests = 0; requests < 5; requests += 1) {
      const request = asked(`bearer wrong-${requests}`);
      expect([signIn.shown(request), signIn.shown(request)]).toEqual(['refused', 'refused']);
    }
    expect(heard).toEqual(['a', 'a', 'a', 'a', 'a']);
    expect(signIn.shown(asked('Bearer right-token'))).toBe('too-many');
    expect(signIn.try('right-token', 'a')).toBe('too-many');
    expect(signIn.shown(asked('', session(signIn)))).toBe('session');
  });

  it('knows nobody where there is no token', () => {
    const signIn = new SignIn(null);
    expect(signIn.isPossible).toBe(false);
    expect(signIn.try('', 'a')).toBe('refused');
    expect(signIn.isSignedIn(session(new SignIn(new Secret(''))))).toBe(false);
  });
});
