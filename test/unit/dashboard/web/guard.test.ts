import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessOf, localPath } from '../../../../src/dashboard/web/access.js';
import { isLoopback, isOwnOrigin, namesLoopback } from '../../../../src/dashboard/web/guard.js';
import { SignIn } from '../../../../src/dashboard/web/sign-in.js';
import { Secret } from '../../../../src/domain/secret.js';

describe('where a request comes from', () => {
  it('is ours with our origin alone', () => {
    const from = (headers: Record<string, string>) =>
      isOwnOrigin({ headers: { host: 'stock.lan:8080', ...headers } });
    expect(from({ origin: 'http://stock.lan:8080' })).toBe(true);
    expect(from({ origin: 'https://stock.lan:8080', 'sec-fetch-site': 'same-origin' })).toBe(true);
    for (const origin of [
      'http://evil.example',
      'http://stock.lan',
      'http://stock.lan:8080.evil.example',
      'null',
      '',
    ])
      expect(from({ origin })).toBe(false);
    expect(from({})).toBe(false);
    expect(from({ origin: 'http://stock.lan:8080', 'sec-fetch-site': 'same-site' })).toBe(false);
  });

  it('is this machine by its own names alone', () => {
    for (const host of ['localhost', '127.0.0.1', '127.8.9.1', '::1', '[::1]', 'LOCALHOST'])
      expect(isLoopback(host)).toBe(true);
    for (const host of ['0.0.0.0', '::', '10.0.0.1', 'localhost.evil.example', '127.0.0.1.evil.example', ''])
      expect(isLoopback(host)).toBe(false);
    expect(namesLoopback('127.0.0.1:8080')).toBe(true);
    expect(namesLoopback('[::1]:8080')).toBe(true);
    expect(namesLoopback('rebound.example:8080')).toBe(false);
    expect(namesLoopback(undefined)).toBe(false);
  });

  it('decides what may be read without the token', () => {
    const signIn = new SignIn(new Secret('token'));
    const nobody = new SignIn(null);
    const asked = (host: string, cookie?: string) => ({
      headers: { host, ...(cookie === undefined ? {} : { cookie }) },
      ...{ ip: '127.0.0.1', raw: { httpVersion: '1.1' } },
    });
    expect(accessOf(asked('127.0.0.1:1'), signIn, '127.0.0.1')).toBe('read');
    expect(accessOf(asked('rebound.example'), signIn, '127.0.0.1')).toBe('sign-in');
    expect(accessOf(asked('rebound.example'), nobody, '127.0.0.1')).toBe('foreign');
    expect(accessOf(asked('127.0.0.1:1'), signIn, '0.0.0.0')).toBe('sign-in');
    const cookie = signIn.cookie(false).split(';')[0] ?? '';
    expect(accessOf(asked('stock.lan', cookie), signIn, '0.0.0.0')).toBe('act');
  });

  it('lets nobody in whom a proxy on this machine passes on', () => {
    const signIn = new SignIn(new Secret('token'));
    const passedOn = (headers: Record<string, string>, httpVersion = '1.1') =>
      accessOf(
        { headers: { host: '127.0.0.1:8080', ...headers }, ip: '127.0.0.1', raw: { httpVersion } },
        signIn,
        '127.0.0.1',
      );
    expect(passedOn({ 'x-requested-with': 'XMLHttpRequest' })).toBe('read');
    for (const name of ['x-forwarded-for', 'x-forwarded-proto', 'forwarded', 'x-real-ip', 'via'])
      expect([name, passedOn({ [name]: '' })]).toEqual([name, 'sign-in']);
    expect(passedOn({}, '1.0')).toBe('sign-in');
  });
});

describe('a path that somebody names', () => {
  it('stays on this site', () => {
    for (const path of [
      '//evil.example',
      'https://evil.example/',
      '/\\evil.example',
      '\\\\evil.example',
      'javascript:alert(1)',
      '',
      null,
      7,
    ])
      expect(localPath(path)).toBe('/');
    expect(localPath('/products?q=%3Cb%3E&from=50')).toBe('/products?q=%3Cb%3E&from=50');
  });

  it('never names another one, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((text) => `/${text}`),
        ),
        (text) => {
          const { origin } = new URL(localPath(text), 'http://ours.example');
          expect(origin).toBe('http://ours.example');
        },
      ),
    );
  });
});
