import { describe, expect, it } from 'vitest';
import { catalogueDue } from '../../../../src/cli/sync/catalogue-due.js';
import { leaseOwner } from '../../../../src/cli/sync/lease-owner.js';
import { fbsMethod, leftOut } from '../../../../src/cli/sync/wb-feeds.js';

const HOUR = 3_600_000;

describe('a catalogue', () => {
  const age = (hours: number, every = 24) => catalogueDue(1_000, every, 1_000 + hours * HOUR);

  it('is read whole where it never was', () => {
    expect(catalogueDue(null, 24, 0)).toBe(true);
  });

  it('is due at the same minute of the next day, however early that run is', () => {
    expect(age(23.99)).toBe(true);
    expect(age(23)).toBe(true);
    expect(age(22.99)).toBe(false);
  });

  it('is not always due where it is wanted every hour, and is where it is wanted every time', () => {
    expect([age(0.4, 1), age(0.6, 1), age(0, 0)]).toEqual([false, true, true]);
  });
});

describe('FBS of Wildberries', () => {
  const token =
    (...categories: string[]) =>
    (name: string) =>
      categories.includes(name);

  it.each([
    ['auto', ['content', 'marketplace'], 'marketplace'],
    ['auto', ['content'], 'report'],
    ['auto', ['marketplace'], 'report'],
    ['marketplace', ['content', 'marketplace'], 'marketplace'],
    ['marketplace', ['marketplace'], null],
    ['report', ['content', 'marketplace'], 'report'],
    ['off', ['content', 'marketplace'], null],
  ] as const)('%s with the categories %j is read by %s', (setting, categories, method) => {
    expect(fbsMethod(setting, token(...categories))).toBe(method);
  });

  it('says what is left out, and only that', () => {
    expect(leftOut({ cards: true, fbs: null }, 'off', 'ru')).toEqual([]);
    expect(leftOut({ cards: true, fbs: 'report' }, 'auto', 'ru')).toEqual([]);
    expect(leftOut({ cards: false, fbs: 'report' }, 'auto', 'ru')).toEqual([
      expect.stringContaining('категории «Контент»'),
    ]);
    expect(leftOut({ cards: false, fbs: null }, 'marketplace', 'en')).toEqual([
      expect.stringContaining('category Content'),
      expect.stringContaining('WB_FBS_STOCKS=marketplace'),
    ]);
  });
});

describe('the name of a run in its leases', () => {
  it('says which process of which machine, and which run', () => {
    expect(leaseOwner('4be0c9a2-1f', 4711, 'shop.local')).toBe('sync 4711@shop.local 4be0c9a2');
  });

  it('is short printable ASCII whatever the machine is called', () => {
    expect(leaseOwner('4be0c9a2', 1, 'склад 1')).toBe('sync 1@-1 4be0c9a2');
    const long = leaseOwner('4be0c9a2-1f', 4_194_304, 'h'.repeat(200));
    expect(long).toMatch(/^sync 4194304@h+ 4be0c9a2$/);
    expect(long).toHaveLength(64);
  });
});
